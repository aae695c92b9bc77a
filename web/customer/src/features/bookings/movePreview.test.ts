import { describe, expect, it } from 'vitest';
import { movePreview } from './movePreview';

const booking = { totalAmountCents: 5000, platformFeeCents: 500, courtOwnerNetCents: 4500 };

// BOOK-51 to BOOK-53.
describe('the difference shown before moving a booking', () => {
  it.each([
    [5000, { kind: 'same' }],
    [5049, { kind: 'same' }],
    [5050, { kind: 'pay', amountCents: 50 }],
    [7500, { kind: 'pay', amountCents: 2500 }],
    // 1000 less: the fee of 10 % of the difference stays.
    [4000, { kind: 'refund', amountCents: 900 }],
    [0, { kind: 'refund', amountCents: 4500 }],
  ])('to a price of %s', (price, preview) => {
    expect(movePreview(booking, price)).toEqual(preview);
  });

  it('gives back no more than the owner got', () => {
    expect(movePreview({ ...booking, courtOwnerNetCents: 300 }, 4000)).toEqual({
      kind: 'refund',
      amountCents: 300,
    });
  });
});
