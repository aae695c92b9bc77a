/** What an owner does about a booking besides answering and cancelling it: paid, nobody came, moved (ADMIN-30). */
import type { BookingDetail } from '@courtside/api';
import { instantOf, problemText } from '@courtside/ui';
import { Alert, Button, Group } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowsMove, IconCashBanknote, IconUserOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFlagNoShow } from '../../data/bookings';
import { useNow } from '../useNow';
import { PaidDialog } from './PaidDialog';

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
      <PaidDialog bookingId={booking.id} opened={paying} onClose={dialog.close} />
    </>
  );
}
