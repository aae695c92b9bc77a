import { describe, expect, it } from 'vitest';
import type { Week } from '../hours';
import { cellsOf, moved, painted, windowsOfCells } from './paint';

const closed: Week = {
  MONDAY: [],
  TUESDAY: [],
  WEDNESDAY: [],
  THURSDAY: [],
  FRIDAY: [],
  SATURDAY: [],
  SUNDAY: [],
};

describe('painting a week', () => {
  // ADMIN-17, COURT-26
  it('opens a rectangle over several days, whichever corner it began at', () => {
    const week = painted(closed, { day: 2, cell: 23 }, { day: 1, cell: 18 }, true);
    expect(week).toEqual({
      ...closed,
      TUESDAY: [{ startTime: '09:00', endTime: '12:00' }],
      WEDNESDAY: [{ startTime: '09:00', endTime: '12:00' }],
    });
  });

  it('joins what touches and splits what is cut', () => {
    const morning = painted(closed, { day: 0, cell: 16 }, { day: 0, cell: 23 }, true);
    const whole = painted(morning, { day: 0, cell: 24 }, { day: 0, cell: 47 }, true);
    expect(whole.MONDAY).toEqual([{ startTime: '08:00', endTime: '23:59' }]);
    const cut = painted(whole, { day: 0, cell: 26 }, { day: 0, cell: 27 }, false);
    expect(cut.MONDAY).toEqual([
      { startTime: '08:00', endTime: '13:00' },
      { startTime: '14:00', endTime: '23:59' },
    ]);
  });

  it('leaves exact times alone on days that are not painted', () => {
    const week = { ...closed, FRIDAY: [{ startTime: '08:10', endTime: '22:20' }] };
    expect(painted(week, { day: 0, cell: 10 }, { day: 0, cell: 11 }, true).FRIDAY).toBe(week.FRIDAY);
  });

  it('goes there and back without a change', () => {
    const windows = [
      { startTime: '07:30', endTime: '12:00' },
      { startTime: '17:00', endTime: '23:59' },
    ];
    expect(windowsOfCells(cellsOf(windows))).toEqual(windows);
  });

  it('stays within the grid', () => {
    expect(moved({ day: 6, cell: 47 }, 1, 1)).toEqual({ day: 6, cell: 47 });
    expect(moved({ day: 0, cell: 0 }, -1, -8)).toEqual({ day: 0, cell: 0 });
  });
});
