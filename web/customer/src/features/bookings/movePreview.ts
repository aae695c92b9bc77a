/**
 * What moving a booking would cost or give back, shown before the customer decides. Pure, and only a preview:
 * the server decides and answers with the exact amount (BOOK-51 to BOOK-53).
 */
import type { BookingDetail } from '@courtside/api';

/** Cards are not charged less than this; a smaller difference is let go. */
const leastChargeCents = 50;

export type MovePreview =
  | { kind: 'same' }
  | { kind: 'pay'; amountCents: number }
  /** The service fee of the difference stays (PAY-20). */
  | { kind: 'refund'; amountCents: number };

export function movePreview(
  booking: Pick<BookingDetail, 'totalAmountCents' | 'platformFeeCents' | 'courtOwnerNetCents'>,
  newPriceCents: number,
): MovePreview {
  const difference = newPriceCents - booking.totalAmountCents;
  if (difference >= leastChargeCents) return { kind: 'pay', amountCents: difference };
  if (difference >= 0) return { kind: 'same' };
  const givenUp = -difference;
  const rate =
    booking.totalAmountCents === 0 ? 0 : (booking.platformFeeCents ?? 0) / booking.totalAmountCents;
  const commission = Math.floor(givenUp * rate + 0.5);
  const amountCents = Math.min(givenUp - commission, booking.courtOwnerNetCents ?? 0);
  return amountCents > 0 ? { kind: 'refund', amountCents } : { kind: 'same' };
}
