/** Which change of a booking an owner is told of by a toast. Pure. */
import type { BookingStatusUpdate } from '@courtside/ui';

export type News = 'waiting' | 'booked' | 'cancelled';

export function newsOf(
  update: Pick<BookingStatusUpdate, 'status' | 'previousStatus' | 'cancelledBy'>,
): News | undefined {
  const isNew = update.previousStatus == null;
  if (isNew && update.status === 'PENDING_CONFIRMATION') return 'waiting';
  if (isNew && update.status === 'CONFIRMED') return 'booked';
  // The owner's own cancellations and rejections are no news to the owner.
  if (update.status === 'CANCELLED' && update.cancelledBy === 'CUSTOMER') return 'cancelled';
  return undefined;
}
