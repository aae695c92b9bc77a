/**
 * Who is signed in on this page.
 *
 * Owns the access token (in memory only) and its renewal; the refresh token is an HttpOnly cookie that no
 * script ever sees. Never stores a token anywhere: only a mark that a session may exist is kept, so that a
 * stranger's first visit does not ask for one in vain.
 */
import { randomUuid } from './identifiers';
import { Problem, problemFromAnswer, problemFromThrown } from './problem';
import type { AuthResponse, Language, Provider, Role, SignInChallenge, UserProfile } from './types';

export type SessionPhase = 'unknown' | 'signedOut' | 'signedIn';

export interface SessionState {
  phase: SessionPhase;
  user: UserProfile | undefined;
  /** True when a session ended by itself, so that the sign-in screen can say so (APP-04). */
  ended: boolean;
}

export interface SessionOptions {
  /** Whose session this is: both apps may be signed in side by side, each with its own cookie. */
  app?: 'customer' | 'portal';
  baseUrl?: string;
  fetch?: (request: Request) => Promise<Response>;
  language: () => Language;
  now?: () => number;
  /** Holds the mark of a possible session; `localStorage` in the browser. */
  marks?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /**
   * Keeps the profile beside the mark, so that a start without the services still knows who is there and
   * shows what was read before. Calls answer as usual once the services are back.
   */
  keepsProfile?: boolean;
  /** Runs the work while no other tab refreshes: two tabs must not spend the same refresh token. */
  exclusively?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** How the server knows which cookie is meant; it looks at none without this (SEC-49). */
const transports = { customer: 'cookie', portal: 'portal-cookie' } as const;
const sessionMarks = { customer: 'courtside.session', portal: 'courtside.portal.session' } as const;
const profileMarks = { customer: 'courtside.profile', portal: 'courtside.portal.profile' } as const;
/** APP-48: what is kept on the device may be shown for a day. */
const keptProfileLastsMs = 86_400_000;
/** APP-57: renewed this long before the token's end. */
const renewBeforeEndMs = 60_000;

async function withTabLock<Result>(work: () => Promise<Result>): Promise<Result> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return work();
  // The lock's own promise type does not unwrap the callback's promise.
  return await navigator.locks.request('courtside.refresh', work);
}

export class Session {
  private state: SessionState = { phase: 'unknown', user: undefined, ended: false };
  private token: { value: string; endsAt: number } | undefined;
  private renewal: Promise<boolean> | undefined;
  private renewalTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly farewells = new Set<(token: string) => Promise<unknown>>();
  private readonly options: Required<Omit<SessionOptions, 'marks' | 'keepsProfile'>> &
    Pick<SessionOptions, 'marks' | 'keepsProfile'>;

  constructor(options: SessionOptions) {
    this.options = {
      app: 'customer',
      baseUrl: '',
      fetch: (request) => fetch(request),
      now: () => Date.now(),
      exclusively: withTabLock,
      ...options,
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): SessionState => this.state;

  /**
   * What has to be told to the services when the person signs out, with the last access token, which is good until the
   * session ends there. A failure is its own business.
   */
  beforeSignOut(farewell: (token: string) => Promise<unknown>): () => void {
    this.farewells.add(farewell);
    return () => this.farewells.delete(farewell);
  }

  accessToken(): string | undefined {
    return this.token?.value;
  }

  /** The access token, renewed first when it is about to end. Undefined when nobody is signed in. */
  async freshAccessToken(): Promise<string | undefined> {
    if (this.token !== undefined && this.token.endsAt - this.options.now() > renewBeforeEndMs / 2) {
      return this.token.value;
    }
    if (this.token === undefined && this.state.phase === 'signedOut') return undefined;
    await this.refresh();
    return this.token?.value;
  }

  /** Finds out at start whether the cookie of an earlier visit still opens a session. */
  async resume(): Promise<void> {
    if (this.state.phase !== 'unknown') return;
    if (this.options.marks?.getItem(sessionMarks[this.options.app]) == null) {
      this.change({ phase: 'signedOut', user: undefined, ended: false });
      return;
    }
    try {
      await this.refresh();
    } catch {
      // Unreachable for now: the mark stays, so the next start tries again.
      if (this.state.phase !== 'unknown') return;
      const user = this.keptProfile();
      this.change({ phase: user === undefined ? 'signedOut' : 'signedIn', user, ended: false });
    }
  }

  async signIn(oauthProvider: Provider, oauthToken: string): Promise<UserProfile> {
    return this.open('/api/auth/login', { oauthProvider, oauthToken });
  }

  async register(oauthProvider: Provider, oauthToken: string, role: Role): Promise<UserProfile> {
    return this.open('/api/auth/register', {
      oauthProvider,
      oauthToken,
      role,
      termsAccepted: true,
      language: this.options.language(),
    });
  }

  /** Takes an invitation to the staff with the identity that is to belong to it from now on. */
  async acceptInvitation(
    invitation: string,
    oauthProvider: Provider,
    oauthToken: string,
  ): Promise<UserProfile> {
    return this.open('/api/auth/accept-invitation', { token: invitation, oauthProvider, oauthToken });
  }

  /** Goes on with a sign-in that asked for a code: of the second factor, or of the mail that was sent. */
  async answerChallenge(challenge: SignInChallenge, code: string): Promise<UserProfile> {
    const path = challenge.confirmationRequired ? '/api/auth/confirm-sign-in' : '/api/auth/2fa/verify';
    return this.open(path, { challengeId: challenge.challengeId, code });
  }

  /** Ends the session here whatever the server says; a server that cannot be reached ends it by expiry. */
  async signOut(): Promise<void> {
    const token = this.token?.value;
    this.close(false);
    if (token !== undefined) {
      await Promise.allSettled([...this.farewells].map((farewell) => farewell(token)));
    }
    const request = this.request('/api/auth/logout', {});
    if (token !== undefined) request.headers.set('Authorization', `Bearer ${token}`);
    await this.options.fetch(request).catch(() => undefined);
  }

  /**
   * Renews the access token; parallel callers share one call. True when a new token is there, false when
   * the session is over.
   *
   * @throws Problem when the server could not be asked; the session is kept then.
   */
  refresh(): Promise<boolean> {
    this.renewal ??= this.options
      .exclusively(() => this.renew())
      .finally(() => {
        this.renewal = undefined;
      });
    return this.renewal;
  }

  /** Replaces the profile after a change that the server accepted. */
  replaceUser(user: UserProfile): void {
    if (this.state.phase !== 'signedIn') return;
    this.keepProfile(user);
    this.change({ ...this.state, user });
  }

  private async renew(): Promise<boolean> {
    let response: Response;
    try {
      response = await this.options.fetch(this.request('/api/auth/refresh', {}));
    } catch (thrown) {
      throw problemFromThrown(thrown);
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      this.accept(body as AuthResponse);
      return true;
    }
    if (response.status === 401 || response.status === 403 || response.status === 400) {
      this.close(
        this.state.phase === 'signedIn' ||
          this.options.marks?.getItem(sessionMarks[this.options.app]) != null,
      );
      return false;
    }
    throw problemFromAnswer(response, body);
  }

  private async open(path: string, body: unknown): Promise<UserProfile> {
    let response: Response;
    try {
      response = await this.options.fetch(this.request(path, body));
    } catch (thrown) {
      throw problemFromThrown(thrown);
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw problemFromAnswer(response, answer);
    const opened = answer as AuthResponse;
    if (typeof opened?.accessToken !== 'string') {
      throw new Problem({
        kind: 'forbidden',
        status: 200,
        code: 'SIGN_IN_CHALLENGE',
        message: '',
        details: { challenge: answer as SignInChallenge },
      });
    }
    this.accept(opened);
    return opened.user;
  }

  private request(path: string, body: unknown): Request {
    const origin = this.options.baseUrl || globalThis.location?.origin || '';
    return new Request(origin + path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'Content-Type': 'application/json',
        'Accept-Language': this.options.language(),
        'X-Session-Transport': transports[this.options.app],
        'X-Request-Id': randomUuid(),
      },
      body: JSON.stringify(body),
    });
  }

  private accept(answer: AuthResponse): void {
    const endsAt = this.options.now() + answer.expiresIn * 1000;
    this.token = { value: answer.accessToken, endsAt };
    this.options.marks?.setItem(sessionMarks[this.options.app], '1');
    this.keepProfile(answer.user);
    clearTimeout(this.renewalTimer);
    const wait = Math.max(1_000, answer.expiresIn * 1000 - renewBeforeEndMs);
    this.renewalTimer = setTimeout(() => void this.refresh().catch(() => undefined), wait);
    this.change({ phase: 'signedIn', user: answer.user, ended: false });
  }

  private close(ended: boolean): void {
    this.token = undefined;
    clearTimeout(this.renewalTimer);
    this.options.marks?.removeItem(sessionMarks[this.options.app]);
    this.options.marks?.removeItem(profileMarks[this.options.app]);
    this.change({ phase: 'signedOut', user: undefined, ended });
  }

  private keepProfile(user: UserProfile): void {
    if (this.options.keepsProfile === true)
      this.options.marks?.setItem(
        profileMarks[this.options.app],
        JSON.stringify({ user, keptAt: this.options.now() }),
      );
  }

  private keptProfile(): UserProfile | undefined {
    if (this.options.keepsProfile !== true) return undefined;
    const kept = this.options.marks?.getItem(profileMarks[this.options.app]);
    if (kept == null) return undefined;
    const { user, keptAt } = JSON.parse(kept) as { user: UserProfile; keptAt: number };
    return this.options.now() - keptAt < keptProfileLastsMs ? user : undefined;
  }

  private change(state: SessionState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
