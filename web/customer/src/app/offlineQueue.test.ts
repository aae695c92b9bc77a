import { Problem } from '@courtside/api';
import { describe, expect, it } from 'vitest';
import { isRefusal, mostWaiting, OfflineQueue, type WaitingChange } from './offlineQueue';

class Store {
  kept: string | null = null;
  getItem = () => this.kept;
  setItem = (_name: string, value: string) => {
    this.kept = value;
  };
}

const favorite = (courtId: string, isFavorite = true): WaitingChange => ({
  kind: 'favorite',
  courtId,
  isFavorite,
});

// APP-51: the queue holds 50 actions in order.
describe('changes that wait for the network', () => {
  it('are sent in order and survive the page', async () => {
    const store = new Store();
    new OfflineQueue(store).add(favorite('a'));
    const queue = new OfflineQueue(store);
    queue.add(favorite('b'));
    const sent: WaitingChange[] = [];
    await queue.drain((change) => {
      sent.push(change);
      return Promise.resolve('settled');
    });
    expect(sent).toEqual([favorite('a'), favorite('b')]);
    expect(new OfflineQueue(store).snapshot()).toEqual([]);
  });

  it('stay when the network goes away in the middle', async () => {
    const queue = new OfflineQueue(new Store());
    queue.add(favorite('a'));
    queue.add(favorite('b'));
    await queue.drain((change) =>
      Promise.resolve(change.kind === 'favorite' && change.courtId === 'a' ? 'settled' : 'away'),
    );
    expect(queue.snapshot()).toEqual([favorite('b')]);
  });

  it('are taken back by a later wish about the same court', () => {
    const queue = new OfflineQueue(new Store());
    queue.add(favorite('a'));
    queue.add(favorite('b'));
    queue.add(favorite('a', false));
    expect(queue.snapshot()).toEqual([favorite('b'), favorite('a', false)]);
  });

  it('are refused beyond the limit', () => {
    const queue = new OfflineQueue(new Store());
    for (let position = 0; position < mostWaiting; position += 1) {
      expect(queue.add(favorite(`court ${position}`))).toBe(true);
    }
    expect(queue.add(favorite('one more'))).toBe(false);
    expect(queue.snapshot()).toHaveLength(mostWaiting);
  });

  it('begin anew when what was stored makes no sense', () => {
    const store = new Store();
    store.kept = '{broken';
    expect(new OfflineQueue(store).snapshot()).toEqual([]);
  });

  it('end by a clear no only', () => {
    const problem = (kind: 'conflict' | 'unavailable', status: number) =>
      new Problem({ kind, status, code: 'X', message: '' });
    expect(isRefusal(problem('conflict', 409))).toBe(true);
    expect(isRefusal(problem('unavailable', 503))).toBe(false);
    expect(isRefusal(new TypeError('Failed to fetch'))).toBe(false);
    expect(isRefusal(new DOMException('The page went away', 'AbortError'))).toBe(false);
  });
});
