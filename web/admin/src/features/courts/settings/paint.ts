/**
 * The week of a court as a grid of half hours to paint on (ADMIN-17). Pure. Windows that do not lie on the grid keep their
 * exact times until their day is painted.
 */
import type { DayOfWeek } from '@courtside/api';
import { minutesOf } from '@courtside/ui';
import { weekdays, type OpenHours, type Week } from '../hours';

export const cellMinutes = 30;
export const cellsPerDay = (24 * 60) / cellMinutes;

export interface Cell {
  /** Position in `weekdays`. */
  day: number;
  /** Half hours since midnight. */
  cell: number;
}

/** A window may not reach midnight on the wire; its last minute stands for it. */
function endOf(endTime: string): number {
  return endTime >= '23:59' ? 24 * 60 : minutesOf(endTime);
}

function clock(minutes: number): string {
  if (minutes >= 24 * 60) return '23:59';
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Which half hours of a day are open in full. */
export function cellsOf(windows: readonly OpenHours[]): boolean[] {
  return Array.from({ length: cellsPerDay }, (_unused, cell) => {
    const start = cell * cellMinutes;
    return windows.some(
      ({ startTime, endTime }) => minutesOf(startTime) <= start && endOf(endTime) >= start + cellMinutes,
    );
  });
}

/** The fewest windows that open exactly these half hours. */
export function windowsOfCells(cells: readonly boolean[]): OpenHours[] {
  const windows: OpenHours[] = [];
  let start: number | undefined;
  for (let cell = 0; cell <= cells.length; cell += 1) {
    const open = cells[cell] === true;
    if (open && start === undefined) start = cell;
    if (!open && start !== undefined) {
      windows.push({ startTime: clock(start * cellMinutes), endTime: clock(cell * cellMinutes) });
      start = undefined;
    }
  }
  return windows;
}

/** Opens or closes every half hour of the rectangle between two cells. */
export function painted(week: Week, from: Cell, to: Cell, open: boolean): Week {
  const [firstDay, lastDay] = [Math.min(from.day, to.day), Math.max(from.day, to.day)];
  const [firstCell, lastCell] = [Math.min(from.cell, to.cell), Math.max(from.cell, to.cell)];
  const next = { ...week };
  for (let day = firstDay; day <= lastDay; day += 1) {
    const name = weekdays[day] as DayOfWeek;
    const cells = cellsOf(week[name]);
    const changes = cells.some((is, cell) => cell >= firstCell && cell <= lastCell && is !== open);
    if (!changes) continue;
    next[name] = windowsOfCells(cells.map((is, cell) => (cell >= firstCell && cell <= lastCell ? open : is)));
  }
  return next;
}

/** Another cell within the grid, however far the step goes. */
export function moved({ day, cell }: Cell, days: number, cells: number): Cell {
  const within = (value: number, most: number) => Math.max(0, Math.min(most, value));
  return { day: within(day + days, 6), cell: within(cell + cells, cellsPerDay - 1) };
}
