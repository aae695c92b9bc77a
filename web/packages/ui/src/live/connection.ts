/**
 * One STOMP connection per page: `/ws?token=`, heartbeats, growing waits between tries, silent token
 * renewal, and a shared subscription per destination. Knows nothing of what messages mean beyond the
 * system queue's.
 */
import { Client, type IMessage } from '@stomp/stompjs';

/** The part of the session that the connection needs. */
export interface TokenSource {
  freshAccessToken(): Promise<string | undefined>;
  refresh(): Promise<boolean>;
  accessToken(): string | undefined;
}

export type LivePhase = 'idle' | 'connecting' | 'live' | 'down';

export interface LiveState {
  phase: LivePhase;
  /** When the connection was lost, in milliseconds of the page's clock. */
  downSince: number | undefined;
  /** Grows with every connection made; a change means that what was missed must be read again. */
  generation: number;
}

type Listener = (message: unknown) => void;

const authenticationExpired = 4001;

/** LIVE-54: 1, 2, 4, 8, 16, at most 30 seconds, each half a second up or down. */
export function reconnectWait(failures: number, random: number): number {
  const base = Math.min(30_000, 1_000 * 2 ** Math.max(0, failures));
  return Math.round(base - 500 + random * 1_000);
}

export class LiveConnection {
  private state: LiveState = { phase: 'idle', downSince: undefined, generation: 0 };
  private readonly stateListeners = new Set<() => void>();
  private readonly destinations = new Map<string, Set<Listener>>();
  private client: Client | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private waitAskedByServer: number | undefined;
  private tokenIsRefused = false;

  constructor(
    private readonly tokens: TokenSource,
    private readonly address: () => string = () =>
      `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  };

  snapshot = (): LiveState => this.state;

  /** Hears the messages of a destination until the returned function is called. */
  watch(destination: string, listener: Listener): () => void {
    const listeners = this.destinations.get(destination) ?? new Set<Listener>();
    const isNew = listeners.size === 0;
    listeners.add(listener);
    this.destinations.set(destination, listeners);
    if (this.client === undefined && this.timer === undefined) void this.connect();
    else if (isNew && this.client?.connected === true) this.openSubscription(this.client, destination);
    else if (!isNew && this.client?.connected === true) this.renewSubscription(this.client, destination);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      this.destinations.delete(destination);
      if (this.client?.connected === true) this.client.unsubscribe(destination);
      if (this.destinations.size === 0) this.stop();
    };
  }

  /** Tries at once, for a page that came back to the front or a browser that is online again. */
  retryNow(): void {
    if (this.state.phase !== 'down' || this.destinations.size === 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.failures = 0;
    void this.connect();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const client = this.client;
    this.client = undefined;
    void client?.deactivate();
    this.change({ phase: 'idle', downSince: undefined, generation: this.state.generation });
  }

  private async connect(): Promise<void> {
    this.change({ ...this.state, phase: this.state.phase === 'down' ? 'down' : 'connecting' });
    // Marks the attempt, so that a second watcher does not start another one while the token is fetched.
    const client = new Client({ reconnectDelay: 0, heartbeatIncoming: 30_000, heartbeatOutgoing: 30_000 });
    this.client = client;
    let token: string | undefined;
    try {
      if (this.tokenIsRefused) await this.tokens.refresh();
      this.tokenIsRefused = false;
      token = await this.tokens.freshAccessToken();
    } catch {
      token = undefined;
    }
    if (this.client !== client) return;
    if (token === undefined) {
      this.lost(client);
      return;
    }
    client.brokerURL = `${this.address()}?token=${encodeURIComponent(token)}`;
    client.onConnect = () => this.connected(client);
    client.onWebSocketClose = (event: { code?: number }) => {
      if (event.code === authenticationExpired) this.tokenIsRefused = true;
      this.lost(client);
    };
    // The system queue speaks without a subscription (LIVE-36).
    client.onUnhandledMessage = (message) => this.hearSystem(client, message);
    client.activate();
  }

  private connected(client: Client): void {
    if (this.client !== client) return;
    this.failures = 0;
    for (const destination of this.destinations.keys()) this.openSubscription(client, destination);
    this.change({ phase: 'live', downSince: undefined, generation: this.state.generation + 1 });
  }

  private openSubscription(client: Client, destination: string): void {
    client.subscribe(
      destination,
      (frame) => {
        const message = parse(frame);
        if (message === undefined) return;
        for (const listener of this.destinations.get(destination) ?? []) listener(message);
      },
      { id: destination },
    );
  }

  /** A later listener needs its own snapshot: subscribing anew is how a client asks for one (LIVE-42). */
  private renewSubscription(client: Client, destination: string): void {
    client.unsubscribe(destination);
    this.openSubscription(client, destination);
  }

  private hearSystem(client: Client, frame: IMessage): void {
    const message = parse(frame) as { messageType?: string; reconnectAfterMs?: number } | undefined;
    if (message?.messageType === 'TOKEN_EXPIRING') void this.offerFreshToken(client);
    if (message?.messageType === 'SERVER_SHUTDOWN') this.waitAskedByServer = message.reconnectAfterMs;
  }

  /** LIVE-29. When it fails the server closes with 4001, and the next try renews first. */
  private async offerFreshToken(client: Client): Promise<void> {
    const renewed = await this.tokens.refresh().catch(() => false);
    const token = this.tokens.accessToken();
    if (!renewed || token === undefined || !client.connected) return;
    client.publish({
      destination: '/app/token-refresh',
      body: JSON.stringify({ messageType: 'TOKEN_REFRESH', token }),
      headers: { 'content-type': 'application/json' },
    });
  }

  private lost(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    void client.deactivate();
    if (this.destinations.size === 0) return;
    const wait = this.waitAskedByServer ?? reconnectWait(this.failures, Math.random());
    this.waitAskedByServer = undefined;
    this.failures += 1;
    this.change({
      phase: 'down',
      downSince: this.state.downSince ?? Date.now(),
      generation: this.state.generation,
    });
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.connect();
    }, wait);
  }

  private change(state: LiveState): void {
    this.state = state;
    for (const listener of this.stateListeners) listener();
  }
}

function parse(frame: IMessage): unknown {
  try {
    return JSON.parse(frame.body);
  } catch {
    return undefined;
  }
}
