import { describe, expect, it } from 'vitest';
import { dayPrices, priced, ruleProblem, weekdayOf } from './priceTable';
import { spansOf, tierProblem, usualTiers, withAnotherTier } from './tiers';

describe('the price preview', () => {
  // PRICE-25
  it('rounds once, half up, after both multipliers', () => {
    expect(priced(2550, 1.15)).toBe(2933);
    expect(priced(1001, 1.5, 1.5)).toBe(2252);
    expect(priced(2000, 0.1)).toBe(200);
  });

  // PRICE-06: the rule of the start counts, its end does not belong to it.
  it('prices each slot by the rule of its start', () => {
    const evening = {
      dayOfWeek: 'MONDAY',
      startTime: '18:00',
      endTime: '21:00',
      multiplier: 1.5,
      label: 'Peak',
    } as const;
    const slots = dayPrices('MONDAY', [{ startTime: '16:30', endTime: '23:59' }], 90, 2000, [evening]);
    expect(slots.map(({ startTime, cents }) => [startTime, cents])).toEqual([
      ['16:30', 2000],
      ['18:00', 3000],
      ['19:30', 3000],
      ['21:00', 2000],
    ]);
  });

  // PRICE-02, PRICE-04, PRICE-05
  it('says what is wrong with a rule', () => {
    const rule = { dayOfWeek: 'MONDAY', startTime: '18:00', endTime: '21:00', multiplier: 1.5 } as const;
    expect(ruleProblem([rule], 0)).toBeUndefined();
    expect(ruleProblem([rule, { ...rule, startTime: '20:00', endTime: '22:00' }], 1)).toBe('overlap');
    expect(ruleProblem([rule, { ...rule, dayOfWeek: 'TUESDAY' }], 1)).toBeUndefined();
    expect(ruleProblem([{ ...rule, endTime: '18:00' }], 0)).toBe('order');
    expect(ruleProblem([{ ...rule, multiplier: 5.01 }], 0)).toBe('multiplier');
  });

  it('knows the weekday of a date', () => {
    expect(weekdayOf('2026-12-25')).toBe('FRIDAY');
    expect(weekdayOf('2026-11-22')).toBe('SUNDAY');
  });
});

describe('refund tiers', () => {
  // PAY-23, ADMIN-33
  it('must fall to zero without a gap', () => {
    expect(tierProblem(usualTiers)).toBeUndefined();
    expect(tierProblem([{ thresholdHours: 24, refundPercentage: 100 }])).toBe('lastNotZero');
    expect(
      tierProblem([
        { thresholdHours: 12, refundPercentage: 50 },
        { thresholdHours: 24, refundPercentage: 100 },
        { thresholdHours: 0, refundPercentage: 0 },
      ]),
    ).toBe('order');
    expect(tierProblem([{ thresholdHours: 0, refundPercentage: 101 }])).toBe('percent');
  });

  it('are spoken of as spans, and another one fits in between', () => {
    expect(spansOf(usualTiers)[1]).toEqual({ from: 12, before: 24, percent: 50 });
    expect(tierProblem(withAnotherTier(usualTiers))).toBeUndefined();
  });
});
