import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chosenReads, keptForMs, KeptReads } from './keptReads';

class Store {
  readonly kept = new Map<string, string>();
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, value: string) => void this.kept.set(name, value);
  removeItem = (name: string) => void this.kept.delete(name);
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

// APP-48: last 3 searches, last 10 courts, last 50 bookings, for 24 hours.
describe('what is kept for reading offline', () => {
  it('is the latest of each kind and not older than a day', () => {
    const now = 10 * keptForMs;
    const searches = [1, 2, 3, 4].map((age) => ({
      key: ['courts', 'search', age],
      data: age,
      readAt: now - age,
    }));
    const old = { key: ['favorites'], data: [], readAt: now - keptForMs };
    const payment = { key: ['payment-methods'], data: [], readAt: now };
    expect(chosenReads([...searches, old, payment], now).map(({ data }) => data)).toEqual([1, 2, 3]);
  });

  it('comes back for the same person after a restart', async () => {
    const store = new Store();
    const first = new QueryClient();
    new KeptReads(first, store).start('maria');
    await first.fetchQuery({ queryKey: ['courts', 'c1', 'en'], queryFn: () => ({ name: 'Court 1' }) });
    await vi.advanceTimersByTimeAsync(1_000);

    const second = new QueryClient();
    new KeptReads(second, store).start('maria');
    expect(second.getQueryData(['courts', 'c1', 'en'])).toEqual({ name: 'Court 1' });
    expect(second.getQueryState(['courts', 'c1', 'en'])?.isInvalidated).toBe(true);

    const foreign = new QueryClient();
    new KeptReads(foreign, store).start('nikos');
    expect(foreign.getQueryData(['courts', 'c1', 'en'])).toBeUndefined();
  });

  it('is gone after signing out', async () => {
    const store = new Store();
    const queries = new QueryClient();
    const kept = new KeptReads(queries, store);
    kept.start('maria');
    await queries.fetchQuery({ queryKey: ['favorites'], queryFn: () => [] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.kept.size).toBe(1);
    kept.stop();
    expect(store.kept.size).toBe(0);
  });
});
