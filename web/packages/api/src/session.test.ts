import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, createApi } from './client';
import { Problem } from './problem';
import { Session } from './session';

const user = { id: 'u', email: 'maria@courtside.test', name: 'Μαρία', role: 'CUSTOMER', language: 'el' };

function json(status: number, body: unknown): Response {
  return new Response(status === 204 ? null : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json' },
  });
}

const options = { baseUrl: 'http://courtside.test', language: () => 'en' as const };

class Marks {
  readonly kept = new Map<string, string>();
  getItem = (name: string) => this.kept.get(name) ?? null;
  setItem = (name: string, value: string) => void this.kept.set(name, value);
  removeItem = (name: string) => void this.kept.delete(name);
}

/** A service that hands out numbered tokens and takes only the newest. */
class Service {
  issued = 0;
  refreshes = 0;
  refuseRefresh: number | undefined;
  seen: Request[] = [];
  private waiting: (() => void)[] = [];
  hold = false;

  answer = async (request: Request): Promise<Response> => {
    this.seen.push(request);
    const path = new URL(request.url).pathname;
    if (path === '/api/auth/refresh') {
      this.refreshes += 1;
      if (this.hold) await new Promise<void>((release) => this.waiting.push(release));
      if (this.refuseRefresh !== undefined) return json(this.refuseRefresh, { error: 'AUTH_TOKEN_REPLAYED' });
      return this.open(200);
    }
    if (path === '/api/auth/login') return this.open(200);
    if (path === '/api/auth/logout') return json(204, undefined);
    const valid = request.headers.get('Authorization') === `Bearer token-${this.issued}`;
    return valid
      ? json(200, { courts: [], totalElements: 0, page: 0, size: 50 })
      : json(401, { error: 'AUTH_TOKEN_EXPIRED', message: '' });
  };

  release(): void {
    this.hold = false;
    for (const release of this.waiting.splice(0)) release();
  }

  /** Makes every token handed out so far worthless. */
  expireTokens(): void {
    this.issued += 1;
  }

  private open(status: number): Response {
    this.issued += 1;
    return json(status, { accessToken: `token-${this.issued}`, expiresIn: 900, user });
  }
}

function setUp() {
  const service = new Service();
  const marks = new Marks();
  const session = new Session({
    baseUrl: 'http://courtside.test',
    fetch: service.answer,
    language: () => 'el',
    marks,
    exclusively: (work) => work(),
  });
  const api = createApi({
    session,
    language: () => 'el',
    baseUrl: 'http://courtside.test',
    fetch: service.answer,
  });
  const search = () =>
    answer(api.GET('/api/courts', { params: { query: { latitude: 38, longitude: 23.7 } } }));
  return { service, marks, session, search, api };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the session', () => {
  // SEC-49: player and owner are signed in side by side in one browser; neither app's sign-out ends the other.
  it.each([
    ['customer', 'cookie', 'courtside.session'],
    ['portal', 'portal-cookie', 'courtside.portal.session'],
  ] as const)('of the %s app names its own cookie and leaves its own mark', async (app, transport, mark) => {
    const { service, marks } = setUp();
    const session = new Session({
      app,
      baseUrl: 'http://courtside.test',
      fetch: service.answer,
      language: () => 'el',
      marks,
      exclusively: (work) => work(),
    });
    await session.signIn('GOOGLE', 'provider-token');
    expect(service.seen[0]?.headers.get('X-Session-Transport')).toBe(transport);
    expect(marks.kept.get(mark)).toBe('1');
    expect(marks.kept.has('courtside.session')).toBe(app === 'customer');
    await session.signOut();
    expect(service.seen.at(-1)?.headers.get('X-Session-Transport')).toBe(transport);
    expect(marks.kept.size).toBe(0);
  });

  // AUTH-21: a refresh token works once, so parallel 401s must share one refresh.
  it('renews once for many calls refused at the same time', async () => {
    const { service, session, search } = setUp();
    await session.signIn('GOOGLE', 'provider-token');
    service.expireTokens();
    service.hold = true;
    const calls = Promise.all([search(), search(), search()]);
    await vi.waitFor(() => expect(service.refreshes).toBe(1));
    service.release();
    await calls;
    expect(service.refreshes).toBe(1);
    expect(session.accessToken()).toBe(`token-${service.issued}`);
  });

  // APP-57: a 401 renews silently and repeats the call, with language and request id.
  it('repeats the refused call with the new token', async () => {
    const { service, session, search } = setUp();
    await session.signIn('GOOGLE', 'provider-token');
    service.expireTokens();
    await expect(search()).resolves.toMatchObject({ courts: [] });
    const repeated = service.seen.at(-1);
    expect(repeated?.headers.get('Authorization')).toBe(`Bearer token-${service.issued}`);
    expect(repeated?.headers.get('Accept-Language')).toBe('el');
    expect(repeated?.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  // APP-04: a session that ended by itself is told apart from a sign-out.
  it('ends when the refresh is refused', async () => {
    const { service, session, search, marks } = setUp();
    await session.signIn('GOOGLE', 'provider-token');
    service.expireTokens();
    service.refuseRefresh = 401;
    await expect(search()).rejects.toMatchObject({ kind: 'signedOut' });
    expect(session.snapshot()).toMatchObject({ phase: 'signedOut', ended: true });
    expect(marks.kept.size).toBe(0);
    await session.signOut();
    expect(session.snapshot().ended).toBe(false);
  });

  // APP-56: what is told at sign-out still has a good token, and cannot keep anybody signed in.
  it('lets others say goodbye before it ends', async () => {
    const { service, session } = setUp();
    await session.signIn('GOOGLE', 'provider-token');
    const told: string[] = [];
    session.beforeSignOut((token) => {
      told.push(`${token} before ${service.seen.length} calls`);
      return Promise.reject(new TypeError('no network'));
    });
    const calls = service.seen.length;
    await session.signOut();
    expect(told).toEqual([`token-1 before ${calls} calls`]);
    expect(new URL(service.seen.at(-1)?.url ?? '').pathname).toBe('/api/auth/logout');
    expect(session.snapshot().phase).toBe('signedOut');
    await session.signOut();
    expect(told).toHaveLength(1);
  });

  it('is kept when the server cannot be asked', async () => {
    const { service, session, search } = setUp();
    await session.signIn('GOOGLE', 'provider-token');
    service.expireTokens();
    service.refuseRefresh = 503;
    await expect(search()).rejects.toBeInstanceOf(Problem);
    expect(session.snapshot().phase).toBe('signedIn');
  });

  // APP-57: renewed 60 s before the token's end, without any call.
  it('renews by itself before the token ends', async () => {
    const { service, session } = setUp();
    await session.signIn('GOOGLE', 'provider-token');
    await vi.advanceTimersByTimeAsync(839_000);
    expect(service.refreshes).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(service.refreshes).toBe(1);
  });

  it('does not ask for a session that never was', async () => {
    const { service, session } = setUp();
    await session.resume();
    expect(service.seen).toHaveLength(0);
    expect(session.snapshot()).toMatchObject({ phase: 'signedOut', ended: false });
  });

  it('resumes the session of an earlier visit and asks for the token by cookie', async () => {
    const { service, session, marks } = setUp();
    marks.setItem('courtside.session', '1');
    await session.resume();
    expect(session.snapshot().phase).toBe('signedIn');
    expect(service.seen[0]?.headers.get('X-Session-Transport')).toBe('cookie');
    expect(await service.seen[0]?.text()).toBe('{}');
  });

  // APP-48: what was read before can be browsed, and the next call that gets through renews the session.
  it('still knows who is there when the services are away at the start', async () => {
    const marks = new Marks();
    const service = new Service();
    const first = new Session({ ...options, keepsProfile: true, marks, fetch: service.answer });
    await first.signIn('GOOGLE', 'proof');
    const away = new Session({
      ...options,
      keepsProfile: true,
      marks,
      fetch: () => Promise.reject(new TypeError('down')),
    });
    await away.resume();
    expect(away.snapshot()).toMatchObject({ phase: 'signedIn', user: { id: 'u' } });
    expect(away.accessToken()).toBeUndefined();
    const dayLater = new Session({
      ...options,
      keepsProfile: true,
      marks,
      now: () => Date.now() + 86_400_001,
      fetch: () => Promise.reject(new TypeError('down')),
    });
    await dayLater.resume();
    expect(dayLater.snapshot().phase).toBe('signedOut');
  });
});
