/** ADMIN-51: when somebody who does nothing is warned and when they are signed out. Pure. */
export const warnAfterMs = 25 * 60_000;
export const endAfterMs = 30 * 60_000;

export type Idleness = 'active' | 'warned' | 'over';

export function idleness(lastActivity: number, now: number): Idleness {
  const idle = now - lastActivity;
  if (idle >= endAfterMs) return 'over';
  return idle >= warnAfterMs ? 'warned' : 'active';
}
