import { localParts } from '@courtside/ui';
import { describe, expect, it } from 'vitest';
import { counts, example, isWithin, range, triggers } from './ruleWords';

const athens = 'Europe/Athens';

describe('what a reminder rule says', () => {
  // NOTE-51: booking Saturday 10:00, 3 days, 10 hours: the reminder comes on Wednesday at 00:00.
  it('gives the example of the book', () => {
    const { start, opens } = example(3, 10, '2026-05-18', athens);
    expect(localParts(start, athens)).toEqual({ date: '2026-05-23', time: '10:00' });
    expect(localParts(opens, athens)).toEqual({ date: '2026-05-20', time: '00:00' });
  });

  // NOTE-50: days are dates of the court's clock, hours are hours, through a clock change too.
  it('counts dates through the end of summer time', () => {
    const { start, opens } = example(7, 1, '2026-10-21', athens);
    expect(localParts(start, athens)).toEqual({ date: '2026-10-31', time: '10:00' });
    expect(localParts(opens, athens)).toEqual({ date: '2026-10-24', time: '09:00' });
  });

  it('speaks of a window that is still ahead, whatever the numbers', () => {
    for (const days of [1, 15, 30]) {
      for (const hours of [1, 48, 72]) {
        const { opens } = example(days, hours, '2026-11-23', athens);
        expect(opens.getTime()).toBeGreaterThan(Date.parse('2026-11-23T22:00:00Z'));
      }
    }
  });

  // NOTE-42: 1 to 30 days, 1 to 72 hours, whole numbers.
  it('knows the ranges', () => {
    expect([0, 1, 30, 31, 1.5, '3', ''].map((days) => isWithin(days, range.days))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect([0, 72, 73].map((hours) => isWithin(hours, range.hours))).toEqual([false, true, false]);
  });

  // NOTE-45 to NOTE-49
  it('asks only for the numbers that count', () => {
    expect(triggers.map((trigger) => [trigger, counts(trigger)])).toEqual([
      ['UNPAID_BOOKING', { days: true, hours: true }],
      ['PAYMENT_HELD_NOT_CAPTURED', { days: true, hours: true }],
      ['PENDING_CONFIRMATION', { days: false, hours: true }],
      ['NO_CONTACT_MANUAL', { days: true, hours: false }],
      ['LOW_OCCUPANCY', { days: true, hours: false }],
    ]);
  });
});
