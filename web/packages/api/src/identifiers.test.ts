import { describe, expect, it } from 'vitest';
import { IdempotencyKeys } from './identifiers';

class Store {
  readonly kept = new Map<string, string>();
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, value: string) => void this.kept.set(name, value);
}

// APP-44: kept across retries, also those after a crash.
describe('idempotency keys', () => {
  it('stay the same for the same attempt and change with its input', () => {
    const keys = new IdempotencyKeys();
    const first = keys.keyFor('book', { time: '10:00' });
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(keys.keyFor('book', { time: '10:00' })).toBe(first);
    expect(keys.keyFor('book', { time: '11:00' })).not.toBe(first);
  });

  it('outlive the page for as long as the server remembers', () => {
    const store = new Store();
    const start = 1_000_000;
    const first = new IdempotencyKeys(store, () => start).keyFor('book', 'x');
    expect(new IdempotencyKeys(store, () => start + 86_000_000).keyFor('book', 'x')).toBe(first);
    expect(new IdempotencyKeys(store, () => start + 86_400_001).keyFor('book', 'x')).not.toBe(first);
  });

  it('are new once the attempt is settled', () => {
    const store = new Store();
    const keys = new IdempotencyKeys(store);
    const first = keys.keyFor('book', 'x');
    keys.settle('book');
    expect(new IdempotencyKeys(store).keyFor('book', 'x')).not.toBe(first);
  });
});
