/**
 * Two people edit one thing (ADMIN-47): what each of them changed, and the one that both are merged into. Pure; a thing is
 * a flat record of values that can be written as JSON.
 */

export interface Difference<Field extends string> {
  field: Field;
  mine: unknown;
  theirs: unknown;
  /** Both changed it, to different things. Otherwise only one side did. */
  contested: boolean;
}

export type Side = 'mine' | 'theirs';

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The fields of `mine` that are no longer as they were read. */
export function changedFields<Thing extends object>(base: Thing, mine: Thing): (keyof Thing & string)[] {
  return (Object.keys(mine) as (keyof Thing & string)[]).filter((field) => !same(base[field], mine[field]));
}

/** The fields in which my version and the stored one differ now. */
export function differences<Thing extends object>(
  base: Thing,
  mine: Thing,
  theirs: Thing,
): Difference<keyof Thing & string>[] {
  return (Object.keys(mine) as (keyof Thing & string)[])
    .filter((field) => !same(mine[field], theirs[field]))
    .map((field) => ({
      field,
      mine: mine[field],
      theirs: theirs[field],
      contested: !same(base[field], mine[field]) && !same(base[field], theirs[field]),
    }));
}

/** Where only one side changed a field, that side is right; contested fields begin with mine. */
export function firstChoices<Thing extends object>(
  base: Thing,
  mine: Thing,
  theirs: Thing,
): Partial<Record<keyof Thing & string, Side>> {
  const choices: Partial<Record<keyof Thing & string, Side>> = {};
  for (const { field } of differences(base, mine, theirs)) {
    choices[field] = same(base[field], mine[field]) ? 'theirs' : 'mine';
  }
  return choices;
}

export function merged<Thing extends object>(
  mine: Thing,
  theirs: Thing,
  choices: Partial<Record<keyof Thing & string, Side>>,
): Thing {
  const result = { ...theirs };
  for (const field of Object.keys(mine) as (keyof Thing & string)[]) {
    if (choices[field] === 'mine') result[field] = mine[field];
  }
  return result;
}
