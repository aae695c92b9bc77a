/** A series of weekly bookings: which dates are booked, which could not be had, and calling all off (APP-38). */
import type { Booking } from '@courtside/api';
import {
  formatDate,
  formatMoney,
  formatTimeRange,
  ListSkeleton,
  ProblemView,
  problemText,
  StatusBadge,
  useLanguage,
} from '@courtside/ui';
import { Alert, Button, Card, Container, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useCancelSeries, useSeries } from '../../data/bookings';
import { rememberedSeries } from './seriesResult';

const alive = ['PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED'];

export function SeriesPage() {
  const { t } = useTranslation();
  const { groupId } = useParams({ from: '/members/series/$groupId' });
  const series = useSeries(groupId);
  return (
    <Container size="sm" py="lg">
      <title>{`${t('series.title')} · Courtside`}</title>
      {series.isPending ? (
        <ListSkeleton rows={4} />
      ) : series.data === undefined ? (
        <ProblemView error={series.error} onRetry={() => void series.refetch()} />
      ) : (
        <Series groupId={groupId} bookings={series.data.instances} />
      )}
    </Container>
  );
}

function Series({ groupId, bookings }: { groupId: string; bookings: Booking[] }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const [asking, dialog] = useDisclosure(false);
  const cancel = useCancelSeries(groupId);
  const result = rememberedSeries(groupId);
  const first = bookings[0];
  const remaining = bookings.filter((booking) => alive.includes(booking.status));
  return (
    <Stack>
      <div>
        <Title order={1} fz="h2">
          {result === undefined
            ? t('series.title')
            : t('series.booked', { booked: result.wanted - result.conflicts.length, wanted: result.wanted })}
        </Title>
        {first !== undefined && (
          <Text c="dimmed">
            {first.courtName} ·{' '}
            {t('series.each', {
              day: formatDate(first.date, language, 'weekday'),
              time: formatTimeRange(first.startTime, first.endTime),
            })}
          </Text>
        )}
      </div>
      {result !== undefined && result.conflicts.length > 0 && (
        <Alert color="yellow" title={t('series.conflicts', { count: result.conflicts.length })}>
          <ul style={{ margin: 0, paddingInlineStart: '1.2rem' }}>
            {result.conflicts.map(({ date, reason }) => (
              <li key={date}>
                {formatDate(date, language)}:{' '}
                {t(`series.reason.${reason}`, { defaultValue: t('series.reason.other') })}
              </li>
            ))}
          </ul>
          <Text size="sm" mt="xs">
            {t('series.keepHint')}
          </Text>
        </Alert>
      )}
      <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {bookings.map((booking) => (
          <li key={booking.id}>
            <Card
              withBorder
              padding="sm"
              renderRoot={(props) => (
                <Link
                  to={
                    booking.status === 'PENDING_PAYMENT'
                      ? '/bookings/$bookingId/secure'
                      : '/bookings/$bookingId'
                  }
                  params={{ bookingId: booking.id }}
                  {...props}
                />
              )}
            >
              <Group justify="space-between" wrap="nowrap">
                <div>
                  <Text fw={650}>{formatDate(booking.date, language)}</Text>
                  <Text size="sm" c="dimmed">
                    {formatTimeRange(booking.startTime, booking.endTime)} ·{' '}
                    {formatMoney(booking.totalAmountCents, language)}
                  </Text>
                </div>
                <StatusBadge status={booking.status} />
              </Group>
            </Card>
          </li>
        ))}
      </Stack>
      <Group>
        <Button renderRoot={(props) => <Link to="/bookings" {...props} />}>{t('series.keep')}</Button>
        {remaining.length > 0 && (
          <Button variant="light" color="red" onClick={dialog.open}>
            {t('series.cancel')}
          </Button>
        )}
      </Group>
      <Modal
        opened={asking}
        onClose={dialog.close}
        title={t('series.sure')}
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        <Stack>
          <Text>{t('series.sureHint', { count: remaining.length })}</Text>
          {cancel.isError && (
            <Alert color="red" role="alert">
              {problemText(cancel.error, shared)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              {t('cancel.keep')}
            </Button>
            <Button
              color="red"
              loading={cancel.isPending}
              disabled={!online}
              onClick={() =>
                cancel.mutate(undefined, {
                  onSuccess: ({ totalCancelled, cancelled }) => {
                    dialog.close();
                    const back = cancelled.reduce((sum, one) => sum + one.refundAmountCents, 0);
                    notifications.show({
                      title: t('series.cancelled', { count: totalCancelled }),
                      message:
                        back > 0
                          ? t('cancel.doneRefund', { amount: formatMoney(back, language) })
                          : t('cancel.doneNoRefund'),
                      color: 'pine',
                    });
                  },
                })
              }
            >
              {t('series.cancel')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
