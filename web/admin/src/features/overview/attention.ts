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

/** A mail that only has to be sent, as an address that the mail program opens. */
export function draftAddress({ to, subject, body }: { to: string; subject: string; body: string }): string {
  const part = encodeURIComponent;
  // An `@` is plain in addresses; whatever else could add a header is not.
  return `mailto:${part(to).replaceAll('%40', '@')}?subject=${part(subject)}&body=${part(body)}`;
}
