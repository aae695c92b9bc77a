import { describe, expect, it } from 'vitest';
import { idleness } from './inactivity';

describe('doing nothing', () => {
  // ADMIN-51
  it('is warned of after 25 minutes and ends after 30', () => {
    const minute = 60_000;
    expect(idleness(0, 24.9 * minute)).toBe('active');
    expect(idleness(0, 25 * minute)).toBe('warned');
    expect(idleness(0, 29.9 * minute)).toBe('warned');
    expect(idleness(0, 30 * minute)).toBe('over');
    expect(idleness(29 * minute, 31 * minute)).toBe('active');
  });
});
