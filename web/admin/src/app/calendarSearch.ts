/** What the address of the calendar says. Addresses are typed and shared: whatever does not parse is as if not there. */
import type { CourtType } from '@courtside/api';
import { bookingKinds, type BookingKind } from './booking/kinds';

export const calendarViews = ['day', 'week', 'month'] as const;

export type CalendarView = (typeof calendarViews)[number];

export interface CalendarSearch {
  date?: string;
  /** Without it, the day. */
  view?: CalendarView;
  /** One court alone; phones always show one. */
  court?: string;
  type?: CourtType;
  status?: BookingKind;
  pay?: 'paid' | 'unpaid';
  /** The booking whose details are open. */
  booking?: string;
}

const courtTypes: CourtType[] = ['TENNIS', 'PADEL', 'BASKETBALL', 'FOOTBALL_5X5'];

export function dateOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
}

export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\da-f-]{36}$/i.test(value) ? value : undefined;
}

export function calendarSearch(search: Record<string, unknown>): CalendarSearch {
  const view = calendarViews.find((known) => known === search.view);
  return {
    date: dateOf(search.date),
    view: view === 'day' ? undefined : view,
    court: idOf(search.court),
    type: courtTypes.find((known) => known === search.type),
    status: bookingKinds.find((known) => known === search.status),
    pay: search.pay === 'paid' || search.pay === 'unpaid' ? search.pay : undefined,
    booking: idOf(search.booking),
  };
}
