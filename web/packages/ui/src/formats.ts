/**
 * How money, dates and times are shown (APP-59, ADMIN-60). Input is always the wire form: integer euro
 * cents, `YYYY-MM-DD`, `HH:mm` in the court's zone, ISO instants in UTC. Nothing here reads the clock.
 */
import type { Language } from '@courtside/api';

const locales: Record<Language, string> = { el: 'el-GR', en: 'en-IE' };

export function localeOf(language: Language): string {
  return locales[language];
}

/** `2550` becomes `25,50 €` in Greek and `€25.50` in English; whole euros drop the cents when `short`. */
export function formatMoney(cents: number, language: Language, short = false): string {
  const whole = short && cents % 100 === 0;
  return new Intl.NumberFormat(locales[language], {
    style: 'currency',
    currency: 'EUR',
    minimumFractionDigits: whole ? 0 : 2,
    maximumFractionDigits: whole ? 0 : 2,
  }).format(cents / 100);
}

/** The calendar day of an ISO date as a UTC midnight, so that no zone of the machine can move it. */
function utcDay(date: string): Date {
  return new Date(`${date}T00:00:00Z`);
}

export type DateStyle = 'full' | 'medium' | 'short' | 'weekday' | 'dayMonth' | 'month';

const dateStyles: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  full: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  medium: { weekday: 'short', day: 'numeric', month: 'long' },
  short: { day: 'numeric', month: 'short', year: 'numeric' },
  weekday: { weekday: 'short' },
  dayMonth: { day: 'numeric', month: 'short' },
  month: { month: 'long', year: 'numeric' },
};

export function formatDate(date: string, language: Language, style: DateStyle = 'medium'): string {
  return new Intl.DateTimeFormat(locales[language], { ...dateStyles[style], timeZone: 'UTC' }).format(
    utcDay(date),
  );
}

/** `HH:mm`, also when the wire sends seconds. */
export function formatTime(time: string): string {
  return time.slice(0, 5);
}

export function formatTimeRange(startTime: string, endTime: string): string {
  return `${formatTime(startTime)}–${formatTime(endTime)}`;
}

export function formatInstant(instant: string, zone: string, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(new Date(instant));
}

export function formatDistance(kilometres: number, language: Language): string {
  const close = kilometres < 1;
  return new Intl.NumberFormat(locales[language], {
    style: 'unit',
    unit: close ? 'meter' : 'kilometer',
    maximumFractionDigits: close || kilometres >= 10 ? 0 : 1,
  }).format(close ? Math.round(kilometres * 100) * 10 : kilometres);
}

/** Date and time of an instant as a clock in the zone shows them. */
export function localParts(instant: Date, zone: string): { date: string; time: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((entry) => entry.type === type)?.value ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

export function todayIn(zone: string, now: Date): string {
  return localParts(now, zone).date;
}

export function addDays(date: string, days: number): string {
  const day = utcDay(date);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}

/** `count` dates in a row, starting with `first`. */
export function datesFrom(first: string, count: number): string[] {
  return Array.from({ length: count }, (_unused, index) => addDays(first, index));
}

export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

export function addMinutes(time: string, minutes: number): string {
  const total = minutesOf(time) + minutes;
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(total / 60) % 24)}:${pad(total % 60)}`;
}

/**
 * The instant at which a clock in the zone shows this date and time. In a repeated hour the first
 * occurrence is meant (BOOK-22).
 */
export function instantOf(date: string, time: string, zone: string): Date {
  const wanted = Date.parse(`${date}T${formatTime(time)}:00Z`);
  const offsetAt = (instant: number) => {
    const shown = localParts(new Date(instant), zone);
    return Date.parse(`${shown.date}T${shown.time}:00Z`) - Math.floor(instant / 60_000) * 60_000;
  };
  // Both sides of a clock change are tried; the larger offset is the earlier instant.
  const candidates = [offsetAt(wanted - 86_400_000), offsetAt(wanted + 86_400_000)]
    .sort((a, b) => b - a)
    .map((offset) => wanted - offset);
  const exact = candidates.find((instant) => instant + offsetAt(instant) === wanted);
  return new Date(exact ?? candidates[0] ?? wanted);
}

/**
 * A court's time as the viewer's own clock shows it, or undefined when both agree (BOOK-20). `date` is set
 * when the viewer's day differs too.
 */
export function viewersTime(
  date: string,
  time: string,
  courtZone: string,
  viewerZone: string,
): { time: string; date?: string } | undefined {
  const shown = localParts(instantOf(date, time, courtZone), viewerZone);
  if (shown.date === date && shown.time === formatTime(time)) return undefined;
  return shown.date === date ? { time: shown.time } : { time: shown.time, date: shown.date };
}

export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
