/** A dearer time that is kept until the difference is paid, to be paid now or after a reload (BOOK-52). */
import type { BookingDetail } from '@courtside/api';
import { formatDate, formatInstant, formatMoney, formatTime, problemText, useLanguage } from '@courtside/ui';
import { Alert, Button, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { usePayDifference } from '../../data/bookings';

export function PendingChange({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const pay = usePayDifference(booking.id);
  const change = booking.pendingChange;
  if (change == null) return null;
  const secret = change.paymentIntentClientSecret;
  return (
    <Alert color="yellow" title={t('move.waiting')}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          {t('move.waitingHint', {
            date: formatDate(change.newDate, language),
            time: formatTime(change.newStartTime),
            amount: formatMoney(change.amountCents, language),
            until: formatInstant(change.holdExpiresAt, booking.timezone, language),
          })}
        </Text>
        {secret != null && (
          <Button size="xs" loading={pay.isPending || pay.isSuccess} onClick={() => pay.mutate(secret)}>
            {t('move.pay', { amount: formatMoney(change.amountCents, language) })}
          </Button>
        )}
        {pay.isError && (
          <Text size="sm" role="alert">
            {problemText(pay.error, shared)}
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
