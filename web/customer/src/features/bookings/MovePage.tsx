/** Another time for a booking, with the difference to pay or to get back before anything happens (BOOK-51). */
import { problemFromThrown, type BookingDetail } from '@courtside/api';
import {
  addDays,
  datesFrom,
  DayStrip,
  EmptyState,
  formatDate,
  formatMoney,
  formatTimeRange,
  LiveMark,
  ProblemView,
  problemText,
  SlotGrid,
  todayIn,
  useLanguage,
  type GridSlot,
} from '@courtside/ui';
import { Alert, Button, Card, Container, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowLeft, IconCalendarOff } from '@tabler/icons-react';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../app/useNow';
import { useBooking, useMoveBooking, usePayDifference } from '../../data/bookings';
import { useCourtDay } from '../../data/courts';
import { movePreview, type MovePreview } from './movePreview';

const daysShown = 14;

export function MovePage() {
  const { t } = useTranslation();
  const { bookingId } = useParams({ from: '/members/bookings/$bookingId/move' });
  const booking = useBooking(bookingId);
  return (
    <Container size="sm" py="md">
      <title>{`${t('move.title')} · Courtside`}</title>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        mb="sm"
        leftSection={<IconArrowLeft size={16} />}
        renderRoot={(props) => <Link to="/bookings/$bookingId" params={{ bookingId }} {...props} />}
      >
        {t('move.back')}
      </Button>
      <Title order={1} fz="h2" mb="md">
        {t('move.title')}
      </Title>
      {booking.isPending ? (
        <Skeleton h={420} radius="lg" role="status" aria-label={t('loading', { ns: 'ui' })} />
      ) : booking.data === undefined ? (
        <ProblemView error={booking.error} onRetry={() => void booking.refetch()} />
      ) : booking.data.status !== 'CONFIRMED' ? (
        <EmptyState icon={<IconCalendarOff size={48} stroke={1.4} />} title={t('move.notPossible')} />
      ) : (
        <Move booking={booking.data} />
      )}
    </Container>
  );
}

function Move({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const navigate = useNavigate();
  const { online } = useNetwork();
  const today = todayIn(booking.timezone, useNow());
  const [date, setDate] = useState(booking.date);
  const [time, setTime] = useState<string>();
  const day = useCourtDay(booking.courtId, date);
  const move = useMoveBooking(booking.id);
  const pay = usePayDifference(booking.id);
  const dates = datesFrom(today, daysShown);
  const chosen = day.slots.find((slot) => slot.startTime === time && slot.status === 'AVAILABLE');
  const preview = chosen?.priceCents === undefined ? undefined : movePreview(booking, chosen.priceCents);
  const failure = move.error ?? pay.error;

  const confirm = async () => {
    if (chosen === undefined) return;
    try {
      const moved = await move.mutateAsync({ newDate: date, newStartTime: chosen.startTime });
      if (moved.additionalPaymentRequired && moved.paymentIntentClientSecret != null) {
        if ((await pay.mutateAsync(moved.paymentIntentClientSecret)) === 'leaving') return;
      } else {
        notifications.show({ message: t('move.done'), color: 'pine' });
      }
      await navigate({ to: '/bookings/$bookingId', params: { bookingId: booking.id }, replace: true });
    } catch {
      // Shown below from the mutations' own errors.
    }
  };

  return (
    <Stack>
      <Card withBorder>
        <Text c="dimmed" size="sm">
          {t('move.now')}
        </Text>
        <Text fw={700}>{booking.courtName}</Text>
        <Text>
          {formatDate(booking.date, language)}, {formatTimeRange(booking.startTime, booking.endTime)} ·{' '}
          {formatMoney(booking.totalAmountCents, language)}
        </Text>
      </Card>
      <Card withBorder>
        <Group justify="space-between" mb="sm">
          <Title order={2} fz="h4">
            {t('move.choose')}
          </Title>
          <LiveMark />
        </Group>
        <DayStrip
          dates={dates.includes(date) || date < today ? dates : [...dates, date]}
          value={date < today ? addDays(today, 0) : date}
          today={today}
          onChange={(next) => {
            setDate(next);
            setTime(undefined);
            move.reset();
          }}
        />
        <div style={{ marginTop: '1rem' }}>
          {day.isPending ? (
            <Skeleton h={180} role="status" aria-label={shared('loading')} />
          ) : day.isError && day.slots.length === 0 ? (
            <ProblemView compact error={day.error} onRetry={() => void day.refetch()} />
          ) : day.slots.length === 0 ? (
            <EmptyState
              icon={<IconCalendarOff size={40} stroke={1.4} />}
              title={shared('slot.none')}
              hint={shared('slot.noneHint')}
            />
          ) : (
            <SlotGrid
              slots={day.slots}
              label={formatDate(date, language, 'full')}
              selected={chosen?.startTime}
              onSelect={(slot: GridSlot) => {
                move.reset();
                setTime(slot.startTime === time ? undefined : slot.startTime);
              }}
            />
          )}
        </div>
      </Card>
      {chosen !== undefined && preview !== undefined && (
        <Card withBorder>
          <Text fw={750} fz="lg">
            {formatDate(date, language)}, {formatTimeRange(chosen.startTime, chosen.endTime)}
          </Text>
          <Text data-testid="difference">{differenceText(preview)}</Text>
        </Card>
      )}
      {failure != null && (
        <Alert color="red" role="alert">
          {problemText(problemFromThrown(failure), shared)}
        </Alert>
      )}
      <Button
        size="lg"
        disabled={chosen === undefined || !online}
        loading={move.isPending || pay.isPending}
        onClick={() => void confirm()}
      >
        {preview?.kind === 'pay'
          ? t('move.pay', { amount: formatMoney(preview.amountCents, language) })
          : t('move.confirm')}
      </Button>
    </Stack>
  );

  function differenceText(of: MovePreview): string {
    return of.kind === 'same'
      ? t('move.same')
      : t(of.kind === 'pay' ? 'move.dearer' : 'move.cheaper', {
          amount: formatMoney(of.amountCents, language),
        });
  }
}
