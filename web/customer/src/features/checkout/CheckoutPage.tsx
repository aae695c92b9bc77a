/** Confirming and paying: a summary, who comes, which card, one button that locks (APP-22 to APP-31). */
import { problemFromThrown, type CourtDetail, type Problem } from '@courtside/api';
import {
  addDays,
  CourtImage,
  formatDate,
  formatMoney,
  formatTime,
  formatTimeRange,
  ProblemView,
  problemText,
  SportIcon,
  useLanguage,
} from '@courtside/ui';
import { Alert, Button, Card, Group, NumberInput, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { IconArrowLeft, IconBolt, IconLock, IconUserCheck } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../app/inLanguage';
import { PolicyText } from '../../app/PolicyText';
import { ViewersTime } from '../../app/ViewersTime';
import { Redirect } from '../../app/Redirect';
import { useBookSeries } from '../../data/bookings';
import { useSavedCards } from '../../data/cards';
import { useStripe } from '../../data/clientConfig';
import { useCourt, useCourtDay } from '../../data/courts';
import { CardChoice } from './CardChoice';
import { rememberSecret } from './secrets';
import { rememberSeries } from './seriesResult';
import { testCards } from './testCards';
import classes from './CheckoutPage.module.css';
import { useBook } from './useBook';

/** BOOK-34. */
const seriesLengths = [2, 3, 4, 6, 8, 10, 12];

export function CheckoutPage() {
  const { t } = useTranslation('ui');
  const { courtId } = useParams({ from: '/members/courts/$courtId/book' });
  const { date, time, card, people, weeks } = useSearch({ from: '/members/courts/$courtId/book' });
  const court = useCourt(courtId);
  if (court.isPending) {
    return (
      <div className={classes.page} role="status" aria-label={t('loading')}>
        <Skeleton h={360} radius="lg" />
        <Skeleton h={420} radius="lg" />
      </div>
    );
  }
  if (court.data === undefined) {
    return <ProblemView error={court.error} onRetry={() => void court.refetch()} />;
  }
  if (date === undefined || time === undefined) {
    return <Redirect href={`/courts/${courtId}`} />;
  }
  return (
    <Checkout
      court={court.data}
      date={date}
      time={time}
      addedCard={card}
      wantedPeople={people}
      weeks={weeks}
    />
  );
}

interface Alternative {
  startTime: string;
  endTime: string;
  priceCents: number;
}

function alternativesOf(problem: Problem): Alternative[] {
  const offered = problem.details.alternativeSlots;
  return Array.isArray(offered) ? (offered as Alternative[]) : [];
}

interface CheckoutProps {
  court: CourtDetail;
  date: string;
  time: string;
  /** A card that was just added, to pay with. */
  addedCard: string | undefined;
  wantedPeople: number | undefined;
  /** Set for a weekly series. */
  weeks: number | undefined;
}

function Checkout({ court, date, time, addedCard, wantedPeople, weeks }: CheckoutProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const navigate = useNavigate();
  const { online } = useNetwork();
  const day = useCourtDay(court.id, date);
  const slot = day.slots.find((candidate) => candidate.startTime === time);
  const zone = court.timezone ?? 'Europe/Athens';
  const stripe = useStripe();
  const cards = useSavedCards();
  const book = useBook();
  const bookSeries = useBookSeries();
  const people = Math.min(court.maxCapacity, wantedPeople ?? 4);
  const choose = (changes: { people?: number; weeks?: number | undefined }) =>
    void navigate({
      to: '/courts/$courtId/book',
      params: { courtId: court.id },
      search: (before) => ({ ...before, ...changes }),
      replace: true,
      resetScroll: false,
    });
  const [chosenCard, setChosenCard] = useState(addedCard);
  const [paying, setPaying] = useState(false);
  const slow = useSlowNotice(paying);
  const result = useRef<HTMLDivElement>(null);

  const card =
    chosenCard ??
    cards.data?.find((saved) => saved.isDefault)?.id ??
    cards.data?.[0]?.id ??
    (stripe?.hasCardPage === true ? testCards[0].id : 'none');
  const failure = book.error ?? bookSeries.error;
  const problem = useMemo(() => (failure === null ? undefined : problemFromThrown(failure)), [failure]);
  useEffect(() => {
    if (problem !== undefined) result.current?.focus();
  }, [problem]);

  // Once paid the slot is no longer free, and by ourselves: that is no reason to warn.
  const isGone =
    !paying &&
    !book.isSuccess &&
    !bookSeries.isSuccess &&
    slot !== undefined &&
    (slot.status !== 'AVAILABLE' || slot.past);

  const pay = async () => {
    if (slot === undefined) return;
    book.reset();
    bookSeries.reset();
    setPaying(true);
    try {
      if (weeks !== undefined) {
        const series = await bookSeries.mutateAsync({
          courtId: court.id,
          startDate: date,
          startTime: slot.startTime,
          weeks,
          numberOfPeople: people,
          paymentMethodId: card,
        });
        for (const booking of series.createdBookings) {
          if (booking.paymentIntentClientSecret != null) {
            rememberSecret(booking.id, booking.paymentIntentClientSecret);
          }
        }
        rememberSeries(series);
        await navigate({
          to: '/series/$groupId',
          params: { groupId: series.recurringGroupId },
          replace: true,
        });
        return;
      }
      const booking = await book.mutateAsync({
        courtId: court.id,
        date,
        startTime: slot.startTime,
        numberOfPeople: people,
        paymentMethodId: card,
      });
      await navigate({
        to:
          booking.status === 'PENDING_PAYMENT'
            ? '/bookings/$bookingId/secure'
            : '/bookings/$bookingId/result',
        params: { bookingId: booking.id },
        replace: true,
      });
    } catch {
      // Shown below from the mutation's own error; the button unlocks only now (APP-26).
      setPaying(false);
    }
  };

  const chooseOther = (startTime: string) => {
    book.reset();
    void navigate({
      to: '/courts/$courtId/book',
      params: { courtId: court.id },
      search: { date, time: formatTime(startTime), people, weeks },
      replace: true,
    });
  };

  return (
    <div className={classes.page}>
      <title>{`${t('pay.title')} · Courtside`}</title>
      <div className={classes.head}>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          ml={-8}
          leftSection={<IconArrowLeft size={16} />}
          renderRoot={(props) => (
            <Link to="/courts/$courtId" params={{ courtId: court.id }} search={{ date, time }} {...props} />
          )}
        >
          {shared('back')}
        </Button>
        <Title order={1} fz="h2" mt={4}>
          {t('pay.title')}
        </Title>
      </div>

      <Card withBorder p={0} className={classes.summary}>
        <div className={classes.picture}>
          <CourtImage source={court.imageUrls[0]} sport={court.courtType} alt="" />
        </div>
        <Stack gap="sm" p="lg">
          <div>
            <Text fw={750} fz="lg">
              {inLanguage(court.name, language)?.text}
            </Text>
            <Group gap={6} c="dimmed">
              <SportIcon sport={court.courtType} size={16} />
              <Text size="sm">
                {shared(`sport.${court.courtType}`)} · {shared(`location.${court.locationType}`)}
              </Text>
            </Group>
          </div>
          <div>
            <Text fw={750} fz="xl">
              {slot === undefined ? formatTime(time) : formatTimeRange(slot.startTime, slot.endTime)}
            </Text>
            <Text tt="capitalize">{formatDate(date, language, 'full')}</Text>
            <ViewersTime date={date} time={time} zone={zone} />
          </div>
          <Group gap={8} wrap="nowrap" align="flex-start">
            <span className={classes.icon} aria-hidden>
              {court.confirmationMode === 'INSTANT' ? <IconBolt size={19} /> : <IconUserCheck size={19} />}
            </span>
            <Text size="sm">
              {court.confirmationMode === 'INSTANT'
                ? t('pay.instant')
                : t('pay.manual', { count: court.confirmationTimeoutHours ?? 24 })}
            </Text>
          </Group>
          <div className={classes.total}>
            <Text fw={650}>{t('pay.total')}</Text>
            {day.isPending ? (
              <Skeleton h={28} w={90} />
            ) : (
              <Text fw={800} fz={26}>
                {slot?.priceCents === undefined ? '–' : formatMoney(slot.priceCents, language)}
              </Text>
            )}
          </div>
          {weeks !== undefined && (
            <Text size="sm" c="dimmed">
              {t('pay.eachWeek', {
                count: weeks,
                last: formatDate(addDays(date, (weeks - 1) * 7), language),
              })}
            </Text>
          )}
          <section className={classes.policy}>
            <Title order={2} fz="h5" mb={4}>
              {t('court.policy')}
            </Title>
            <PolicyText tiers={court.cancellationPolicy.tiers} />
          </section>
        </Stack>
      </Card>

      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          void pay();
        }}
      >
        <Card withBorder>
          <NumberInput
            label={t('pay.people')}
            description={t('pay.peopleHint', { count: court.maxCapacity })}
            value={people}
            min={1}
            max={court.maxCapacity}
            clampBehavior="strict"
            allowDecimal={false}
            onChange={(value) => choose({ people: typeof value === 'number' ? value : 1 })}
            maw={220}
          />
          <Select
            mt="md"
            maw={320}
            label={t('pay.repeat')}
            description={weeks === undefined ? undefined : t('pay.repeatHint')}
            value={String(weeks ?? 1)}
            data={[
              { value: '1', label: t('pay.once') },
              ...seriesLengths.map((count) => ({ value: String(count), label: t('pay.weeks', { count }) })),
            ]}
            allowDeselect={false}
            onChange={(value) => {
              bookSeries.reset();
              choose({ weeks: value === null || value === '1' ? undefined : Number(value) });
            }}
          />
        </Card>
        <Card withBorder>
          <Title order={2} fz="h4" mb="sm">
            {t('pay.card')}
          </Title>
          <CardChoice
            value={card}
            onChange={(chosen) => {
              book.reset();
              bookSeries.reset();
              setChosenCard(chosen);
            }}
            saved={cards.data}
            loading={stripe === undefined || (cards.isPending && cards.failureCount === 0)}
            hasCardPage={stripe?.hasCardPage ?? false}
          />
        </Card>
        <div ref={result} tabIndex={-1} className={classes.result}>
          {problem !== undefined && (
            <Alert color="red" role="alert" title={t(titleKey(problem))}>
              <Stack gap="xs" align="flex-start">
                {declineKey(problem) !== undefined && <Text fw={650}>{t(declineKey(problem) ?? '')}</Text>}
                <Text>{problemText(problem, shared)}</Text>
                {problem.kind === 'conflict' && alternativesOf(problem).length > 0 && (
                  <Group gap="xs">
                    {alternativesOf(problem).map((other) => (
                      <Button
                        key={other.startTime}
                        size="xs"
                        variant="default"
                        onClick={() => chooseOther(other.startTime)}
                      >
                        {formatTimeRange(other.startTime, other.endTime)} ·{' '}
                        {formatMoney(other.priceCents, language, true)}
                      </Button>
                    ))}
                  </Group>
                )}
                {problem.correlationId !== undefined && problem.status >= 500 && (
                  <Text size="xs">{shared('problem.reference', { id: problem.correlationId })}</Text>
                )}
              </Stack>
            </Alert>
          )}
          {problem === undefined && isGone && (
            <Alert color="yellow" role="alert" title={t('pay.failed.conflict')}>
              <Button
                size="xs"
                variant="default"
                renderRoot={(props) => (
                  <Link to="/courts/$courtId" params={{ courtId: court.id }} search={{ date }} {...props} />
                )}
              >
                {t('pay.otherTime')}
              </Button>
            </Alert>
          )}
          {!day.isPending && !day.isError && slot === undefined && (
            <Alert color="yellow" role="alert" title={t('pay.noSlot')} />
          )}
          {slow !== undefined && (
            <Alert color="blue" role="status">
              {t(`pay.slow.${slow}`)}
            </Alert>
          )}
        </div>

        <Button
          type="submit"
          size="lg"
          loading={paying}
          disabled={!online || slot === undefined || isGone === true || card === 'none' || card === 'new'}
          leftSection={<IconLock size={18} />}
        >
          {slot?.priceCents === undefined
            ? t('pay.go')
            : weeks === undefined
              ? t('pay.goAmount', { amount: formatMoney(slot.priceCents, language) })
              : t('pay.goWeeks', { count: weeks })}
        </Button>
      </form>
    </div>
  );
}

function titleKey(problem: Problem): string {
  switch (problem.kind) {
    case 'payment':
      return 'pay.failed.payment';
    case 'conflict':
      return 'pay.failed.conflict';
    case 'offline':
    case 'slow':
    case 'failure':
    case 'unavailable':
      // Nobody knows whether the card was charged; the same key makes trying again safe.
      return 'pay.failed.unknown';
    default:
      return 'pay.failed.refused';
  }
}

/** APP-27: the bank's reason in our words. What it says of lost or stolen cards is not for the person who pays. */
const declineReasons = [
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
  'card_velocity_exceeded',
];

function declineKey(problem: Problem): string | undefined {
  const reason = declineReasons.find((known) => known === problem.details.reason);
  return problem.kind === 'payment' && reason !== undefined ? `pay.declined.${reason}` : undefined;
}

/** APP-29, APP-43: from 5 s keep the app open, from 10 s do not try again. */
function useSlowNotice(paying: boolean): 'wait' | 'inProcess' | undefined {
  const [reached, setReached] = useState<'wait' | 'inProcess'>();
  useEffect(() => {
    if (!paying) return undefined;
    const first = setTimeout(() => setReached('wait'), 5_000);
    const second = setTimeout(() => setReached('inProcess'), 10_000);
    return () => {
      clearTimeout(first);
      clearTimeout(second);
      setReached(undefined);
    };
  }, [paying]);
  return paying ? reached : undefined;
}
