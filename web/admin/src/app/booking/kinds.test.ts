import { describe, expect, it } from 'vitest';
import en from '../../texts/en.json';
import { bookingKinds, kindOf, takesTheCourt } from './kinds';

describe('the kind of a booking', () => {
  // ADMIN-26: each has its own colour, sign and word.
  it.each([
    [{ status: 'CONFIRMED', isManual: false }, 'confirmed', true],
    [{ status: 'CONFIRMED', isManual: true }, 'manual', true],
    [{ status: 'PENDING_CONFIRMATION', isManual: false }, 'pending', true],
    [{ status: 'PENDING_PAYMENT', isManual: false }, 'unpaid', true],
    [{ status: 'COMPLETED', isManual: true }, 'completed', true],
    [{ status: 'CANCELLED', isManual: true }, 'cancelled', false],
    [{ status: 'REJECTED', isManual: false }, 'cancelled', false],
  ] as const)('of %j is %s', (booking, kind, takes) => {
    expect(kindOf(booking)).toBe(kind);
    expect(takesTheCourt(booking)).toBe(takes);
  });

  it('always has a word in the legend', () => {
    expect(Object.keys(en.kind)).toEqual([...bookingKinds]);
  });
});
