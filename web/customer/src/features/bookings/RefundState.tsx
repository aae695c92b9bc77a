/** Where the money that goes back stands (PAY-30). */
import { formatInstant, formatMoney, useLanguage, viewerZone } from '@courtside/ui';
import { Alert } from '@mantine/core';
import { IconReceiptRefund } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useRefund } from '../../data/bookings';

export function RefundState({ paymentId }: { paymentId: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const refund = useRefund(paymentId).data;
  if (refund === undefined) return null;
  return (
    <Alert
      color={refund.status === 'FAILED' ? 'orange' : 'pine'}
      icon={<IconReceiptRefund />}
      title={t('refund.title', { amount: formatMoney(refund.refundAmountCents, language) })}
    >
      {t(`refund.${refund.status}`, {
        when: formatInstant(refund.completedAt ?? refund.initiatedAt, viewerZone(), language),
      })}
    </Alert>
  );
}
