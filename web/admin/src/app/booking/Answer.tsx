/** The owner's answer to a pending booking: Confirm at once, Reject with a reason (BOOK-27, BOOK-29). */
import type { Booking } from '@courtside/api';
import { formatMoney, problemText, useLanguage } from '@courtside/ui';
import { Button, Group } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useConfirmBooking, useRejectBooking } from '../../data/bookings';
import { ReasonDialog } from './ReasonDialog';

interface AnswerProps {
  booking: Pick<Booking, 'id'>;
  /** For the customer, with a confirmation. */
  message?: string;
  /** The element that says which booking this is, for screen readers. */
  describedBy?: string;
  onAnswered?: () => void;
}

export function Answer({ booking, message = '', describedBy, onAnswered }: AnswerProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const confirmation = useConfirmBooking();
  const rejection = useRejectBooking();
  const [rejecting, dialog] = useDisclosure(false);

  const confirm = () =>
    confirmation.mutate(
      { bookingId: booking.id, message: message.trim() === '' ? undefined : message.trim() },
      {
        onSuccess: (result) => {
          notifications.show({
            color: 'pine',
            title: t('answer.confirmed'),
            message: t('answer.confirmedHint', { amount: formatMoney(result.courtOwnerNetCents, language) }),
          });
          onAnswered?.();
        },
        onError: (thrown) =>
          notifications.show({
            color: 'red',
            title: t('answer.notConfirmed'),
            message: problemText(thrown, shared),
          }),
      },
    );

  const reject = (reason: string) =>
    rejection.mutate(
      { bookingId: booking.id, reason },
      {
        onSuccess: () => {
          dialog.close();
          notifications.show({
            color: 'pine',
            title: t('answer.rejected'),
            message: t('answer.rejectedHint'),
          });
          onAnswered?.();
        },
      },
    );

  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <Button
          leftSection={<IconCheck size={17} aria-hidden />}
          loading={confirmation.isPending}
          disabled={!online || rejection.isPending}
          aria-describedby={describedBy}
          onClick={confirm}
        >
          {t('answer.confirm')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconX size={17} aria-hidden />}
          disabled={!online || confirmation.isPending}
          aria-describedby={describedBy}
          onClick={() => {
            rejection.reset();
            dialog.open();
          }}
        >
          {t('answer.reject')}
        </Button>
      </Group>
      <ReasonDialog
        opened={rejecting}
        onClose={dialog.close}
        title={t('answer.rejectTitle')}
        lead={t('answer.rejectLead')}
        required
        confirm={t('answer.reject')}
        working={rejection.isPending}
        error={rejection.error}
        onConfirm={reject}
      />
    </>
  );
}
