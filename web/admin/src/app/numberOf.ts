/** The number that a field's text says; none for half a number such as `-`. Pure. */
export function numberOf(typed: string | number): number | undefined {
  if (typeof typed === 'string' && typed.trim() === '') return undefined;
  const number = Number(typed);
  return Number.isFinite(number) ? number : undefined;
}
