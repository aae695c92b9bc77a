/**
 * Messages to this browser while no page of the app is open (NOTE-38, APP-56): subscribes with the service's key once the
 * person asked for it, registers the subscription anew at each start, and takes it away at sign-out. Never asks for
 * permission by itself and never shows a message: the worker does.
 */
import { answer, randomUuid, type ApiClient, type Session } from '@courtside/api';

export type PushPhase = 'unknown' | 'unsupported' | 'denied' | 'off' | 'on';

export interface PushState {
  phase: PushPhase;
  /** Between a press and what came of it. */
  working: boolean;
  /** Why the last press changed nothing. */
  failure: unknown;
}

export type PushRegistration = Pick<ServiceWorkerRegistration, 'active' | 'installing' | 'waiting'> & {
  pushManager: Pick<PushManager, 'getSubscription' | 'subscribe'>;
};

/** The part of the browser that is needed; another one in tests. */
export interface PushBrowser {
  isSupported(): boolean;
  permission(): NotificationPermission;
  ask(): Promise<NotificationPermission>;
  /** Permission is also given and taken in the browser's own settings. */
  whenPermissionChanges(tell: () => void): void;
  registration(scope: string): Promise<PushRegistration | undefined>;
  register(script: string, scope: string): Promise<PushRegistration>;
}

export const thisBrowser: PushBrowser = {
  isSupported: () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window,
  permission: () => Notification.permission,
  ask: () => Notification.requestPermission(),
  whenPermissionChanges: (tell) => {
    navigator.permissions
      ?.query({ name: 'notifications' })
      .then((status) => status.addEventListener('change', tell))
      // Some browsers know no such query; the next start notices.
      .catch(() => undefined);
  },
  registration: async (scope) => {
    const found = await navigator.serviceWorker.getRegistration(scope);
    // Both apps stand at one address: a worker of the one at `/` answers for the other as well.
    return found !== undefined && new URL(found.scope).pathname === scope ? found : undefined;
  },
  register: (script, scope) => navigator.serviceWorker.register(script, { scope, updateViaCache: 'none' }),
};

export interface BrowserPushOptions {
  api: ApiClient;
  session: Pick<Session, 'snapshot' | 'subscribe' | 'beforeSignOut'>;
  marks: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Each app is a device of its own. */
  app: 'customer' | 'portal';
  worker: { script: string; scope: string };
  browser?: PushBrowser;
}

/** Signing out does not wait longer than this for the services. */
const farewellMs = 3_000;

/** The key as the Push API compares it. */
export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const base64 = base64url.replaceAll('-', '+').replaceAll('_', '/');
  const binary = atob(base64);
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function isSameKey(known: ArrayBuffer | null | undefined, wanted: Uint8Array): boolean {
  if (known == null) return false;
  const bytes = new Uint8Array(known);
  return bytes.length === wanted.length && bytes.every((byte, position) => byte === wanted[position]);
}

/** A subscription belongs to a worker that runs; a first one is still being installed. */
async function untilItRuns(registration: PushRegistration): Promise<void> {
  const worker = registration.installing ?? registration.waiting;
  if (registration.active !== null || worker === null) return;
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener('statechange', () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error('the worker could not be installed'));
    });
  });
}

export class BrowserPush {
  private state: PushState = { phase: 'unknown', working: false, failure: undefined };
  private readonly listeners = new Set<() => void>();
  private readonly browser: PushBrowser;
  private readonly wishedAs: string;
  private readonly deviceAs: string;
  private userId: string | undefined;
  /** One change of the subscription after the other, so that signing out cannot overtake a start. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: BrowserPushOptions) {
    this.browser = options.browser ?? thisBrowser;
    this.wishedAs = `courtside.push.${options.app}`;
    this.deviceAs = `courtside.pushDevice.${options.app}`;
    options.session.subscribe(() => this.look());
    options.session.beforeSignOut((token) => this.inTurn(() => this.takeAway(token)));
    if (this.browser.isSupported()) {
      this.browser.whenPermissionChanges(() => void this.inTurn(() => this.settle()));
    }
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): PushState => this.state;

  /** Call it from a press: browsers ask for permission at no other time. */
  turnOn = async (): Promise<void> => {
    const { user } = this.options.session.snapshot();
    if (user === undefined || this.state.working || !this.browser.isSupported()) return;
    this.change({ working: true, failure: undefined });
    try {
      const permission = await this.browser.ask();
      if (permission !== 'granted') {
        this.change({ phase: permission === 'denied' ? 'denied' : 'off' });
        return;
      }
      await this.inTurn(() => this.register());
      this.options.marks.setItem(this.wishedAs, user.id);
      this.change({ phase: 'on' });
    } catch (failure) {
      // Half a subscription would look like a whole one at the next start.
      await this.inTurn(() => this.unsubscribe()).catch(() => undefined);
      this.change({ phase: 'off', failure });
    } finally {
      this.change({ working: false });
    }
  };

  turnOff = async (): Promise<void> => {
    if (this.state.working) return;
    this.change({ working: true, failure: undefined });
    this.options.marks.removeItem(this.wishedAs);
    try {
      await this.inTurn(async () => {
        const subscription = await this.current();
        if (subscription === null) return;
        const { endpoint } = subscription;
        await subscription.unsubscribe();
        // When they cannot be told, they notice at the next message that it is gone (NOTE-39).
        await answer(
          this.options.api.DELETE('/api/notifications/device', { body: { deviceToken: endpoint } }),
        ).catch(() => undefined);
      });
      this.change({ phase: 'off' });
    } catch (failure) {
      this.change({ failure });
    } finally {
      this.change({ working: false });
    }
  };

  private look(): void {
    const { user, phase, ended } = this.options.session.snapshot();
    if (phase === 'signedIn' && user !== undefined && user.id !== this.userId) {
      this.userId = user.id;
      void this.inTurn(() => this.settle());
    } else if (phase === 'signedOut') {
      this.userId = undefined;
      // A session that ran out cannot say goodbye: its messages end in the browser.
      if (ended && this.browser.isSupported()) {
        void this.inTurn(() => this.unsubscribe()).catch(() => undefined);
      }
      this.change({ phase: 'unknown', failure: undefined });
    }
  }

  /** How it stands for who is signed in now; what they switched on earlier is registered anew (APP-56). */
  private async settle(): Promise<void> {
    const { userId } = this;
    if (userId === undefined) return;
    if (!this.browser.isSupported()) {
      this.change({ phase: 'unsupported' });
      return;
    }
    const permission = this.browser.permission();
    const isWished = this.options.marks.getItem(this.wishedAs) === userId;
    if (permission !== 'granted' || !isWished) {
      this.change({ phase: permission === 'denied' ? 'denied' : 'off' });
      // Left behind by somebody else, or by a permission that was taken away.
      await this.unsubscribe().catch(() => undefined);
      return;
    }
    try {
      await this.register();
      this.change({ phase: 'on' });
    } catch {
      // The services are away: what they knew before still holds as long as the browser has its subscription.
      const subscription = await this.current().catch(() => null);
      this.change({ phase: subscription === null ? 'off' : 'on' });
    }
  }

  private async register(): Promise<void> {
    const { api, worker } = this.options;
    const { publicKey } = await answer(api.GET('/api/notifications/web-push-key'));
    const key = keyBytes(publicKey);
    const registration =
      (await this.browser.registration(worker.scope)) ??
      (await this.browser.register(worker.script, worker.scope));
    await untilItRuns(registration);
    let subscription = await registration.pushManager.getSubscription();
    if (subscription !== null && !isSameKey(subscription.options.applicationServerKey, key)) {
      await subscription.unsubscribe();
      subscription = null;
    }
    subscription ??= await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: key,
    });
    const { endpoint, keys } = subscription.toJSON();
    if (endpoint === undefined || keys?.p256dh === undefined || keys.auth === undefined) {
      throw new Error('the browser gave a subscription without keys');
    }
    await answer(
      api.POST('/api/notifications/device', {
        body: {
          deviceToken: endpoint,
          platform: 'WEB',
          deviceId: this.deviceId(),
          pushSubscription: { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } },
        },
      }),
    );
  }

  /** At sign-out: neither the browser nor the services keep it (NOTE-35). The wish stays for the next sign-in. */
  private async takeAway(token: string): Promise<void> {
    if (!this.browser.isSupported()) return;
    const subscription = await this.current();
    if (subscription === null) return;
    const { endpoint } = subscription;
    await Promise.allSettled([
      subscription.unsubscribe(),
      this.options.api.DELETE('/api/notifications/device', {
        body: { deviceToken: endpoint },
        headers: { Authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(farewellMs),
      }),
    ]);
  }

  private async unsubscribe(): Promise<void> {
    await (await this.current())?.unsubscribe();
  }

  private async current(): Promise<PushSubscription | null> {
    const registration = await this.browser.registration(this.options.worker.scope);
    return (await registration?.pushManager.getSubscription()) ?? null;
  }

  /** The same name at each registration, so that a new subscription takes the old one's place (NOTE-34). */
  private deviceId(): string {
    const known = this.options.marks.getItem(this.deviceAs);
    if (known !== null) return known;
    const made = randomUuid();
    this.options.marks.setItem(this.deviceAs, made);
    return made;
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private change(part: Partial<PushState>): void {
    this.state = { ...this.state, ...part };
    for (const listener of this.listeners) listener();
  }
}
