import { describe, expect, it } from 'vitest';
import { timeLeft } from './countdown';

const now = new Date('2026-11-22T10:00:00Z');

describe('the countdown to an automatic cancellation', () => {
  // ADMIN-27: the queue shows how long the owner still has.
  it('is cut into days, hours, minutes and seconds', () => {
    expect(timeLeft('2026-11-24T13:04:05Z', now)).toEqual({
      days: 2,
      hours: 3,
      minutes: 4,
      seconds: 5,
      urgency: 'calm',
    });
  });

  it.each([
    ['2026-11-22T14:00:01Z', 'calm'],
    ['2026-11-22T14:00:00Z', 'soon'],
    ['2026-11-22T11:00:00Z', 'urgent'],
    ['2026-11-22T10:00:00.400Z', 'urgent'],
    ['2026-11-22T10:00:00Z', 'over'],
    ['2026-11-21T10:00:00Z', 'over'],
  ] as const)('until %s is %s', (deadline, urgency) => {
    expect(timeLeft(deadline, now).urgency).toBe(urgency);
  });

  it('shows a second while any time is left, and nothing below zero', () => {
    expect(timeLeft('2026-11-22T10:00:00.400Z', now).seconds).toBe(1);
    expect(timeLeft('2026-11-21T10:00:00Z', now)).toMatchObject({
      days: 0,
      hours: 0,
      minutes: 0,
      seconds: 0,
    });
  });
});
