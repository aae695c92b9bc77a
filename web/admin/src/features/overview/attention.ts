/** What an owner should look at. Pure. */
import type { Booking } from '@courtside/api';

/** Bookings that the owner has entered, that stand, and for which nobody has paid: those played already come first. */
export function unpaidManual(bookings: readonly Booking[], today: string): Booking[] {
  return bookings
    .filter(
      (booking) =>
        booking.isManual &&
        (booking.status === 'CONFIRMED' || booking.status === 'COMPLETED') &&
        booking.paymentStatus !== 'PAID_EXTERNALLY',
    )
    .sort(
      (one, other) =>
        Number(one.date >= today) - Number(other.date >= today) ||
        `${one.date}${one.startTime}`.localeCompare(`${other.date}${other.startTime}`),
    );
}
