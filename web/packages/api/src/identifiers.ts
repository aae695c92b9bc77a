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
 */
export class IdempotencyKeys {
  private readonly keys = new Map<string, { input: string; key: string }>();

  keyFor(action: string, input: unknown): string {
    const fingerprint = JSON.stringify(input) ?? '';
    const known = this.keys.get(action);
    if (known !== undefined && known.input === fingerprint) return known.key;
    const key = randomUuid();
    this.keys.set(action, { input: fingerprint, key });
    return key;
  }

  settle(action: string): void {
    this.keys.delete(action);
  }
}
