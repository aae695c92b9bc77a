/** One booking: when and where, what was paid, what happened, and everything that can be done with it. */
import type { BookingDetail } from '@courtside/api';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatTimeRange,
  instantOf,
  LiveMark,
  ProblemView,
  SportIcon,
  StatusBadge,
  useLanguage,
} from '@courtside/ui';
import {
  Alert,
  Anchor,
  Button,
  Card,
  Container,
  Divider,
  Group,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowLeft, IconCalendarTime, IconHourglass, IconReceipt, IconRepeat } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CalendarButton } from '../../app/CalendarButton';
import { PolicyText } from '../../app/PolicyText';
import { useNow } from '../../app/useNow';
import { ViewersTime } from '../../app/ViewersTime';
import { DataAge } from '../../app/DataAge';
import { ShareButton } from '../../app/ShareButton';
import { useBooking } from '../../data/bookings';
import { CancelDialog } from './CancelDialog';
import { PendingChange } from './PendingChange';
import { RateBooking } from './RateBooking';
import { RefundState } from './RefundState';
import { Timeline } from './Timeline';

const refunded = ['REFUNDED', 'PARTIALLY_REFUNDED'];
const paid = ['CAPTURED', ...refunded];

export function BookingPage() {
  const { t } = useTranslation('ui');
  const { bookingId } = useParams({ from: '/members/bookings/$bookingId' });
  const booking = useBooking(bookingId);
  return (
    <Container size="sm" py="md">
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        mb="sm"
        leftSection={<IconArrowLeft size={16} />}
        renderRoot={(props) => <Link to="/bookings" {...props} />}
      >
        {t('back')}
      </Button>
      {booking.isPending ? (
        <Skeleton h={420} radius="lg" role="status" aria-label={t('loading')} />
      ) : booking.data === undefined ? (
        <ProblemView error={booking.error} onRetry={() => void booking.refetch()} />
      ) : (
        <>
          <DataAge query={booking} />
          <BookingView booking={booking.data} />
        </>
      )}
    </Container>
  );
}

function BookingView({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const now = useNow();
  const [cancelling, dialog] = useDisclosure(false);
  const startsAt = instantOf(booking.date, booking.startTime, booking.timezone);
  const canCancel =
    (booking.status === 'CONFIRMED' || booking.status === 'PENDING_CONFIRMATION') && startsAt > now;
  const hasReceipt = paid.includes(booking.paymentStatus);
  return (
    <Card withBorder>
      <title>{`${booking.courtName} · Courtside`}</title>
      <Stack gap="md">
        <Group justify="space-between">
          <StatusBadge status={booking.status} size="lg" />
          <Group gap="sm">
            <LiveMark />
            <ShareButton
              title={booking.courtName}
              text={t('share.booking', {
                court: booking.courtName,
                date: formatDate(booking.date, language),
                time: formatTimeRange(booking.startTime, booking.endTime),
              })}
              path={`/courts/${booking.courtId}?date=${booking.date}`}
            />
          </Group>
        </Group>
        <div>
          <Title order={1} fz="h2">
            <Anchor
              inherit
              renderRoot={(props) => (
                <Link to="/courts/$courtId" params={{ courtId: booking.courtId }} {...props} />
              )}
            >
              {booking.courtName}
            </Anchor>
          </Title>
          <Group gap={6} c="dimmed" wrap="nowrap" align="flex-start">
            <SportIcon sport={booking.courtType} size={17} style={{ flexShrink: 0, marginTop: 4 }} />
            <Text>
              {[
                shared(`sport.${booking.courtType}`),
                booking.courtLocationType != null && shared(`location.${booking.courtLocationType}`),
                booking.courtAddress,
              ]
                .filter(Boolean)
                .join(' · ')}
            </Text>
          </Group>
        </div>
        <div>
          <Text fw={750} fz="xl">
            {formatTimeRange(booking.startTime, booking.endTime)}
          </Text>
          <Text tt="capitalize">{formatDate(booking.date, language, 'full')}</Text>
          <ViewersTime date={booking.date} time={booking.startTime} zone={booking.timezone} />
        </div>
        {booking.status === 'PENDING_CONFIRMATION' && (
          <Alert color="yellow" icon={<IconHourglass />} title={t('booking.waiting')}>
            {booking.confirmationDeadline == null
              ? t('booking.held')
              : t('booking.waitingUntil', {
                  when: formatInstant(booking.confirmationDeadline, booking.timezone, language),
                })}
          </Alert>
        )}
        <PendingChange booking={booking} />
        {booking.paymentId != null && refunded.includes(booking.paymentStatus) && (
          <RefundState paymentId={booking.paymentId} />
        )}
        {booking.status === 'PENDING_PAYMENT' && (
          <Alert color="yellow" title={t('unfinished.title')}>
            <Button
              size="xs"
              renderRoot={(props) => (
                <Link to="/bookings/$bookingId/secure" params={{ bookingId: booking.id }} {...props} />
              )}
            >
              {t('unfinished.resume')}
            </Button>
          </Alert>
        )}
        <Divider />
        <Stack gap={6}>
          <Line label={t('booking.total')} value={formatMoney(booking.totalAmountCents, language)} strong />
          <Line label={t('booking.payment')} value={shared(`paymentStatus.${booking.paymentStatus}`)} />
          {booking.numberOfPeople != null && (
            <Line label={t('booking.people')} value={String(booking.numberOfPeople)} />
          )}
          <Line label={t('booking.reference')} value={booking.id.slice(-8).toUpperCase()} />
        </Stack>
        <Timeline booking={booking} />
        {canCancel && (
          <>
            <Divider />
            <section>
              <Title order={2} fz="h4" mb={4}>
                {t('court.policy')}
              </Title>
              <PolicyText tiers={booking.cancellationPolicy} />
            </section>
            <Group>
              {booking.status === 'CONFIRMED' && (
                <>
                  <Button
                    variant="default"
                    leftSection={<IconCalendarTime size={18} />}
                    renderRoot={(props) => (
                      <Link to="/bookings/$bookingId/move" params={{ bookingId: booking.id }} {...props} />
                    )}
                  >
                    {t('move.open')}
                  </Button>
                  <CalendarButton booking={booking} />
                </>
              )}
              <Button variant="light" color="red" onClick={dialog.open}>
                {t('cancel.open')}
              </Button>
            </Group>
            <CancelDialog booking={booking} startsAt={startsAt} opened={cancelling} onClose={dialog.close} />
          </>
        )}
        {booking.status === 'COMPLETED' && (
          <>
            <Divider />
            <RateBooking bookingId={booking.id} courtId={booking.courtId} />
          </>
        )}
        {(booking.recurringGroupId != null || hasReceipt) && (
          <>
            <Divider />
            <Group>
              {hasReceipt && (
                <Button
                  variant="subtle"
                  size="compact-md"
                  leftSection={<IconReceipt size={18} />}
                  renderRoot={(props) => (
                    <Link to="/bookings/$bookingId/receipt" params={{ bookingId: booking.id }} {...props} />
                  )}
                >
                  {t('receipt.title')}
                </Button>
              )}
              {booking.recurringGroupId != null && (
                <Button
                  variant="subtle"
                  size="compact-md"
                  leftSection={<IconRepeat size={18} />}
                  renderRoot={(props) => (
                    <Link
                      to="/series/$groupId"
                      params={{ groupId: booking.recurringGroupId ?? '' }}
                      {...props}
                    />
                  )}
                >
                  {t('series.open')}
                </Button>
              )}
            </Group>
          </>
        )}
      </Stack>
    </Card>
  );
}

function Line({ label, value, strong = false }: { label: string; value: string; strong?: boolean }) {
  return (
    <Group justify="space-between">
      <Text c="dimmed">{label}</Text>
      <Text fw={strong ? 750 : 500} fz={strong ? 'lg' : 'md'}>
        {value}
      </Text>
    </Group>
  );
}
