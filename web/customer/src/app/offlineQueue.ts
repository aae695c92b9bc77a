/**
 * Changes made without a network, kept in order on the device until they can be sent (APP-51). Knows nothing
 * of how they are sent, and never drops one silently: a full queue refuses the next.
 */
import { problemFromThrown, type ProblemKind, type UpdatePreferencesRequest } from '@courtside/api';

export type WaitingChange =
  | { kind: 'favorite'; courtId: string; isFavorite: boolean }
  | { kind: 'preferences'; change: UpdatePreferencesRequest };

/** APP-51. */
export const mostWaiting = 50;
const storedAs = 'courtside.waitingChanges';

/** What became of sending one: done with it, or the network is away and the rest waits too. */
export type SendOutcome = 'settled' | 'away';

const refusals: ProblemKind[] = ['fields', 'forbidden', 'gone', 'conflict', 'rule'];

/** Only a clear no ends a change; whatever else went wrong, it is sent again later. */
export function isRefusal(thrown: unknown): boolean {
  return refusals.includes(problemFromThrown(thrown).kind);
}

export class OfflineQueue {
  private waiting: WaitingChange[];
  private readonly listeners = new Set<() => void>();
  private sending = false;

  constructor(private readonly store: Pick<Storage, 'getItem' | 'setItem'>) {
    this.waiting = read(store);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): readonly WaitingChange[] => this.waiting;

  /** False when the queue is full. A later wish about the same thing takes the earlier one's place. */
  add(change: WaitingChange): boolean {
    const rest = this.waiting.filter((earlier) => !isReplaced(earlier, change));
    if (rest.length >= mostWaiting) return false;
    this.replace([...rest, change]);
    return true;
  }

  /** Sends in order, one at a time, until all are settled or the network is away again. */
  async drain(send: (change: WaitingChange) => Promise<SendOutcome>): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
        if ((await send(next)) === 'away') return;
        const sent = next;
        this.replace(this.waiting.filter((change) => change !== sent));
      }
    } finally {
      this.sending = false;
    }
  }

  clear(): void {
    this.replace([]);
  }

  private replace(waiting: WaitingChange[]): void {
    this.waiting = waiting;
    this.store.setItem(storedAs, JSON.stringify(waiting));
    for (const listener of this.listeners) listener();
  }
}

function isReplaced(earlier: WaitingChange, later: WaitingChange): boolean {
  return earlier.kind === 'favorite' && later.kind === 'favorite' && earlier.courtId === later.courtId;
}

function read(store: Pick<Storage, 'getItem'>): WaitingChange[] {
  try {
    const stored: unknown = JSON.parse(store.getItem(storedAs) ?? '[]');
    return Array.isArray(stored) ? (stored as WaitingChange[]) : [];
  } catch {
    // Written by another version: nothing that could be sent.
    return [];
  }
}
