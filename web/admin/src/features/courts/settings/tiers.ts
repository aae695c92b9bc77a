/** The refund tiers of a court while they are edited (ADMIN-33, PAY-23). Pure. */
import type { CancellationPolicyTier } from '@courtside/api';

/** What counts when an owner has set nothing. */
export const usualTiers: CancellationPolicyTier[] = [
  { thresholdHours: 24, refundPercentage: 100 },
  { thresholdHours: 12, refundPercentage: 50 },
  { thresholdHours: 0, refundPercentage: 0 },
];

export interface DraftTier {
  thresholdHours: number | undefined;
  refundPercentage: number | undefined;
}

export type TierProblem = 'incomplete' | 'order' | 'lastNotZero' | 'percent';

export function tierProblem(tiers: readonly DraftTier[]): TierProblem | undefined {
  if (
    tiers.some(
      ({ thresholdHours, refundPercentage }) =>
        thresholdHours === undefined || refundPercentage === undefined,
    )
  ) {
    return 'incomplete';
  }
  if (tiers.some(({ refundPercentage = -1 }) => refundPercentage < 0 || refundPercentage > 100))
    return 'percent';
  const hours = tiers.map(({ thresholdHours = 0 }) => thresholdHours);
  if (hours.some((threshold, index) => index > 0 && threshold >= (hours[index - 1] ?? 0))) return 'order';
  return hours.at(-1) === 0 ? undefined : 'lastNotZero';
}

/** One sentence per tier: from how many hours before the start up to which it holds. */
export interface TierSpan {
  from: number;
  /** Undefined for the first tier: however early. */
  before: number | undefined;
  percent: number;
}

export function spansOf(tiers: readonly CancellationPolicyTier[]): TierSpan[] {
  return tiers.map(({ thresholdHours, refundPercentage }, index) => ({
    from: thresholdHours,
    before: tiers[index - 1]?.thresholdHours,
    percent: refundPercentage,
  }));
}

/** A new tier halfway below the one before the last, so that the order stays right. */
export function withAnotherTier(tiers: readonly DraftTier[]): DraftTier[] {
  const last = tiers.at(-1) ?? { thresholdHours: 0, refundPercentage: 0 };
  const above = tiers.at(-2);
  const hours = above?.thresholdHours === undefined ? 24 : Math.floor(above.thresholdHours / 2);
  const percent = above?.refundPercentage === undefined ? 100 : Math.floor(above.refundPercentage / 2);
  return [...tiers.slice(0, -1), { thresholdHours: hours, refundPercentage: percent }, last];
}
