import { describe, expect, it } from 'vitest';
import { nextWindow, problemOf, usualWeek, windowsOf } from './hours';

const open = (startTime: string, endTime: string) => ({ startTime, endTime });

describe('the weekly hours of a court', () => {
  // COURT-26: end after start, several windows per day. COURT-27: never overlapping.
  it.each([
    [[open('08:00', '14:00'), open('17:00', '23:00')], undefined],
    [[open('17:00', '23:00'), open('08:00', '17:00')], undefined],
    [[open('08:00', '14:00'), open('13:30', '23:00')], 'overlap'],
    [[open('14:00', '14:00')], 'order'],
    [[open('', '14:00')], 'incomplete'],
    [[], undefined],
  ])('%j are judged %s', (windows, problem) => {
    expect(problemOf(windows)).toBe(problem);
  });

  it('become one window per day and stretch on the wire', () => {
    const week = {
      ...usualWeek(),
      MONDAY: [],
      TUESDAY: [open('08:00', '12:00'), open('16:00:00', '22:00:00')],
    };
    const windows = windowsOf(week);
    expect(windows.filter(({ dayOfWeek }) => dayOfWeek === 'MONDAY')).toEqual([]);
    expect(windows.slice(0, 2)).toEqual([
      { dayOfWeek: 'TUESDAY', startTime: '08:00', endTime: '12:00' },
      { dayOfWeek: 'TUESDAY', startTime: '16:00', endTime: '22:00' },
    ]);
    expect(windows).toHaveLength(7);
  });

  it('offer a further window that does not touch the last one', () => {
    expect(problemOf([open('08:00', '14:00'), nextWindow([open('08:00', '14:00')])])).toBeUndefined();
    expect(nextWindow([])).toEqual(open('09:00', '22:00'));
  });
});
