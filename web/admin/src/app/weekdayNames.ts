/** The days of the week in the order of calendars, by their keys on the wire and in the texts. */
import type { DayOfWeek } from '@courtside/api';

export const weekdayNames = [
  'MONDAY',
  'TUESDAY',
  'WEDNESDAY',
  'THURSDAY',
  'FRIDAY',
  'SATURDAY',
  'SUNDAY',
] as const satisfies readonly DayOfWeek[];
