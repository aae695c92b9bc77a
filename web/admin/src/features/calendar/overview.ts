/** Bookings sorted for the week and the month, and which rows of a long list are in sight. Pure. */
import type { Booking } from '@courtside/api';
import { addDays } from '@courtside/ui';
import { bookingKinds, kindOf, type BookingKind } from '../../app/booking/kinds';

/** Bookings by `court date`, each day in order. */
export function byCourtAndDay(bookings: readonly Booking[]): Map<string, Booking[]> {
  const sorted = new Map<string, Booking[]>();
  for (const booking of bookings) {
    const key = `${booking.courtId} ${booking.date}`;
    const found = sorted.get(key);
    if (found === undefined) sorted.set(key, [booking]);
    else found.push(booking);
  }
  for (const day of sorted.values()) day.sort((one, other) => one.startTime.localeCompare(other.startTime));
  return sorted;
}

/** The rows to draw, with two beyond each edge so that a small step shows no gap. */
export function rowsInSight(
  top: number,
  height: number,
  rowHeight: number,
  rows: number,
): { first: number; last: number } {
  return {
    first: Math.max(0, Math.min(rows, Math.floor(top / rowHeight) - 2)),
    last: Math.min(rows, Math.ceil((top + height) / rowHeight) + 3),
  };
}

/** The Monday of a date's week. */
export function mondayOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`).getUTCDay();
  return addDays(date, -((day + 6) % 7));
}

/** Whole weeks that hold the month of a date. */
export function monthDates(date: string): string[] {
  const first = `${date.slice(0, 7)}-01`;
  const start = mondayOf(first);
  const next = nextMonth(first);
  const dates: string[] = [];
  for (let day = start; day < next || dates.length % 7 !== 0; day = addDays(day, 1)) dates.push(day);
  return dates;
}

export function nextMonth(date: string, months = 1): string {
  const [year = 0, month = 1] = date.split('-').map(Number);
  const target = new Date(Date.UTC(year, month - 1 + months, 1));
  return target.toISOString().slice(0, 10);
}

/** How many of each kind a day has, in the order of the legend, without zeros. */
export function countsOf(bookings: readonly Booking[]): { kind: BookingKind; count: number }[] {
  return bookingKinds
    .map((kind) => ({ kind, count: bookings.filter((booking) => kindOf(booking) === kind).length }))
    .filter(({ count }) => count > 0);
}
