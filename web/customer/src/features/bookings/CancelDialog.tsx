/** Asks once more and shows what comes back before anything happens (BOOK-54, PAY-20 to PAY-28). */
import type { BookingDetail } from '@courtside/api';
import { formatMoney, problemText, useLanguage } from '@courtside/ui';
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../app/useNow';
import { useCancelBooking } from '../../data/bookings';
import { refundPreview } from './refundPreview';

interface CancelDialogProps {
  booking: BookingDetail;
  startsAt: Date;
  opened: boolean;
  onClose: () => void;
}

export function CancelDialog({ booking, startsAt, opened, onClose }: CancelDialogProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const now = useNow(10_000);
  const [reason, setReason] = useState('');
  const cancellation = useCancelBooking(booking.id);
  const preview = refundPreview(booking, startsAt, now);
  const amount = formatMoney(preview.amountCents, language);

  const cancel = () => {
    const trimmed = reason.trim();
    cancellation.mutate(trimmed === '' ? {} : { reason: trimmed }, {
      onSuccess: (result) => {
        onClose();
        notifications.show({
          title: t('cancel.done'),
          message:
            result.refundAmountCents > 0
              ? t('cancel.doneRefund', { amount: formatMoney(result.refundAmountCents, language) })
              : t('cancel.doneNoRefund'),
          color: 'pine',
        });
      },
    });
  };

  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('cancel.title')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <Stack>
        <div>
          <Text c="dimmed">{t(preview.kind === 'released' ? 'cancel.released' : 'cancel.refund')}</Text>
          <Text fw={800} fz={32} data-testid="refund">
            {amount}
          </Text>
          <Text size="sm" c="dimmed">
            {preview.kind === 'released'
              ? t('cancel.releasedHint')
              : preview.amountCents === 0
                ? t('cancel.nothing')
                : t('cancel.refundHint', {
                    percent: preview.percentage,
                    commission: formatMoney(preview.commissionCents, language),
                  })}
          </Text>
        </div>
        <Textarea
          label={t('cancel.reason')}
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {cancellation.isError && (
          <Alert color="red" role="alert">
            {problemText(cancellation.error, shared)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel.keep')}
          </Button>
          <Button color="red" loading={cancellation.isPending} disabled={!online} onClick={cancel}>
            {t('cancel.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
