import { describe, expect, it } from 'vitest';
import { refundPreview } from './refundPreview';

const booking = {
  status: 'CONFIRMED',
  totalAmountCents: 5000,
  platformFeeCents: 500,
  cancellationPolicy: [
    { thresholdHours: 24, refundPercentage: 100 },
    { thresholdHours: 12, refundPercentage: 50 },
    { thresholdHours: 0, refundPercentage: 0 },
  ],
} as const;
const start = new Date('2026-05-02T18:00:00Z');
const hoursBefore = (hours: number) => new Date(start.getTime() - hours * 3_600_000);
const preview = (changes: object, hours: number) =>
  refundPreview(
    { ...booking, cancellationPolicy: [...booking.cancellationPolicy], ...changes },
    start,
    hoursBefore(hours),
  );

describe('the refund shown before cancelling', () => {
  // PAY-21: 5000 at 50 % gives 2250; PAY-20: the commission stays.
  it.each([
    [48, 100, 4500],
    [24, 100, 4500],
    [23.99, 50, 2250],
    [12, 50, 2250],
    [11.99, 0, 0],
    [-1, 0, 0],
  ])('%s hours before gives %s %%', (hours, percentage, amountCents) => {
    expect(preview({}, hours)).toEqual({ kind: 'refund', percentage, amountCents, commissionCents: 500 });
  });

  it('rounds half up', () => {
    expect(preview({ totalAmountCents: 2501, platformFeeCents: 250 }, 13)).toMatchObject({
      amountCents: 1126,
    });
  });

  // PAY-24: without a policy 24/100, 12/50, 0/0.
  it('takes the default policy where none is set', () => {
    expect(preview({ cancellationPolicy: [] }, 13)).toMatchObject({ percentage: 50 });
  });

  // PAY-28: while pending only the hold is released, in full.
  it('releases all while the owner has not answered', () => {
    expect(preview({ status: 'PENDING_CONFIRMATION' }, 1)).toEqual({ kind: 'released', amountCents: 5000 });
  });
});
