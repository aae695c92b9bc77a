/** One court: what it is, and its times day by day, live. */
import {
  addDays,
  datesFrom,
  DayStrip,
  EmptyState,
  formatDate,
  formatMoney,
  formatTime,
  formatTimeRange,
  LiveMark,
  localParts,
  ProblemView,
  SlotGrid,
  SportIcon,
  useLanguage,
  type GridSlot,
} from '@courtside/ui';
import { ViewersTime } from '../../app/ViewersTime';
import { Anchor, Badge, Button, Card, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import {
  IconArrowLeft,
  IconBolt,
  IconCalendarOff,
  IconClock,
  IconMapPin,
  IconStarFilled,
  IconUserCheck,
  IconUsers,
} from '@tabler/icons-react';
import { Link, useNavigate, useParams, useRouter, useSearch } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../app/inLanguage';
import { DataAge } from '../../app/DataAge';
import { FavoriteHeart } from '../../app/FavoriteHeart';
import { ShareButton } from '../../app/ShareButton';
import { useCourtDay, useIsMember, useShownCourt, type ShownCourt } from '../../data/courts';
import { useNow } from '../../app/useNow';
import { PolicyText } from '../../app/PolicyText';
import { PublicHead } from '../../app/PublicHead';
import { courtData } from '../../app/structuredData';
import { WeatherStrip } from '../../app/WeatherStrip';
import { Gallery } from './Gallery';
import { Ratings } from './Ratings';
import classes from './CourtPage.module.css';

/** LIVE-42: as many days as the live board spans. */
const daysShown = 14;
/** From here on nobody looks for a court today. */
const lateEvening = '21:00';

export function CourtPage() {
  const { courtId } = useParams({ from: '/open/courts/$courtId' });
  const court = useShownCourt(courtId);
  if (court.isPending) return <CourtSkeleton />;
  if (court.isError && court.data === undefined) {
    return <ProblemView error={court.error} onRetry={() => void court.refetch()} />;
  }
  return <CourtView court={court.data} query={court} />;
}

function CourtView({ court, query }: { court: ShownCourt; query: ReturnType<typeof useShownCourt> }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const router = useRouter();
  const isMember = useIsMember();
  const name = inLanguage(court.name, language);
  const description = court.description == null ? undefined : inLanguage(court.description, language);
  return (
    <article className={classes.page}>
      <title>{`${name?.text ?? ''} · Courtside`}</title>
      <PublicHead
        title={name?.text ?? ''}
        description={
          description?.text ?? t('court.about', { name: name?.text ?? '', address: court.address })
        }
        path={`/courts/${court.id}`}
        image={court.imageUrls[0]}
        data={courtData(court, language, location.origin)}
      />
      <header className={classes.head}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          ml={-8}
          leftSection={<IconArrowLeft size={16} />}
          onClick={() =>
            router.history.canGoBack() ? router.history.back() : void router.navigate({ to: '/' })
          }
        >
          {shared('back')}
        </Button>
        <Group gap="xs">
          <ShareButton title={name?.text ?? ''} path={`/courts/${court.id}`} />
          {isMember && (
            <FavoriteHeart courtId={court.id} courtName={name?.text ?? ''} said={court.isFavorite ?? false} />
          )}
        </Group>
      </header>
      <Gallery court={court} name={name?.text ?? ''} />
      <div className={classes.intro}>
        <DataAge query={query} />
        <Group gap="xs">
          <Badge
            variant="light"
            size="lg"
            radius="sm"
            leftSection={<SportIcon sport={court.courtType} size={15} />}
          >
            {shared(`sport.${court.courtType}`)}
          </Badge>
          <Badge variant="default" size="lg" radius="sm">
            {shared(`location.${court.locationType}`)}
          </Badge>
        </Group>
        <Title order={1} mt="sm" className={classes.name}>
          {name?.text}
        </Title>
        {name?.missing === true && (
          <Text size="sm" c="dimmed">
            {t('court.notTranslated')}
          </Text>
        )}
        <Group gap={6} mt={6} c="dimmed" align="flex-start" wrap="nowrap">
          <IconMapPin size={18} className={classes.factIcon} aria-hidden />
          <Text>
            {court.address}{' '}
            <Anchor
              href={`https://www.openstreetmap.org/directions?to=${court.latitude}%2C${court.longitude}`}
              target="_blank"
              rel="noreferrer"
              underline="always"
            >
              {t('court.directions')}
            </Anchor>
          </Text>
        </Group>
        <div className={classes.facts}>
          {court.averageRating != null && (
            <Fact icon={<IconStarFilled size={20} />}>
              {t('ratings.summary', {
                average: court.averageRating.toLocaleString(language, { maximumFractionDigits: 1 }),
                count: court.totalReviews,
              })}
            </Fact>
          )}
          <Fact icon={<IconClock size={20} />}>{t('minutes', { count: court.durationMinutes })}</Fact>
          <Fact icon={<IconUsers size={20} />}>{t('court.capacity', { count: court.maxCapacity })}</Fact>
          <Fact
            icon={court.confirmationMode === 'INSTANT' ? <IconBolt size={20} /> : <IconUserCheck size={20} />}
          >
            {t(`court.mode.${court.confirmationMode}`)}
          </Fact>
        </div>
      </div>
      <aside className={classes.booking}>
        <Times court={court} />
      </aside>
      <div className={classes.more}>
        {description !== undefined && <Text className={classes.description}>{description.text}</Text>}
        {court.amenities.length > 0 && (
          <section>
            <Title order={2} fz="h4" mb="xs">
              {t('court.amenities')}
            </Title>
            <Group gap="xs">
              {court.amenities.map((amenity) => (
                <Badge key={amenity} variant="default" size="lg" radius="sm" fw={550}>
                  {t(`amenity.${amenity}`, { defaultValue: amenity })}
                </Badge>
              ))}
            </Group>
          </section>
        )}
        <section>
          <Title order={2} fz="h4" mb="xs">
            {t('court.policy')}
          </Title>
          <PolicyText tiers={court.cancellationPolicy?.tiers ?? []} />
        </section>
        {isMember && <Ratings courtId={court.id} />}
        {court.ownerName !== undefined && (
          <Text c="dimmed" size="sm">
            {t('court.owner', { name: court.ownerName })}
          </Text>
        )}
        {court.clubId !== undefined && (
          <Anchor
            size="sm"
            underline="always"
            renderRoot={(props) => (
              <Link to="/clubs/$clubId" params={{ clubId: court.clubId ?? '' }} {...props} />
            )}
          >
            {court.clubName == null ? t('court.ofSameClub') : t('court.ofClub', { name: court.clubName })}
          </Anchor>
        )}
      </div>
    </article>
  );
}

function Fact({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <span className={classes.fact}>
      <span className={classes.factIcon} aria-hidden>
        {icon}
      </span>
      {children}
    </span>
  );
}

function Times({ court }: { court: ShownCourt }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const search = useSearch({ from: '/open/courts/$courtId' });
  const navigate = useNavigate({ from: '/courts/$courtId' });
  const now = useNow();
  const isMember = useIsMember();
  const zone = court.timezone ?? 'Europe/Athens';
  const { date: today, time: clock } = localParts(now, zone);
  const dates = useMemo(() => datesFrom(today, daysShown), [today]);
  const date =
    search.date !== undefined && search.date >= today
      ? search.date
      : clock < lateEvening
        ? today
        : addDays(today, 1);
  const shownDates = dates.includes(date) ? dates : [...dates, date];
  const day = useCourtDay(court.id, date);
  const chosen = day.slots.find(
    (slot) => slot.startTime === search.time && slot.status === 'AVAILABLE' && slot.past !== true,
  );
  const asked = day.slots.find((slot) => slot.startTime === search.time);
  // Strangers are told of free times only, so one that is gone is simply missing.
  const lost =
    search.time !== undefined &&
    chosen === undefined &&
    (asked === undefined ? !isMember && day.isSuccess : asked.status !== 'AVAILABLE');
  const choose = (slot: GridSlot) => {
    void navigate({
      search: { date, time: slot.startTime === search.time ? undefined : slot.startTime },
      replace: true,
      resetScroll: false,
    });
  };

  return (
    <Card withBorder className={classes.times}>
      <Group justify="space-between" mb="sm">
        <Title order={2} fz="h3">
          {t('court.times')}
        </Title>
        {isMember && <LiveMark />}
      </Group>
      <DayStrip
        dates={shownDates}
        value={date}
        today={today}
        onChange={(next) =>
          void navigate({ search: { date: next, time: undefined }, replace: true, resetScroll: false })
        }
      />
      <div className={classes.slots}>
        {day.isPending ? (
          <Group gap="sm" role="status" aria-label={shared('loading')}>
            {Array.from({ length: 8 }, (_unused, cell) => (
              <Skeleton key={cell} height={58} width={102} />
            ))}
          </Group>
        ) : day.isError && day.slots.length === 0 ? (
          <ProblemView compact error={day.error} onRetry={() => void day.refetch()} />
        ) : day.slots.length === 0 ? (
          <EmptyState
            icon={<IconCalendarOff size={40} stroke={1.4} />}
            title={isMember ? shared('slot.none') : t('court.noneFree')}
            hint={isMember ? shared('slot.noneHint') : t('court.noneFreeHint')}
          />
        ) : (
          <SlotGrid
            slots={day.slots}
            label={formatDate(date, language, 'full')}
            selected={chosen?.startTime}
            onSelect={choose}
          />
        )}
      </div>
      {isMember && (
        <div className={classes.weather}>
          <WeatherStrip
            place={court}
            date={date}
            time={chosen?.startTime}
            zone={zone}
            advises={court.locationType === 'OUTDOOR'}
          />
        </div>
      )}
      {lost && (
        // APP-21: a slot lost between view and tap.
        <Text c="var(--mantine-color-error)" size="sm" mt="sm" role="alert">
          {t('court.lost', { time: formatTime(search.time ?? '') })}
        </Text>
      )}
      <div className={classes.choice} data-chosen={chosen !== undefined || undefined}>
        {chosen === undefined ? (
          <Text c="dimmed" size="sm">
            {t('court.choose')}
          </Text>
        ) : (
          <>
            <div>
              <Text fw={750} fz="lg">
                {formatTimeRange(chosen.startTime, chosen.endTime)}
                {chosen.priceCents !== undefined && <> · {formatMoney(chosen.priceCents, language)}</>}
              </Text>
              <Text size="sm" c="dimmed">
                {formatDate(date, language)}
              </Text>
              <ViewersTime date={date} time={chosen.startTime} zone={zone} />
            </div>
            <Button
              size="md"
              renderRoot={(props) => (
                <Link
                  to="/courts/$courtId/book"
                  params={{ courtId: court.id }}
                  search={{ date, time: chosen.startTime }}
                  {...props}
                />
              )}
            >
              {t('court.book')}
            </Button>
          </>
        )}
      </div>
    </Card>
  );
}

function CourtSkeleton() {
  const { t } = useTranslation('ui');
  return (
    <div className={classes.page} role="status" aria-label={t('loading')}>
      <div className={classes.gallery}>
        <Skeleton h="100%" radius="lg" />
      </div>
      <Stack className={classes.intro}>
        <Skeleton h={28} w={180} />
        <Skeleton h={40} w="70%" />
        <Skeleton h={20} w="50%" />
      </Stack>
      <div className={classes.booking}>
        <Skeleton h={420} radius="lg" />
      </div>
    </div>
  );
}
