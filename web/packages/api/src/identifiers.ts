/** Random identifiers made by the client: request ids and idempotency keys. */

/**
 * A UUID version 4. Written out because `crypto.randomUUID` is missing on pages opened over plain HTTP
 * from another machine, where `getRandomValues` still works.
 */
export function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Idempotency keys that survive retries (APP-44): the same action with the same input keeps its key until
 * the action is settled; other input gets another key, as the server refuses a key with a changed body.
 *
 * With a store they also survive a crash or a reload, so that an attempt whose answer was never seen is
 * repeated and not made twice.
 */
export class IdempotencyKeys {
  private readonly keys: Map<string, KeptKey>;

  constructor(
    private readonly store?: Pick<Storage, 'getItem' | 'setItem'>,
    private readonly now: () => number = () => Date.now(),
  ) {
    this.keys = new Map(this.read());
  }

  keyFor(action: string, input: unknown): string {
    const fingerprint = JSON.stringify(input) ?? '';
    const known = this.keys.get(action);
    if (known?.input === fingerprint) return known.key;
    const key = randomUuid();
    this.keys.set(action, { input: fingerprint, key, madeAt: this.now() });
    this.write();
    return key;
  }

  settle(action: string): void {
    if (this.keys.delete(action)) this.write();
  }

  /** What people did is no business of whoever signs in next. */
  forgetAll(): void {
    this.keys.clear();
    this.write();
  }

  private read(): [string, KeptKey][] {
    const stored = this.store?.getItem(storedAs);
    if (stored == null) return [];
    const entries = JSON.parse(stored) as [string, KeptKey][];
    return entries.filter(([, kept]) => this.now() - kept.madeAt < keptForMs);
  }

  private write(): void {
    this.store?.setItem(storedAs, JSON.stringify([...this.keys]));
  }
}

interface KeptKey {
  input: string;
  key: string;
  madeAt: number;
}

const storedAs = 'courtside.idempotencyKeys';
/** The server remembers answers for a day (BOOK-02). */
const keptForMs = 86_400_000;
