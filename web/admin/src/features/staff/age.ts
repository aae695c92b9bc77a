/** How long ago something was, in the words of a language. Pure. */
import type { Language } from '@courtside/api';
import { localeOf } from '@courtside/ui';

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

export function ageOf(instant: string, now: Date, language: Language): string {
  const seconds = Math.max(0, (now.getTime() - Date.parse(instant)) / 1000);
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? (['minute', 60] as const);
  const words = new Intl.RelativeTimeFormat(localeOf(language), { numeric: 'always' });
  return words.format(-Math.floor(seconds / length), unit);
}
