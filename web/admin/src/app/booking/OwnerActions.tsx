/** What an owner does about a booking besides answering and cancelling it: paid, nobody came, moved (ADMIN-30). */
import type { BookingDetail, ExternalMethod } from '@courtside/api';
import { instantOf, problemText } from '@courtside/ui';
import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowsMove, IconCashBanknote, IconUserOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFlagNoShow, useMarkPaid } from '../../data/bookings';
import { useNow } from '../useNow';

interface OwnerActionsProps {
  booking: BookingDetail;
  onMove?: ((booking: BookingDetail) => void) | undefined;
}

export function OwnerActions({ booking, onMove }: OwnerActionsProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const now = useNow(30_000);
  const noShow = useFlagNoShow();
  const [paying, dialog] = useDisclosure(false);
  const starts = instantOf(booking.date, booking.startTime, booking.timezone);
  const ends = instantOf(booking.date, booking.endTime, booking.timezone);
  const stands = booking.status === 'CONFIRMED' || booking.status === 'COMPLETED';
  const canBePaid = booking.isManual && stands && booking.paymentStatus !== 'PAID_EXTERNALLY';
  const canMoveIt =
    onMove !== undefined && booking.isManual && booking.status === 'CONFIRMED' && starts > now;
  // BOOK-63: until a day after the end.
  const canBeNoShow =
    stands && !booking.noShow && ends <= now && now.getTime() - ends.getTime() < 24 * 3_600_000;
  if (!canBePaid && !canMoveIt && !canBeNoShow) return null;
  return (
    <>
      <Group gap="xs">
        {canBePaid && (
          <Button
            variant="light"
            size="xs"
            leftSection={<IconCashBanknote size={16} aria-hidden />}
            disabled={!online}
            onClick={dialog.open}
          >
            {t('paid.open')}
          </Button>
        )}
        {canMoveIt && (
          <Button
            variant="light"
            size="xs"
            leftSection={<IconArrowsMove size={16} aria-hidden />}
            disabled={!online}
            onClick={() => onMove(booking)}
          >
            {t('move.open')}
          </Button>
        )}
        {canBeNoShow && (
          <Button
            variant="light"
            size="xs"
            color="orange"
            leftSection={<IconUserOff size={16} aria-hidden />}
            disabled={!online}
            loading={noShow.isPending}
            onClick={() =>
              noShow.mutate(
                { bookingId: booking.id },
                { onSuccess: () => notifications.show({ color: 'pine', message: t('noShow.done') }) },
              )
            }
          >
            {t('noShow.open')}
          </Button>
        )}
      </Group>
      {noShow.isError && (
        <Alert color="red" role="alert">
          {problemText(noShow.error, shared)}
        </Alert>
      )}
      <Modal
        opened={paying}
        onClose={dialog.close}
        title={t('paid.open')}
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        <PaidForm bookingId={booking.id} onClose={dialog.close} />
      </Modal>
    </>
  );
}

function PaidForm({ bookingId, onClose }: { bookingId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const [method, setMethod] = useState<ExternalMethod>('cash');
  const [notes, setNotes] = useState('');
  const paid = useMarkPaid();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        paid.mutate(
          { bookingId, paymentMethod: method, ...(notes.trim() !== '' && { notes: notes.trim() }) },
          {
            onSuccess: () => {
              notifications.show({ color: 'pine', message: t('paid.done') });
              onClose();
            },
          },
        );
      }}
    >
      <Stack>
        <Text c="dimmed">{t('paid.lead')}</Text>
        <Radio.Group label={t('paid.method')} value={method} onChange={(value) => setMethod(value)}>
          <Group mt={4}>
            <Radio value="cash" label={t('paid.methods.cash')} data-autofocus />
            <Radio value="bank_transfer" label={t('paid.methods.bank_transfer')} />
          </Group>
        </Radio.Group>
        <TextInput
          label={t('paid.notes')}
          maxLength={500}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        {paid.isError && (
          <Alert color="red" role="alert">
            {problemText(paid.error, shared)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('reason.back')}
          </Button>
          <Button type="submit" loading={paid.isPending}>
            {t('paid.open')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
