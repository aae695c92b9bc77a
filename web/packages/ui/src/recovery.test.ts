import { Problem } from '@courtside/api';
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recoveryWait, watchServices } from './recovery';

const away = new Problem({ kind: 'unavailable', status: 503, code: 'SERVICE_UNAVAILABLE', message: '' });
const gone = new Problem({ kind: 'gone', status: 404, code: 'COURT_NOT_FOUND', message: '' });

describe('a page whose services were away', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('asks with growing waits and reads again by itself', async () => {
    const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    let isUp = false;
    const read = vi.fn(() => (isUp ? Promise.resolve('slots') : Promise.reject(away)));
    const stopShowing = new QueryObserver(queries, { queryKey: ['slots'], queryFn: read }).subscribe(
      () => {},
    );
    const heard: boolean[] = [];
    const ask = vi.fn(() => Promise.resolve(isUp));
    const stop = watchServices(queries, (isAway) => heard.push(isAway), ask);
    await vi.advanceTimersByTimeAsync(0);
    expect(read).toHaveBeenCalledTimes(1);

    // 1, 2 and 4 seconds: three questions, and no read as long as nobody is there.
    await vi.advanceTimersByTimeAsync(7_100);
    expect(ask).toHaveBeenCalledTimes(3);
    expect(read).toHaveBeenCalledTimes(1);
    expect(heard.at(-1)).toBe(true);

    isUp = true;
    await vi.advanceTimersByTimeAsync(8_100);
    expect(queries.getQueryData(['slots'])).toBe('slots');
    expect(heard.at(-1)).toBe(false);
    const asked = ask.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).toHaveBeenCalledTimes(asked);
    stop();
    stopShowing();
  });

  it('asks nothing when an answer was merely a refusal', async () => {
    const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
    const observer = new QueryObserver(queries, { queryKey: ['court'], queryFn: () => Promise.reject(gone) });
    const stopShowing = observer.subscribe(() => {});
    const ask = vi.fn(() => Promise.resolve(true));
    const stop = watchServices(queries, () => {}, ask);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ask).not.toHaveBeenCalled();
    stop();
    stopShowing();
  });

  it('never waits longer than 15 seconds', () => {
    expect([0, 1, 2, 3, 4, 9].map(recoveryWait)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });
});
