import { describe, expect, it } from 'vitest';
import { ageOf } from './age';
import { readHealth } from './healthReport';
import { isPatternValue, readPattern, writePattern } from './holidayPattern';
import { isOverdue } from './overdue';

describe('when a national holiday is', () => {
  it.each(['FIXED:11-17', 'FIXED:02-29', 'EASTER_OFFSET:-48', 'EASTER_OFFSET:0', 'DATE:2027-01-02'])(
    '%s is read and written again',
    (text) => {
      const pattern = readPattern(text);
      expect(pattern).toBeDefined();
      if (pattern !== undefined) expect(writePattern(pattern)).toBe(text);
    },
  );

  it.each(['FIXED:02-30', 'FIXED:13-01', 'FIXED:1-1', 'EASTER_OFFSET:soon', 'DATE:2027-02-29', 'MOON:3', ''])(
    '%s is none',
    (text) => expect(readPattern(text)).toBeUndefined(),
  );

  it('takes a sign for the days before Easter', () => {
    expect(isPatternValue('EASTER_OFFSET', '-2')).toBe(true);
    expect(isPatternValue('EASTER_OFFSET', '+2')).toBe(false);
  });
});

describe('the desk', () => {
  // ADMIN-42: 48 hours are the target.
  it('marks what waits for more than 48 hours, and nothing that was answered', () => {
    const submittedAt = '2026-11-20T10:00:00Z';
    const waits = { status: 'PENDING_REVIEW', submittedAt };
    expect(isOverdue(waits, new Date('2026-11-22T10:00:00Z'))).toBe(false);
    expect(isOverdue(waits, new Date('2026-11-22T10:00:01Z'))).toBe(true);
    expect(isOverdue({ status: 'APPROVED', submittedAt }, new Date('2026-12-22T10:00:00Z'))).toBe(false);
  });

  it('reads health, and says so when it is kept from here', () => {
    const report = { status: 'DEGRADED', components: { redis: { status: 'DOWN' } } };
    expect(readHealth(report)).toEqual(report);
    expect(readHealth(undefined).status).toBe('HIDDEN');
    expect(readHealth({ error: 'NOT_FOUND' }).status).toBe('HIDDEN');
  });

  it('says how long something has waited', () => {
    const now = new Date('2026-11-22T10:00:00Z');
    expect(ageOf('2026-11-22T09:59:50Z', now, 'en')).toBe('0 minutes ago');
    expect(ageOf('2026-11-22T07:01:00Z', now, 'en')).toBe('2 hours ago');
    expect(ageOf('2026-11-19T09:00:00Z', now, 'el')).toBe('πριν από 3 ημέρες');
    // The clock of a server may be ahead.
    expect(ageOf('2026-11-22T10:00:05Z', now, 'en')).toBe('0 minutes ago');
  });
});
