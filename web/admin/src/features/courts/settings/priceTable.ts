/** What a court would cost with prices that are not saved yet (PRICE-13). Pure; the server computes the real ones (PRICE-16). */
import type { DayOfWeek, PricingRule } from '@courtside/api';
import { addMinutes, minutesOf } from '@courtside/ui';
import { weekdays, type OpenHours } from '../hours';

export interface PricedSlot {
  startTime: string;
  cents: number;
  /** Of the rule alone: 1 is the base price. */
  multiplier: number;
  label: string | undefined;
}

/** PRICE-25: multipliers have two decimals, so hundredths are exact; rounded once, half up. */
export function priced(baseCents: number, multiplier: number, special = 1): number {
  const product = baseCents * Math.round(multiplier * 100) * Math.round(special * 100);
  return Math.floor((product + 5_000) / 10_000);
}

/** PRICE-06: the rule of a slot's start. */
export function ruleAt(rules: readonly PricingRule[], day: DayOfWeek, time: string): PricingRule | undefined {
  const minute = minutesOf(time);
  return rules.find(
    (rule) =>
      rule.dayOfWeek === day && minutesOf(rule.startTime) <= minute && minute < minutesOf(rule.endTime),
  );
}

export function dayPrices(
  day: DayOfWeek,
  windows: readonly OpenHours[],
  durationMinutes: number,
  baseCents: number,
  rules: readonly PricingRule[],
  special = 1,
): PricedSlot[] {
  const slots: PricedSlot[] = [];
  for (const { startTime, endTime } of [...windows].sort((one, other) =>
    one.startTime.localeCompare(other.startTime),
  )) {
    const end = minutesOf(endTime);
    for (let start = minutesOf(startTime); start + durationMinutes <= end; start += durationMinutes) {
      const time = addMinutes('00:00', start);
      const rule = ruleAt(rules, day, time);
      slots.push({
        startTime: time,
        cents: priced(baseCents, rule?.multiplier ?? 1, special),
        multiplier: rule?.multiplier ?? 1,
        label: rule?.label ?? undefined,
      });
    }
  }
  return slots;
}

export type RuleProblem = 'order' | 'overlap' | 'multiplier';

/** PRICE-02, PRICE-04, PRICE-05: what is wrong with a rule among the others. */
export function ruleProblem(rules: readonly PricingRule[], index: number): RuleProblem | undefined {
  const rule = rules[index];
  if (rule === undefined) return undefined;
  if (minutesOf(rule.endTime) <= minutesOf(rule.startTime)) return 'order';
  if (rule.multiplier < 0.1 || rule.multiplier > 5) return 'multiplier';
  const overlaps = rules.some(
    (other, at) =>
      at !== index &&
      other.dayOfWeek === rule.dayOfWeek &&
      minutesOf(other.startTime) < minutesOf(rule.endTime) &&
      minutesOf(rule.startTime) < minutesOf(other.endTime),
  );
  return overlaps ? 'overlap' : undefined;
}

export function weekdayOf(date: string): DayOfWeek {
  return weekdays[(new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7] as DayOfWeek;
}
