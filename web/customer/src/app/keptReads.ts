/**
 * What can be read without a network (APP-48): chosen answers of the services, on the device for a day and for
 * the person who read them only. Writes lag behind reading by a moment, so that a busy screen stays quick.
 */
import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query';

interface KeptRead {
  key: QueryKey;
  data: unknown;
  readAt: number;
}

interface Kept {
  userId: string;
  reads: KeptRead[];
}

const storedAs = 'courtside.kept';
/** APP-48. */
export const keptForMs = 86_400_000;
const writeAfterMs = 1_000;

/** How many of each kind are kept, the latest first; undefined for what is not kept at all. */
export function keepCount(key: QueryKey): { kind: string; most: number } | undefined {
  const [first, second] = key;
  switch (first) {
    case 'courts':
      return second === 'search' ? { kind: 'search', most: 3 } : { kind: 'court', most: 10 };
    case 'availability':
      return { kind: 'availability', most: 10 };
    case 'bookings':
      if (second === 'list') return { kind: 'booking lists', most: 4 };
      return second === 'one' ? { kind: 'booking', most: 50 } : undefined;
    case 'favorites':
    case 'preferences':
    case 'client-config':
      return { kind: first, most: 1 };
    case 'weather':
      return { kind: 'weather', most: 1 };
    default:
      return undefined;
  }
}

/** Pure: the latest reads of each kind that are not too old. */
export function chosenReads(reads: readonly KeptRead[], now: number): KeptRead[] {
  const counts = new Map<string, number>();
  return [...reads]
    .sort((one, other) => other.readAt - one.readAt)
    .filter(({ key, readAt }) => {
      const keep = keepCount(key);
      if (keep === undefined || now - readAt >= keptForMs) return false;
      const count = counts.get(keep.kind) ?? 0;
      counts.set(keep.kind, count + 1);
      return count < keep.most;
    });
}

export class KeptReads {
  private stopListening: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private userId: string | undefined;
  private earlier: KeptRead[] = [];

  constructor(
    private readonly queries: QueryClient,
    private readonly store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
    private readonly now: () => number = () => Date.now(),
  ) {}

  /** Gives the query cache what this person read before, and keeps what is read from now on. */
  start(userId: string): void {
    this.stopListening?.();
    this.userId = userId;
    this.earlier = chosenReads(this.stored(userId), this.now());
    for (const { key, data, readAt } of this.earlier) {
      if (this.queries.getQueryData(key) === undefined) {
        this.queries.setQueryData(key, data, { updatedAt: readAt });
        // Shown at once, and read again as soon as someone looks: it may have changed since.
        void this.queries.invalidateQueries({ queryKey: key, exact: true, refetchType: 'none' });
      }
    }
    this.stopListening = this.queries.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || event.action.type !== 'success') return;
      const { queryKey } = event.query as { queryKey: QueryKey };
      if (keepCount(queryKey) === undefined) return;
      this.timer ??= setTimeout(() => this.write(), writeAfterMs);
    });
  }

  /** Forgets all of it, for whoever uses the device next. */
  stop(): void {
    this.stopListening?.();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.userId = undefined;
    this.earlier = [];
    this.store.removeItem(storedAs);
  }

  /** Writes what is still waiting to be written, before the page goes away. */
  flush(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.write();
  }

  private write(): void {
    this.timer = undefined;
    if (this.userId === undefined) return;
    const current = this.queries
      .getQueryCache()
      .getAll()
      .filter((query) => query.state.data !== undefined && keepCount(query.queryKey) !== undefined)
      .map((query) => ({
        key: query.queryKey,
        data: query.state.data,
        readAt: query.state.dataUpdatedAt,
      }));
    const known = new Set(current.map(({ key }) => hashKey(key)));
    const reads = chosenReads(
      [...current, ...this.earlier.filter(({ key }) => !known.has(hashKey(key)))],
      this.now(),
    );
    this.earlier = reads;
    try {
      this.store.setItem(storedAs, JSON.stringify({ userId: this.userId, reads } satisfies Kept));
    } catch {
      // The device has no room left; reading without a network is a convenience.
      this.store.removeItem(storedAs);
    }
  }

  private stored(userId: string): KeptRead[] {
    try {
      const kept = JSON.parse(this.store.getItem(storedAs) ?? 'null') as Kept | null;
      return kept?.userId === userId ? kept.reads : [];
    } catch {
      return [];
    }
  }
}
