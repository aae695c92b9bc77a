/** APP-35: a payment that was interrupted can be taken up again while its hold lasts. */
import { formatDate, formatTime, useLanguage } from '@courtside/ui';
import { Alert, Button, Group } from '@mantine/core';
import { IconCreditCard } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useUnfinishedPayments } from '../../data/bookings';

export function UnfinishedPayment() {
  const { t } = useTranslation();
  const language = useLanguage();
  const booking = useUnfinishedPayments().data?.bookings[0];
  if (booking === undefined) return null;
  return (
    <Alert color="yellow" mb="md" icon={<IconCreditCard />} title={t('unfinished.title')}>
      <Group justify="space-between">
        {t('unfinished.hint', {
          court: booking.courtName,
          date: formatDate(booking.date, language),
          time: formatTime(booking.startTime),
        })}
        <Button
          size="xs"
          renderRoot={(props) => (
            <Link to="/bookings/$bookingId/secure" params={{ bookingId: booking.id }} {...props} />
          )}
        >
          {t('unfinished.resume')}
        </Button>
      </Group>
    </Alert>
  );
}
