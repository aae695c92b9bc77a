/** How a booking is marked in lists and in the calendar (ADMIN-26): one word, colour and sign each. Pure. */
import type { Booking } from '@courtside/api';

/** In the order of the legend. */
export const bookingKinds = ['confirmed', 'pending', 'manual', 'unpaid', 'completed', 'cancelled'] as const;

export type BookingKind = (typeof bookingKinds)[number];

export function kindOf(booking: Pick<Booking, 'status' | 'isManual'>): BookingKind {
  switch (booking.status) {
    case 'CANCELLED':
    case 'REJECTED':
      return 'cancelled';
    case 'PENDING_CONFIRMATION':
      return 'pending';
    case 'PENDING_PAYMENT':
      return 'unpaid';
    case 'COMPLETED':
      return 'completed';
    case 'CONFIRMED':
      return booking.isManual ? 'manual' : 'confirmed';
  }
}

/** Whether the booking still takes its time on the court. */
export function takesTheCourt(booking: Pick<Booking, 'status'>): boolean {
  return booking.status !== 'CANCELLED' && booking.status !== 'REJECTED';
}

/** Whether the money is there: on the card's account, or in the owner's hand. */
export function isPaid(booking: Pick<Booking, 'paymentStatus'>): boolean {
  return ['CAPTURED', 'PAID_EXTERNALLY', 'PARTIALLY_REFUNDED'].includes(booking.paymentStatus);
}
