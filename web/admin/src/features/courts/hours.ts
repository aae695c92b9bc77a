/** A court's week while it is edited. Pure; the server has the last word on every window (COURT-26, COURT-27). */
import type { DayOfWeek } from '@courtside/api';
import { minutesOf } from '@courtside/ui';

export const weekdays = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const satisfies readonly DayOfWeek[];

export interface OpenHours {
  startTime: string;
  endTime: string;
}

export type Week = Record<DayOfWeek, OpenHours[]>;

export type HoursProblem = 'incomplete' | 'order' | 'overlap';

export function usualWeek(): Week {
  const week = {} as Week;
  for (const day of weekdays) {
    const weekend = day === 'SATURDAY' || day === 'SUNDAY';
    week[day] = [
      weekend ? { startTime: '09:00', endTime: '22:00' } : { startTime: '08:00', endTime: '23:00' },
    ];
  }
  return week;
}

/** What is wrong with one day, if anything. */
export function problemOf(windows: readonly OpenHours[]): HoursProblem | undefined {
  const clock = /^\d{2}:\d{2}/;
  if (windows.some(({ startTime, endTime }) => !clock.test(startTime) || !clock.test(endTime)))
    return 'incomplete';
  if (windows.some(({ startTime, endTime }) => minutesOf(endTime) <= minutesOf(startTime))) return 'order';
  const sorted = [...windows].sort((one, other) => minutesOf(one.startTime) - minutesOf(other.startTime));
  const overlaps = sorted.some((window, index) => {
    const next = sorted[index + 1];
    return next !== undefined && minutesOf(next.startTime) < minutesOf(window.endTime);
  });
  return overlaps ? 'overlap' : undefined;
}

/** Another window after the last one of the day, or the usual day when it was closed. */
export function nextWindow(windows: readonly OpenHours[]): OpenHours {
  const last = windows.at(-1);
  if (last === undefined) return { startTime: '09:00', endTime: '22:00' };
  const start = Math.min(22, Math.floor(minutesOf(last.endTime) / 60) + 1);
  const clock = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
  return { startTime: clock(start), endTime: clock(Math.min(23, start + 3)) };
}

export function windowsOf(week: Week): (OpenHours & { dayOfWeek: DayOfWeek })[] {
  return weekdays.flatMap((dayOfWeek) =>
    week[dayOfWeek].map(({ startTime, endTime }) => ({
      dayOfWeek,
      startTime: startTime.slice(0, 5),
      endTime: endTime.slice(0, 5),
    })),
  );
}

export function emptyWeek(): Week {
  return Object.fromEntries(weekdays.map((day) => [day, []])) as unknown as Week;
}

/** A stored week by day, each day in order. */
export function weekOf(windows: readonly (OpenHours & { dayOfWeek: DayOfWeek })[]): Week {
  const week = emptyWeek();
  const sorted = [...windows].sort((one, other) => one.startTime.localeCompare(other.startTime));
  for (const { dayOfWeek, startTime, endTime } of sorted) {
    week[dayOfWeek].push({ startTime: startTime.slice(0, 5), endTime: endTime.slice(0, 5) });
  }
  return week;
}
