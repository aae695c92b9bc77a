import { createApi, Session } from '@courtside/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrowserPush, keyBytes, type PushBrowser, type PushRegistration } from './browserPush';

const maria = { id: 'maria', email: 'maria@courtside.test', name: 'Maria', role: 'CUSTOMER', language: 'en' };
const key = 'BAEC';

class Marks {
  readonly kept = new Map<string, string>();
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, value: string) => void this.kept.set(name, value);
  removeItem = (name: string) => void this.kept.delete(name);
}

/** Remembers what it is told, and can be away. */
class Services {
  calls: { what: string; body: unknown; token: string | null }[] = [];
  away = false;
  user = maria;

  answer = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    if (path === '/api/auth/login' || path === '/api/auth/refresh') {
      return Response.json({ accessToken: `token of ${this.user.id}`, expiresIn: 900, user: this.user });
    }
    const text = await request.text();
    this.calls.push({
      what: `${request.method} ${path}`,
      body: text === '' ? undefined : JSON.parse(text),
      token: request.headers.get('Authorization'),
    });
    if (path === '/api/auth/logout') return new Response(null, { status: 204 });
    if (this.away) return Response.json({ error: 'SERVICE_UNAVAILABLE', message: 'later' }, { status: 503 });
    if (path === '/api/notifications/web-push-key') return Response.json({ publicKey: key });
    return new Response(null, { status: request.method === 'POST' ? 201 : 204 });
  };

  told(what: string) {
    return this.calls.filter((call) => call.what === what);
  }
}

/** A browser that remembers one subscription. */
class FakeBrowser implements PushBrowser {
  granted: NotificationPermission = 'default';
  answer: NotificationPermission = 'granted';
  asked = 0;
  made = 0;
  supported = true;
  subscription: { endpoint: string; key: Uint8Array } | undefined;
  permissionChanged: () => void = () => undefined;

  isSupported = () => this.supported;
  permission = () => this.granted;
  ask = () => {
    this.asked += 1;
    this.granted = this.answer;
    return Promise.resolve(this.answer);
  };
  whenPermissionChanges = (tell: () => void) => {
    this.permissionChanged = tell;
  };
  registration = () => Promise.resolve(this.worker());
  register = () => Promise.resolve(this.worker());

  private worker(): PushRegistration {
    return {
      active: {} as ServiceWorker,
      installing: null,
      waiting: null,
      pushManager: {
        getSubscription: () => Promise.resolve(this.printed()),
        subscribe: (wanted) => {
          this.made += 1;
          this.subscription = {
            endpoint: `https://push.test/${this.made}`,
            key: wanted?.applicationServerKey as Uint8Array,
          };
          return Promise.resolve(this.printed() as PushSubscription);
        },
      },
    };
  }

  private printed(): PushSubscription | null {
    const { subscription } = this;
    if (subscription === undefined) return null;
    return {
      endpoint: subscription.endpoint,
      options: { applicationServerKey: subscription.key.buffer },
      toJSON: () => ({ endpoint: subscription.endpoint, keys: { p256dh: 'p', auth: 'a' } }),
      unsubscribe: () => {
        this.subscription = undefined;
        return Promise.resolve(true);
      },
    } as unknown as PushSubscription;
  }
}

function setUp(marks = new Marks(), browser = new FakeBrowser()) {
  const services = new Services();
  const session = new Session({
    baseUrl: 'http://courtside.test',
    fetch: services.answer,
    language: () => 'en',
    marks,
    exclusively: (work) => work(),
  });
  const api = createApi({
    session,
    language: () => 'en',
    baseUrl: 'http://courtside.test',
    fetch: services.answer,
  });
  const push = new BrowserPush({
    api,
    session,
    marks,
    app: 'customer',
    worker: { script: '/service-worker.js', scope: '/' },
    browser,
  });
  return { services, session, push, browser, marks };
}

const phase = (push: BrowserPush, wanted: string) =>
  vi.waitFor(() => expect(push.snapshot().phase).toBe(wanted));

beforeEach(() => vi.stubGlobal('crypto', globalThis.crypto));
afterEach(() => vi.unstubAllGlobals());

describe('push to this browser', () => {
  // APP-56, NOTE-38: nobody is asked by a page that opens.
  it('asks only when told to, then registers the subscription', async () => {
    const { services, session, push, browser } = setUp();
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'off');
    expect(browser.asked).toBe(0);
    expect(services.calls).toEqual([]);

    await push.turnOn();
    expect(push.snapshot()).toEqual({ phase: 'on', working: false, failure: undefined });
    const [registered] = services.told('POST /api/notifications/device');
    expect(registered?.body).toMatchObject({
      deviceToken: 'https://push.test/1',
      platform: 'WEB',
      pushSubscription: { endpoint: 'https://push.test/1', keys: { p256dh: 'p', auth: 'a' } },
    });
    expect(browser.subscription?.key).toEqual(keyBytes(key));
  });

  it('knows a no, also one that is said later in the browser', async () => {
    const { session, push, browser } = setUp();
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'off');
    browser.answer = 'denied';
    await push.turnOn();
    expect(push.snapshot().phase).toBe('denied');
    browser.granted = 'default';
    browser.permissionChanged();
    await phase(push, 'off');
  });

  it('says when the browser knows no push', async () => {
    const browser = new FakeBrowser();
    browser.supported = false;
    const { session, push } = setUp(new Marks(), browser);
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'unsupported');
  });

  it('leaves nothing behind when the services do not take it, and says why', async () => {
    const { services, session, push, browser } = setUp();
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'off');
    services.away = true;
    await push.turnOn();
    expect(push.snapshot()).toMatchObject({ phase: 'off', working: false, failure: { status: 503 } });
    expect(browser.subscription).toBeUndefined();
    services.away = false;
    await push.turnOn();
    expect(push.snapshot().phase).toBe('on');
  });

  // NOTE-35, APP-56: removed at logout with a token that is still good, and back after the next sign-in without asking.
  it('ends at sign-out and comes back with the same person', async () => {
    const { services, session, push, browser } = setUp();
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'off');
    await push.turnOn();
    await session.signOut();
    expect(browser.subscription).toBeUndefined();
    expect(services.told('DELETE /api/notifications/device')).toEqual([
      {
        what: 'DELETE /api/notifications/device',
        body: { deviceToken: 'https://push.test/1' },
        token: 'Bearer token of maria',
      },
    ]);
    expect(services.calls.at(-1)?.what).toBe('POST /api/auth/logout');

    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'on');
    expect(browser.asked).toBe(1);
    const devices = services.told('POST /api/notifications/device').map(({ body }) => body);
    expect(devices).toHaveLength(2);
    // NOTE-34: the same device.
    expect(new Set(devices.map((body) => (body as { deviceId: string }).deviceId)).size).toBe(1);
  });

  it('is nothing for the next person on this device', async () => {
    const { services, session, push, browser } = setUp();
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'off');
    await push.turnOn();
    await session.signOut();
    services.user = { ...maria, id: 'nikos' };
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'off');
    expect(browser.subscription).toBeUndefined();
    expect(services.told('POST /api/notifications/device')).toHaveLength(1);
  });

  // APP-56: registered anew at the next start, with a new subscription when the service has another key.
  it('is registered anew at the next start', async () => {
    const first = setUp();
    await first.session.signIn('GOOGLE', 'identity');
    await phase(first.push, 'off');
    await first.push.turnOn();
    const again = setUp(first.marks, first.browser);
    await again.session.resume();
    await phase(again.push, 'on');
    expect(again.services.told('POST /api/notifications/device')).toHaveLength(1);
    expect(first.browser.made).toBe(1);

    first.browser.subscription = { endpoint: 'https://push.test/old', key: keyBytes('AAAA') };
    const otherKey = setUp(first.marks, first.browser);
    await otherKey.session.resume();
    await phase(otherKey.push, 'on');
    expect(first.browser.subscription.endpoint).toBe('https://push.test/2');
  });

  it('stays on through a start without the services', async () => {
    const first = setUp();
    await first.session.signIn('GOOGLE', 'identity');
    await phase(first.push, 'off');
    await first.push.turnOn();
    const again = setUp(first.marks, first.browser);
    again.services.away = true;
    await again.session.resume();
    await phase(again.push, 'on');
    expect(first.browser.subscription).toBeDefined();
  });

  it('is turned off for good, whether or not the services hear of it', async () => {
    const { services, session, push, browser, marks } = setUp();
    await session.signIn('GOOGLE', 'identity');
    await phase(push, 'off');
    await push.turnOn();
    services.away = true;
    await push.turnOff();
    expect(push.snapshot()).toEqual({ phase: 'off', working: false, failure: undefined });
    expect(browser.subscription).toBeUndefined();
    expect(marks.getItem('courtside.push.customer')).toBeNull();
  });
});
