import { describe, expect, it } from 'vitest';
import { Problem, problemFromAnswer, problemFromThrown, repeatReadAfter, shouldRepeatRead } from './problem';

const answerOf = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
});
const now = new Date('2026-05-01T10:00:00Z');

describe('the error funnel', () => {
  // APP-39: the text for people, the code for logic, the reference for support.
  it('keeps what each reader needs', () => {
    const problem = problemFromAnswer(
      answerOf(409),
      {
        error: 'TIME_SLOT_UNAVAILABLE',
        message: 'Η ώρα μόλις κλείστηκε.',
        details: { conflictingSlot: { date: '2026-05-02', startTime: '18:00' } },
        alternativeSlots: [{ startTime: '19:00', endTime: '20:00', priceCents: 2400 }],
        timestamp: '2026-05-01T10:00:00Z',
        correlationId: 'trace-1',
      },
      now,
    );
    expect(problem).toMatchObject({
      kind: 'conflict',
      status: 409,
      code: 'TIME_SLOT_UNAVAILABLE',
      message: 'Η ώρα μόλις κλείστηκε.',
      correlationId: 'trace-1',
    });
    // BOOK-06: the facts are found whether they stand in `details` or beside it.
    expect(Object.keys(problem.details).sort()).toEqual(['alternativeSlots', 'conflictingSlot']);
  });

  // APP-40: 400 marks fields.
  it('finds the message of a field', () => {
    const problem = problemFromAnswer(
      answerOf(400),
      { error: 'VALIDATION_ERROR', message: '', errors: [{ field: 'name.el', message: 'is required' }] },
      now,
    );
    expect(problem.kind).toBe('fields');
    expect(problem.fieldMessage('name.el')).toBe('is required');
    expect(problem.fieldMessage('name.en')).toBeUndefined();
  });

  // APP-40: 429 counts down from Retry-After, given in seconds or as a date.
  it.each([
    ['30', 30],
    ['Fri, 01 May 2026 10:01:00 GMT', 60],
    ['soon', undefined],
  ])('reads Retry-After %s', (header, seconds) => {
    const problem = problemFromAnswer(answerOf(429, { 'Retry-After': header }), {}, now);
    expect(problem.kind).toBe('tooMany');
    expect(problem.retryAfterSeconds).toBe(seconds);
  });

  it('makes sense of an answer that is no JSON', () => {
    const problem = problemFromAnswer(answerOf(502, { 'X-Request-Id': 'r-1' }), '<html>', now);
    expect(problem).toMatchObject({
      kind: 'unavailable',
      code: 'HTTP_502',
      message: '',
      correlationId: 'r-1',
    });
  });

  it('tells a lost network from a slow answer', () => {
    expect(problemFromThrown(new TypeError('Failed to fetch')).kind).toBe('offline');
    expect(problemFromThrown(new DOMException('', 'TimeoutError')).kind).toBe('slow');
    const known = new Problem({ kind: 'gone', status: 404, code: 'COURT_NOT_FOUND', message: '' });
    expect(problemFromThrown(known)).toBe(known);
  });

  // APP-41: 500 once after 3 s, network once after 2 s, 502-504 with 2, 4, 8 s; refusals never.
  it('repeats reads by kind', () => {
    const of = (status: number) => problemFromAnswer(answerOf(status), {}, now);
    expect([0, 1].map((failures) => shouldRepeatRead(failures, of(500)))).toEqual([true, false]);
    expect(repeatReadAfter(0, of(500))).toBe(3_000);
    expect([0, 1].map((failures) => shouldRepeatRead(failures, new TypeError()))).toEqual([true, false]);
    expect(repeatReadAfter(0, new TypeError())).toBe(2_000);
    expect([0, 1, 2].map((failures) => repeatReadAfter(failures, of(503)))).toEqual([2_000, 4_000, 8_000]);
    expect(repeatReadAfter(9, of(503))).toBe(30_000);
    expect([400, 401, 403, 404, 409, 422, 429].some((status) => shouldRepeatRead(0, of(status)))).toBe(false);
  });
});
