/** What a reminder rule asks for and an example of when it speaks. Pure. */
import type { ReminderChannel, ReminderTrigger } from '@courtside/api';
import { addDays, instantOf } from '@courtside/ui';

export const triggers: ReminderTrigger[] = [
  'UNPAID_BOOKING',
  'PAYMENT_HELD_NOT_CAPTURED',
  'PENDING_CONFIRMATION',
  'NO_CONTACT_MANUAL',
  'LOW_OCCUPANCY',
];

export const channels: ReminderChannel[] = ['IN_APP', 'PUSH', 'EMAIL'];

export const range = { days: { least: 1, most: 30 }, hours: { least: 1, most: 72 } } as const;

/** Which of its two numbers counts for a rule (NOTE-45 to NOTE-50); the other one is sent and means nothing. */
export function counts(trigger: ReminderTrigger): { days: boolean; hours: boolean } {
  switch (trigger) {
    case 'UNPAID_BOOKING':
    case 'PAYMENT_HELD_NOT_CAPTURED':
      return { days: true, hours: true };
    case 'PENDING_CONFIRMATION':
      return { days: false, hours: true };
    case 'NO_CONTACT_MANUAL':
    case 'LOW_OCCUPANCY':
      return { days: true, hours: false };
  }
}

export function isWithin(value: unknown, { least, most }: { least: number; most: number }): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

const saturday = 6;

/**
 * NOTE-50, NOTE-51: a booking on a coming Saturday at ten, and when the rule's window opens for it: `hours` before the
 * moment at which the court's clock shows the same time `days` dates earlier.
 */
export function example(
  days: number,
  hours: number,
  today: string,
  zone: string,
): { start: Date; opens: Date } {
  let date = addDays(today, days + Math.ceil(hours / 24) + 1);
  while (new Date(`${date}T00:00:00Z`).getUTCDay() !== saturday) date = addDays(date, 1);
  const threshold = instantOf(addDays(date, -days), '10:00', zone);
  return {
    start: instantOf(date, '10:00', zone),
    opens: new Date(threshold.getTime() - hours * 3_600_000),
  };
}
