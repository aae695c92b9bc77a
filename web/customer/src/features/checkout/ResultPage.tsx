/** After paying: confirmed, or waiting for the owner with the deadline (APP-32, APP-33, FIND-29). */
import type { BookingDetail } from '@courtside/api';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatTimeRange,
  ProblemView,
  PushOffer,
  useLanguage,
} from '@courtside/ui';
import { Box, Button, Card, Container, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconHourglass, IconX } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CalendarButton } from '../../app/CalendarButton';
import { ViewersTime } from '../../app/ViewersTime';
import { Redirect } from '../../app/Redirect';
import { push } from '../../app/services';
import { useBooking } from '../../data/bookings';
import classes from './ResultPage.module.css';

export function ResultPage() {
  const { t } = useTranslation('ui');
  const { bookingId } = useParams({ from: '/members/bookings/$bookingId/result' });
  const booking = useBooking(bookingId);
  return (
    <Container size={560} py="xl">
      {booking.isPending ? (
        <Skeleton h={380} radius="lg" role="status" aria-label={t('loading')} />
      ) : booking.data === undefined ? (
        <ProblemView error={booking.error} onRetry={() => void booking.refetch()} />
      ) : booking.data.status === 'PENDING_PAYMENT' ? (
        <Redirect href={`/bookings/${bookingId}/secure`} />
      ) : (
        <>
          <Result booking={booking.data} />
          <Offer booking={booking.data} />
        </>
      )}
    </Container>
  );
}

function Result({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const outcome =
    booking.status === 'PENDING_CONFIRMATION'
      ? 'pending'
      : booking.status === 'CONFIRMED' || booking.status === 'COMPLETED'
        ? 'confirmed'
        : 'ended';
  const Icon = { pending: IconHourglass, confirmed: IconCheck, ended: IconX }[outcome];
  return (
    <Card withBorder>
      <title>{`${t(`result.${outcome}`)} · Courtside`}</title>
      <Stack align="center" ta="center" gap="sm">
        <div className={classes.sign} data-outcome={outcome} aria-hidden>
          <Icon size={44} stroke={2} />
        </div>
        <div role="status">
          <Title order={1} fz="h2">
            {t(`result.${outcome}`)}
          </Title>
        </div>
        <Text c="dimmed" style={{ textWrap: 'balance' }}>
          {outcome === 'pending' && booking.confirmationDeadline != null
            ? t('result.pendingHint', {
                when: formatInstant(booking.confirmationDeadline, booking.timezone, language),
              })
            : t(`result.${outcome}Hint`)}
        </Text>
        <div className={classes.ticket}>
          <Text fw={700}>{booking.courtName}</Text>
          <Text fw={800} fz={28}>
            {formatTimeRange(booking.startTime, booking.endTime)}
          </Text>
          <Text tt="capitalize">{formatDate(booking.date, language, 'full')}</Text>
          <ViewersTime date={booking.date} time={booking.startTime} zone={booking.timezone} />
          <Text c="dimmed" size="sm" mt={6}>
            {booking.courtAddress}
          </Text>
          <Text fw={650} mt={6}>
            {formatMoney(booking.totalAmountCents, language)}
          </Text>
        </div>
        <Group justify="center">
          <Button
            renderRoot={(props) => (
              <Link to="/bookings/$bookingId" params={{ bookingId: booking.id }} {...props} />
            )}
          >
            {t('result.open')}
          </Button>
          {outcome === 'confirmed' && <CalendarButton booking={booking} />}
          <Button variant="subtle" renderRoot={(props) => <Link to="/" {...props} />}>
            {t('result.more')}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

/** The moment at which somebody knows what messages are good for: what they booked may still change. */
function Offer({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const isPending = booking.status === 'PENDING_CONFIRMATION';
  if (!isPending && booking.status !== 'CONFIRMED') return null;
  return (
    <Box mt="md">
      <PushOffer
        push={push}
        title={t(isPending ? 'result.tellAnswer' : 'result.tellChanges')}
        hint={t('result.tellHint')}
      />
    </Box>
  );
}
