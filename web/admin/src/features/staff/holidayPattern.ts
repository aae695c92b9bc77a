/** How the wire says when a national holiday is (`FIXED:MM-DD`, `EASTER_OFFSET:N`, `DATE:YYYY-MM-DD`). Pure. */

export type PatternKind = 'FIXED' | 'EASTER_OFFSET' | 'DATE';
export const patternKinds: PatternKind[] = ['FIXED', 'EASTER_OFFSET', 'DATE'];

export interface Pattern {
  kind: PatternKind;
  value: string;
}

export function readPattern(text: string): Pattern | undefined {
  const [kind, value] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  const known = patternKinds.find((candidate) => candidate === kind);
  return known === undefined || !isPatternValue(known, value) ? undefined : { kind: known, value };
}

function isDay(year: string, monthDay: string): boolean {
  const date = new Date(`${year}-${monthDay}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(5, 10) === monthDay;
}

export function isPatternValue(kind: PatternKind, value: string): boolean {
  switch (kind) {
    case 'FIXED':
      // A leap year, so that 29 February can be meant.
      return /^\d{2}-\d{2}$/.test(value) && isDay('2024', value);
    case 'EASTER_OFFSET':
      return /^-?\d{1,3}$/.test(value);
    case 'DATE':
      return /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value.slice(0, 4), value.slice(5));
  }
}

export function writePattern({ kind, value }: Pattern): string {
  return `${kind}:${kind === 'EASTER_OFFSET' ? Number(value) : value}`;
}
