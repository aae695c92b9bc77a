import type { Booking } from '@courtside/api';
import { describe, expect, it } from 'vitest';
import { byCourtAndDay, countsOf, monthDates, mondayOf, nextMonth, rowsInSight } from './overview';

const booking = (courtId: string, date: string, startTime: string, more: Partial<Booking> = {}) =>
  ({
    id: `${courtId}${date}${startTime}`,
    courtId,
    date,
    startTime,
    status: 'CONFIRMED',
    isManual: false,
    ...more,
  }) as Booking;

describe('the week and the month', () => {
  it('puts bookings into their court and day, in order', () => {
    const sorted = byCourtAndDay([
      booking('a', '2026-11-24', '18:00'),
      booking('a', '2026-11-24', '09:00'),
      booking('b', '2026-11-24', '08:00'),
    ]);
    expect(sorted.get('a 2026-11-24')?.map(({ startTime }) => startTime)).toEqual(['09:00', '18:00']);
    expect(sorted.get('b 2026-11-24')).toHaveLength(1);
  });

  it('draws only rows in sight, never beyond the list', () => {
    expect(rowsInSight(0, 600, 100, 50)).toEqual({ first: 0, last: 9 });
    expect(rowsInSight(2000, 600, 100, 50)).toEqual({ first: 18, last: 29 });
    expect(rowsInSight(9000, 600, 100, 3)).toEqual({ first: 3, last: 3 });
  });

  it('begins weeks on Monday and shows whole weeks of a month', () => {
    expect(mondayOf('2026-11-22')).toBe('2026-11-16');
    expect(mondayOf('2026-11-23')).toBe('2026-11-23');
    const november = monthDates('2026-11-22');
    expect([november[0], november.at(-1), november.length]).toEqual(['2026-10-26', '2026-12-06', 42]);
    expect(nextMonth('2026-12-31')).toBe('2027-01-01');
    expect(nextMonth('2026-01-31', -1)).toBe('2025-12-01');
  });

  // ADMIN-26
  it('counts a day by the kinds of the legend', () => {
    expect(
      countsOf([
        booking('a', '2026-11-24', '09:00'),
        booking('a', '2026-11-24', '10:00', { isManual: true }),
        booking('a', '2026-11-24', '11:00', { status: 'CANCELLED' }),
        booking('a', '2026-11-24', '12:00'),
      ]),
    ).toEqual([
      { kind: 'confirmed', count: 2 },
      { kind: 'manual', count: 1 },
      { kind: 'cancelled', count: 1 },
    ]);
  });
});
