/** The owner's courts with what decides whether customers see and book them (COURT-25, COURT-32). */
import type { Court, UserProfile } from '@courtside/api';
import {
  CourtImage,
  EmptyState,
  formatInstant,
  formatMoney,
  ListSkeleton,
  problemText,
  ProblemView,
  SportIcon,
  useLanguage,
  useSession,
} from '@courtside/ui';
import { Alert, Button, Container, Group, Text, Title } from '@mantine/core';
import {
  IconBuildingBank,
  IconCircleCheck,
  IconCircleDashed,
  IconEye,
  IconEyeOff,
  IconPlus,
  IconSoccerField,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../app/inLanguage';
import { useMyCourts } from '../../data/courts';
import { useDecideTransfer, useTransfers } from '../../data/courtSettings';
import classes from './CourtsPage.module.css';

export function CourtsPage() {
  const { t } = useTranslation();
  const { user } = useSession();
  const courts = useMyCourts();
  const newCourt = (
    <Button
      leftSection={<IconPlus size={17} aria-hidden />}
      renderRoot={(props) => <Link to="/courts/new" {...props} />}
    >
      {t('courts.new')}
    </Button>
  );
  return (
    <Container size="lg" py="lg">
      <Group justify="space-between" mb="md">
        <Title order={1} fz="h2">
          {t('courts.title')}
        </Title>
        {courts.data?.length !== 0 && (
          <Group gap="xs">
            <Button variant="default" renderRoot={(props) => <Link to="/courts/defaults" {...props} />}>
              {t('defaults.open')}
            </Button>
            <Button variant="default" renderRoot={(props) => <Link to="/courts/bulk" {...props} />}>
              {t('bulk.open')}
            </Button>
            {newCourt}
          </Group>
        )}
      </Group>
      <OfferedCourts />
      {user !== undefined && <OwnerState user={user} />}
      {courts.isPending && <ListSkeleton rows={4} />}
      {courts.isError && courts.data === undefined && (
        <ProblemView error={courts.error} onRetry={() => void courts.refetch()} />
      )}
      {courts.data?.length === 0 && (
        <EmptyState
          icon={<IconSoccerField size={52} stroke={1.3} />}
          title={t('courts.none')}
          hint={t('courts.noneHint')}
          action={newCourt}
        />
      )}
      <ul className={classes.list} aria-label={t('courts.title')}>
        {courts.data?.map((court) => (
          <CourtCard key={court.id} court={court} verified={user?.verified === true} />
        ))}
      </ul>
    </Container>
  );
}

function State({ good, icon, children }: { good: boolean; icon: ReactNode; children: ReactNode }) {
  return (
    <span className={classes.state} data-good={good || undefined}>
      {icon}
      {children}
    </span>
  );
}

/** COURT-58: courts that another owner offers; nothing moves before a yes. */
function OfferedCourts() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const transfers = useTransfers();
  const decision = useDecideTransfer();
  const offered = (transfers.data ?? []).filter(
    ({ direction, status }) => direction === 'INCOMING' && status === 'PENDING_TARGET_CONFIRMATION',
  );
  return offered.map((offer) => (
    <Alert
      key={offer.transferId}
      color="blue"
      mb="md"
      title={t('transfer.offered', { court: offer.courtName })}
    >
      <Group justify="space-between" gap="sm">
        <Text size="sm" style={{ flex: '1 1 18rem' }}>
          {t('transfer.offeredLead', { until: formatInstant(offer.expiresAt, 'Europe/Athens', language) })}
        </Text>
        <Button
          size="xs"
          loading={decision.isPending}
          onClick={() => decision.mutate({ transferId: offer.transferId, accept: true })}
        >
          {t('transfer.accept')}
        </Button>
      </Group>
      {decision.isError && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" mt="xs">
          {problemText(decision.error, shared)}
        </Text>
      )}
    </Alert>
  ));
}

/** Verification and Stripe belong to the owner and hold for every court. */
function OwnerState({ user }: { user: UserProfile }) {
  const { t } = useTranslation();
  const Mark = user.verified ? IconCircleCheck : IconCircleDashed;
  return (
    <Group gap="xs" mb="md">
      <State good={user.verified} icon={<Mark size={17} aria-hidden />}>
        {t(user.verified ? 'courts.verified' : 'courts.unverified')}
      </State>
      <State good={user.stripeConnected} icon={<IconBuildingBank size={17} aria-hidden />}>
        {t(user.stripeConnected ? 'courts.stripeActive' : 'courts.stripeMissing')}
      </State>
    </Group>
  );
}

function CourtCard({ court, verified }: { court: Court; verified: boolean }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const name = inLanguage(court.name, language);
  const why = court.visible ? undefined : !verified ? 'unverified' : court.enabled ? 'stripe' : 'disabled';
  const Eye = court.visible ? IconEye : IconEyeOff;
  return (
    <li className={classes.card}>
      <div className={classes.image}>
        <CourtImage source={court.imageUrls[0]} sport={court.courtType} alt="" />
      </div>
      <div className={classes.words}>
        <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
          <Text component="h2" fw={750} fz="md" m={0}>
            <Link to="/courts/$courtId" params={{ courtId: court.id }} className={classes.name}>
              {name?.text}
            </Link>
          </Text>
          <State good={court.visible} icon={<Eye size={16} aria-hidden />}>
            {t(court.visible ? 'courts.visible' : 'courts.hidden')}
          </State>
        </Group>
        {name?.missing === true && (
          <Text size="sm" c="dimmed">
            {t(`courts.missing.${language}`)}
          </Text>
        )}
        <Group gap={6} c="dimmed" wrap="nowrap" align="flex-start">
          <SportIcon sport={court.courtType} size={16} style={{ flexShrink: 0, marginTop: 3 }} />
          <Text size="sm">
            {[
              shared(`sport.${court.courtType}`),
              shared(`location.${court.locationType}`),
              court.address,
            ].join(' · ')}
          </Text>
        </Group>
        <Text size="sm">
          <b>{formatMoney(court.basePriceCents, language)}</b> ·{' '}
          {t('minutes', { count: court.durationMinutes })} ·{' '}
          {t('booking.people', { count: court.maxCapacity })} ·{' '}
          {court.confirmationMode === 'INSTANT'
            ? t('courts.instantMode')
            : t('courts.manualMode', { count: court.confirmationTimeoutHours })}
        </Text>
        {why !== undefined && (
          <Text size="sm" c="dimmed">
            {t(`courts.why.${why}`)}
          </Text>
        )}
      </div>
    </li>
  );
}
