/**
 * OAuth2 authorization code with PKCE in the browser, the same for Google, Apple, Facebook and their
 * sandbox twins. The verifier waits in `sessionStorage` for the way back and is used once.
 */
import { Problem, problemFromThrown } from './problem';
import type { Provider, ProviderSettings } from './types';

const pendingKey = 'courtside.signIn';

/** Opening a session, or adding the identity to the account that is signed in. */
export type SignInPurpose = 'signIn' | 'link';

interface PendingSignIn {
  purpose: SignInPurpose;
  settings: ProviderSettings;
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
  returnTo: string;
}

export interface FinishedSignIn {
  provider: Provider;
  /** Google and Apple: the identity token. Facebook: the access token. */
  oauthToken: string;
  returnTo: string;
  purpose: SignInPurpose;
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)));
}

export async function codeChallenge(verifier: string): Promise<string> {
  return base64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))));
}

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The provider's address as this page reaches it. `localhost` and `127.0.0.1` are one machine but two
 * origins: a provider beside us is asked under the name that the person typed.
 */
export function providerAddress(address: string, page: Pick<Location, 'origin' | 'hostname' | 'port'>): URL {
  const target = new URL(address, page.origin);
  const isBeside = loopbackNames.includes(target.hostname) && target.port === page.port;
  if (isBeside && loopbackNames.includes(page.hostname)) target.hostname = page.hostname;
  return target;
}

/** Where to send the browser. The caller navigates there itself. */
export async function beginSignIn(
  settings: ProviderSettings,
  redirectUri: string,
  returnTo: string,
  purpose: SignInPurpose = 'signIn',
): Promise<string> {
  const pending: PendingSignIn = {
    purpose,
    settings,
    redirectUri,
    returnTo,
    state: randomText(),
    nonce: randomText(),
    verifier: randomText(),
  };
  const target = providerAddress(settings.authorizeUrl, globalThis.location);
  const parameters: Record<string, string> = {
    response_type: 'code',
    client_id: settings.clientId,
    redirect_uri: redirectUri,
    scope: settings.scope,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await codeChallenge(pending.verifier),
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) target.searchParams.set(name, value);
  sessionStorage.setItem(pendingKey, JSON.stringify(pending));
  return target.toString();
}

function refused(code: string, message = ''): Problem {
  return new Problem({ kind: 'forbidden', status: 0, code, message });
}

function nonceOf(identityToken: string): unknown {
  try {
    const payload = identityToken.split('.')[1] ?? '';
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    return (claims as { nonce?: unknown }).nonce;
  } catch {
    return undefined;
  }
}

/**
 * Exchanges the code in the address the provider sent the browser back to.
 *
 * @throws Problem `SIGN_IN_CANCELLED`, `SIGN_IN_STALE` (no sign-in was begun here, or it is another one's
 * answer) or `SIGN_IN_REFUSED` (the provider did not give a token).
 */
export async function finishSignIn(
  address: URL,
  send: (request: Request) => Promise<Response> = (request) => fetch(request),
): Promise<FinishedSignIn> {
  const stored = sessionStorage.getItem(pendingKey);
  if (stored === null) throw refused('SIGN_IN_STALE');
  sessionStorage.removeItem(pendingKey);
  const pending = JSON.parse(stored) as PendingSignIn;

  if (address.searchParams.get('state') !== pending.state) throw refused('SIGN_IN_STALE');
  if (address.searchParams.get('error') !== null) throw refused('SIGN_IN_CANCELLED');
  const code = address.searchParams.get('code');
  if (code === null) throw refused('SIGN_IN_REFUSED');

  const endpoint = providerAddress(pending.settings.tokenUrl, globalThis.location);
  let response: Response;
  try {
    response = await send(
      new Request(endpoint, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          code,
          redirect_uri: pending.redirectUri,
          client_id: pending.settings.clientId,
          code_verifier: pending.verifier,
        }).toString(),
      }),
    );
  } catch (thrown) {
    throw problemFromThrown(thrown);
  }
  const tokens = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const oauthToken = tokens[pending.settings.tokenField];
  if (!response.ok || typeof oauthToken !== 'string') throw refused('SIGN_IN_REFUSED');
  // Only identity tokens carry the nonce; an access token is checked by the server with its provider.
  if (pending.settings.tokenField === 'id_token' && nonceOf(oauthToken) !== pending.nonce) {
    throw refused('SIGN_IN_STALE');
  }
  const { settings, returnTo, purpose } = pending;
  return { provider: settings.provider, oauthToken, returnTo, purpose };
}
