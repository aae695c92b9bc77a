import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMinutes,
  formatDate,
  formatDistance,
  formatMoney,
  formatTimeRange,
  instantOf,
  todayIn,
  viewersTime,
} from './formats';

/** Intl separates with no-break spaces; the eye does not see the difference. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('money', () => {
  // APP-59: money shows by locale.
  it('follows the language', () => {
    expect(plain(formatMoney(2550, 'el'))).toBe('25,50 €');
    expect(plain(formatMoney(2550, 'en'))).toBe('€25.50');
    expect(plain(formatMoney(123456, 'el'))).toBe('1.234,56 €');
  });

  it('drops zero cents only where space is short', () => {
    expect(plain(formatMoney(2400, 'el', true))).toBe('24 €');
    expect(plain(formatMoney(2450, 'en', true))).toBe('€24.50');
    expect(plain(formatMoney(0, 'en'))).toBe('€0.00');
  });
});

describe('dates and times', () => {
  it('shows a calendar day as itself in every zone of the viewer', () => {
    expect(formatDate('2026-03-01', 'en', 'dayMonth')).toBe('1 Mar');
    expect(formatDate('2026-03-01', 'el', 'full')).toBe('Κυριακή 1 Μαρτίου 2026');
  });

  it('knows the date at the court', () => {
    expect(todayIn('Europe/Athens', new Date('2026-06-30T22:30:00Z'))).toBe('2026-07-01');
  });

  it('counts days across a month and a clock change', () => {
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });

  it('adds minutes and drops seconds', () => {
    expect(addMinutes('09:30', 90)).toBe('11:00');
    expect(formatTimeRange('09:30:00', '11:00:00')).toBe('09:30–11:00');
  });

  it('shortens distances', () => {
    expect(plain(formatDistance(0.42, 'en'))).toBe('420 m');
    expect(plain(formatDistance(3.26, 'el'))).toBe('3,3 χλμ.');
  });
});

describe('the instant of a court time', () => {
  // BOOK-21: 10:00 stays 10:00 through clock changes.
  it('keeps the clock time on both sides of a change', () => {
    expect(instantOf('2026-03-28', '10:00', 'Europe/Athens').toISOString()).toBe('2026-03-28T08:00:00.000Z');
    expect(instantOf('2026-03-29', '10:00', 'Europe/Athens').toISOString()).toBe('2026-03-29T07:00:00.000Z');
  });

  // BOOK-22: in a repeated hour the first occurrence is meant.
  it('takes the first of two', () => {
    expect(instantOf('2026-10-25', '03:30', 'Europe/Athens').toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });

  // BOOK-20: the viewer's zone stands beside the court's only when it differs.
  it('gives the time of a viewer elsewhere', () => {
    expect(viewersTime('2026-07-01', '18:00', 'Europe/Athens', 'Europe/Athens')).toBeUndefined();
    expect(viewersTime('2026-07-01', '18:00', 'Europe/Athens', 'Europe/Nicosia')).toBeUndefined();
    expect(viewersTime('2026-07-01', '18:00', 'Europe/Athens', 'Europe/Berlin')).toEqual({ time: '17:00' });
    expect(viewersTime('2026-07-01', '01:00', 'Europe/Athens', 'Europe/London')).toEqual({
      time: '23:00',
      date: '2026-06-30',
    });
  });
});
