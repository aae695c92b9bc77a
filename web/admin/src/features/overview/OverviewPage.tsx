/** ADMIN-02, ADMIN-09 to ADMIN-11 as far as the services tell: what still has to be set up, and what needs the owner today. */
import type { Booking } from '@courtside/api';
import {
  addDays,
  EmptyState,
  formatDate,
  formatMoney,
  formatTimeRange,
  ListSkeleton,
  ProblemView,
  PushOffer,
  todayIn,
  useLanguage,
  useSession,
} from '@courtside/ui';
import { Button, Container, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconConfetti } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Countdown } from '../../app/booking/Countdown';
import { kindOf, takesTheCourt } from '../../app/booking/kinds';
import { useBookerName } from '../../app/booking/useBookerName';
import { Panel } from '../../app/Panel';
import { push } from '../../app/services';
import { useNow } from '../../app/useNow';
import { useBookingsBetween, usePendingBookings } from '../../data/bookings';
import { useMyCourts } from '../../data/courts';
import { useBalance, useDisputedBookings, useStripeOnboarding, useStripeStatus } from '../../data/money';
import { useReminderAlerts } from '../../data/reminders';
import { useRefreshUser, useVerification } from '../../data/verification';
import { Alerts } from './Alerts';
import classes from './OverviewPage.module.css';
import { unpaidManual } from './attention';

const zone = 'Europe/Athens';

export function OverviewPage() {
  const { t } = useTranslation();
  const { user } = useSession();
  useRefreshUser();
  return (
    <Container size="lg" py="lg">
      <Title order={1} fz="h2" mb="md">
        {t('overview.title', { name: user?.name ?? '' })}
      </Title>
      <Stack gap="md">
        <Checklist />
        <PushOffer push={push} title={t('messages.offer')} hint={t('messages.offerHint')} />
        <Figures />
        <Attention />
        <Alerts />
      </Stack>
    </Container>
  );
}

/** From nothing to the first court that customers can book. Gone once everything is done. */
function Checklist() {
  const { t } = useTranslation();
  const { user } = useSession();
  const courts = useMyCourts();
  const verification = useVerification();
  const onboarding = useStripeOnboarding('overview');
  if (user === undefined) return null;
  if (courts.data === undefined) {
    return courts.isError ? (
      <Panel title={t('overview.start')}>
        <ProblemView compact error={courts.error} onRetry={() => void courts.refetch()} />
      </Panel>
    ) : null;
  }
  const waiting = verification.data?.currentRequest?.status === 'PENDING_REVIEW';
  const steps = [
    {
      key: 'court',
      done: courts.data.length > 0,
      action: (
        <Button size="xs" renderRoot={(props) => <Link to="/courts/new" {...props} />}>
          {t('courts.new')}
        </Button>
      ),
    },
    {
      key: 'verification',
      done: user.verified,
      action: (
        <Button
          size="xs"
          variant={waiting ? 'default' : 'filled'}
          renderRoot={(props) => <Link to="/verification" {...props} />}
        >
          {t(waiting ? 'overview.seeVerification' : 'verification.open')}
        </Button>
      ),
    },
    {
      key: 'stripe',
      done: user.stripeConnected,
      action: (
        <Button size="xs" loading={onboarding.isPending} onClick={() => onboarding.mutate()}>
          {t('standing.stripeGo')}
        </Button>
      ),
    },
  ] as const;
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return null;
  return (
    <Panel title={t('overview.start')} lead={t('overview.startLead')}>
      <Progress
        value={(done / steps.length) * 100}
        aria-label={t('overview.progress', { done, all: steps.length })}
      />
      <ol className={classes.steps}>
        {steps.map((step) => {
          const Mark = step.done ? IconCircleCheck : IconCircleDashed;
          return (
            <li key={step.key} data-done={step.done || undefined}>
              <Mark size={24} aria-hidden />
              <div>
                <Text fw={650}>{t(`overview.step.${step.key}`)}</Text>
                <Text size="sm" c="dimmed">
                  {step.done
                    ? t('overview.done')
                    : step.key === 'verification' && waiting
                      ? t('verification.waiting')
                      : t(`overview.stepHint.${step.key}`)}
                </Text>
              </div>
              {!step.done && step.action}
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

function Figure({
  label,
  value,
  to,
}: {
  label: string;
  value: ReactNode;
  to: '/calendar' | '/pending' | '/money';
}) {
  return (
    <Link to={to} className={classes.figure}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={750} fz="1.7rem" lh={1.2}>
        {value}
      </Text>
    </Link>
  );
}

function Figures() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { user } = useSession();
  const today = todayIn(zone, useNow(60_000));
  const day = useBookingsBetween(today, today);
  const pending = usePendingBookings();
  const stripe = useStripeStatus();
  const balance = useBalance(user?.stripeConnected === true);
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }}>
      <Figure
        label={t('overview.today')}
        value={day.data?.filter(takesTheCourt).length ?? '–'}
        to="/calendar"
      />
      <Figure label={t('overview.waiting')} value={pending.data?.length ?? '–'} to="/pending" />
      <Figure
        label={t('money.onTheWay')}
        value={balance.data === undefined ? '–' : formatMoney(balance.data.pendingCents, language, true)}
        to="/money"
      />
      <Figure
        label={t('overview.nextPayout')}
        value={
          stripe.data?.nextPayoutDate == null
            ? '–'
            : formatDate(stripe.data.nextPayoutDate.slice(0, 10), language, 'dayMonth')
        }
        to="/money"
      />
    </SimpleGrid>
  );
}

function Attention() {
  const { t } = useTranslation();
  const language = useLanguage();
  const today = todayIn(zone, useNow(60_000));
  const pending = usePendingBookings();
  const near = useBookingsBetween(addDays(today, -7), addDays(today, 7));
  const disputed = useDisputedBookings();
  const reminded = new Set(useReminderAlerts().data?.alerts.map(({ booking }) => booking?.bookingId));
  // Those that a rule matches stand below.
  const unpaid = unpaidManual(near.data ?? [], today).filter(({ id }) => !reminded.has(id));
  const nothing =
    pending.data?.length === 0 &&
    near.data !== undefined &&
    unpaid.length === 0 &&
    (disputed.data?.length ?? 0) === 0;
  return (
    <Panel title={t('overview.attention')}>
      {pending.isPending && <ListSkeleton rows={3} height={56} />}
      {pending.isError && pending.data === undefined && (
        <ProblemView compact error={pending.error} onRetry={() => void pending.refetch()} />
      )}
      {nothing && <EmptyState icon={<IconConfetti size={40} stroke={1.4} />} title={t('pending.none')} />}
      <ul className={classes.attention} aria-label={t('overview.attention')}>
        {disputed.data?.map((booking) => (
          <Item key={`d${booking.id}`} booking={booking} why={t('overview.disputed')}>
            <Button size="xs" renderRoot={(props) => <Link to="/money" {...props} />}>
              {t('disputes.open')}
            </Button>
          </Item>
        ))}
        {pending.data?.slice(0, 5).map((booking) => (
          <Item key={booking.id} booking={booking} why={t(`kind.${kindOf(booking)}`)}>
            {booking.confirmationDeadline != null && (
              <Countdown deadline={booking.confirmationDeadline} zone={booking.timezone} />
            )}
            <Button
              size="xs"
              renderRoot={(props) => <Link to="/pending" search={{ booking: booking.id }} {...props} />}
            >
              {t('overview.answer')}
            </Button>
          </Item>
        ))}
        {unpaid.slice(0, 5).map((booking) => (
          <Item key={`u${booking.id}`} booking={booking} why={t('overview.unpaid')}>
            <Button
              size="xs"
              variant="default"
              renderRoot={(props) => (
                <Link to="/calendar" search={{ date: booking.date, booking: booking.id }} {...props} />
              )}
            >
              {t('pending.details')}
            </Button>
          </Item>
        ))}
      </ul>
      {(pending.data?.length ?? 0) > 5 && (
        <Text size="sm">
          <Link to="/pending">{t('overview.allPending', { count: pending.data?.length ?? 0 })}</Link>
        </Text>
      )}
      {(near.data?.length ?? 0) > 0 && (
        <Text size="sm" c="dimmed">
          {t('overview.span', {
            from: formatDate(addDays(today, -7), language, 'dayMonth'),
            to: formatDate(addDays(today, 7), language, 'dayMonth'),
          })}
        </Text>
      )}
    </Panel>
  );
}

function Item({ booking, why, children }: { booking: Booking; why: string; children: ReactNode }) {
  const language = useLanguage();
  const name = useBookerName()(booking);
  return (
    <li>
      <div>
        <Text fw={650}>
          {formatDate(booking.date, language, 'medium')},{' '}
          {formatTimeRange(booking.startTime, booking.endTime)} · {name}
        </Text>
        <Text size="sm" c="dimmed">
          {why} · {booking.courtName}
        </Text>
      </div>
      <Group gap="xs" wrap="nowrap">
        {children}
      </Group>
    </li>
  );
}
