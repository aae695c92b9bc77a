/**
 * What cancelling now would give back, shown before the customer decides. Pure, and only a preview: the
 * server decides by its own clock and answers with the exact amount.
 */
import type { BookingDetail, CancellationTier } from '@courtside/api';

const defaultTiers: CancellationTier[] = [
  { thresholdHours: 24, refundPercentage: 100 },
  { thresholdHours: 12, refundPercentage: 50 },
  { thresholdHours: 0, refundPercentage: 0 },
];

export type RefundPreview =
  /** Nothing was captured, so all of the held amount is released (PAY-28). */
  | { kind: 'released'; amountCents: number }
  | { kind: 'refund'; amountCents: number; percentage: number; commissionCents: number };

export function refundPreview(
  booking: Pick<BookingDetail, 'status' | 'totalAmountCents' | 'platformFeeCents' | 'cancellationPolicy'>,
  startsAt: Date,
  now: Date,
): RefundPreview {
  if (booking.status === 'PENDING_PAYMENT' || booking.status === 'PENDING_CONFIRMATION') {
    return { kind: 'released', amountCents: booking.totalAmountCents };
  }
  const commissionCents = booking.platformFeeCents ?? 0;
  const tiers = booking.cancellationPolicy.length > 0 ? booking.cancellationPolicy : defaultTiers;
  const hoursLeft = (startsAt.getTime() - now.getTime()) / 3_600_000;
  // PAY-22: the largest threshold not above the time left; exactly 24 hours count as 24.
  const tier = tiers
    .filter((candidate) => candidate.thresholdHours <= hoursLeft)
    .reduce<CancellationTier | undefined>(
      (best, candidate) =>
        best === undefined || candidate.thresholdHours > best.thresholdHours ? candidate : best,
      undefined,
    );
  const percentage = tier?.refundPercentage ?? 0;
  // PAY-21: of the amount without the commission, rounded half up.
  const amountCents = Math.floor(((booking.totalAmountCents - commissionCents) * percentage) / 100 + 0.5);
  return { kind: 'refund', amountCents, percentage, commissionCents };
}
