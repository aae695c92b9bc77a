import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveConnection, reconnectWait } from './connection';

/** A broker of one connection at a time that speaks just enough STOMP to be subscribed to. */
class FakeSocket {
  static opened: FakeSocket[] = [];
  static readonly OPEN = 1;
  readonly OPEN = 1;
  readyState = 0;
  protocol = 'v12.stomp';
  binaryType = 'blob';
  sent: string[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number; reason: string }) => void;
  onerror?: (event: unknown) => void;

  constructor(readonly url: string) {
    FakeSocket.opened.push(this);
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(frame: string): void {
    this.sent.push(frame);
    if (frame.startsWith('CONNECT')) this.receive('CONNECTED\nversion:1.2\nheart-beat:0,0\n\n');
  }

  receive(frame: string): void {
    this.onmessage?.({ data: `${frame}\0` });
  }

  message(subscription: string, body: unknown): void {
    this.receive(
      `MESSAGE\nsubscription:${subscription}\nmessage-id:1\ndestination:${subscription}\n\n${JSON.stringify(body)}`,
    );
  }

  close(code = 1000): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason: '' });
  }

  commands(): string[] {
    return this.sent.map((frame) => frame.split('\n')[0] ?? '').filter((command) => command !== '');
  }
}

class Tokens {
  issued = 1;
  freshAccessToken = vi.fn(() => Promise.resolve<string | undefined>(`token-${this.issued}`));
  refresh = vi.fn(() => {
    this.issued += 1;
    return Promise.resolve(true);
  });
  accessToken = () => `token-${this.issued}`;
}

const topic = '/topic/courts/c-1/availability';

async function socket(position: number): Promise<FakeSocket> {
  await vi.waitFor(() => expect(FakeSocket.opened.length).toBeGreaterThan(position));
  const opened = FakeSocket.opened[position] as FakeSocket;
  opened.accept();
  await vi.waitFor(() => expect(opened.commands()).toContain('SUBSCRIBE'));
  return opened;
}

beforeEach(() => {
  FakeSocket.opened = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the live connection', () => {
  // LIVE-54: 1, 2, 4, 8, 16, at most 30 s, each half a second up or down.
  it('waits longer after each failure', () => {
    expect([0, 1, 2, 3, 4, 5, 9].map((failures) => reconnectWait(failures, 0.5))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    expect([reconnectWait(1, 0), reconnectWait(1, 1)]).toEqual([1_500, 2_500]);
  });

  // LIVE-23: the access token goes into the address.
  it('subscribes with the token and hands on what it hears', async () => {
    const connection = new LiveConnection(new Tokens(), () => 'ws://courtside.test/ws');
    const heard: unknown[] = [];
    connection.watch(topic, (message) => heard.push(message));
    const opened = await socket(0);
    expect(opened.url).toBe('ws://courtside.test/ws?token=token-1');
    opened.message(topic, { messageType: 'AVAILABILITY_UPDATE', date: '2026-05-01' });
    expect(heard).toEqual([{ messageType: 'AVAILABILITY_UPDATE', date: '2026-05-01' }]);
    expect(connection.snapshot()).toMatchObject({ phase: 'live', generation: 1 });
  });

  it('comes back after a loss, subscribes again and says that something was missed', async () => {
    const connection = new LiveConnection(new Tokens(), () => 'ws://courtside.test/ws');
    connection.watch(topic, () => undefined);
    (await socket(0)).close(1006);
    expect(connection.snapshot().phase).toBe('down');
    await vi.advanceTimersByTimeAsync(999);
    expect(FakeSocket.opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await socket(1);
    expect(connection.snapshot()).toMatchObject({ phase: 'live', downSince: undefined, generation: 2 });
  });

  // LIVE-30, LIVE-49: 4001 means that the token was refused, so another one is needed first.
  it('renews the token when the server refused it', async () => {
    const tokens = new Tokens();
    const connection = new LiveConnection(tokens, () => 'ws://courtside.test/ws');
    connection.watch(topic, () => undefined);
    (await socket(0)).close(4001);
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await socket(1)).url).toBe('ws://courtside.test/ws?token=token-2');
    expect(tokens.refresh).toHaveBeenCalledTimes(1);
  });

  // LIVE-28, LIVE-29: renewed over HTTP, then told to the server without a new connection.
  it('offers a fresh token when the server says that the old one ends', async () => {
    const connection = new LiveConnection(new Tokens(), () => 'ws://courtside.test/ws');
    connection.watch(topic, () => undefined);
    const opened = await socket(0);
    opened.message('system', { messageType: 'TOKEN_EXPIRING', expiresAt: '2026-05-01T10:00:00Z' });
    await vi.waitFor(() => expect(opened.commands()).toContain('SEND'));
    const sent = opened.sent.find((frame) => frame.startsWith('SEND'));
    expect(sent).toContain('destination:/app/token-refresh');
    expect(sent).toContain('{"messageType":"TOKEN_REFRESH","token":"token-2"}');
  });

  // LIVE-53: the server spreads the comebacks.
  it('keeps away as long as a stopping server asked', async () => {
    const connection = new LiveConnection(new Tokens(), () => 'ws://courtside.test/ws');
    connection.watch(topic, () => undefined);
    const opened = await socket(0);
    opened.message('system', {
      messageType: 'SERVER_SHUTDOWN',
      reason: 'DEPLOYMENT',
      reconnectAfterMs: 7_000,
    });
    opened.close(4005);
    await vi.advanceTimersByTimeAsync(6_999);
    expect(FakeSocket.opened).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    await socket(1);
  });

  it('closes when nobody listens any more', async () => {
    const connection = new LiveConnection(new Tokens(), () => 'ws://courtside.test/ws');
    const leave = connection.watch(topic, () => undefined);
    await socket(0);
    leave();
    expect(connection.snapshot().phase).toBe('idle');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeSocket.opened).toHaveLength(1);
  });
});
