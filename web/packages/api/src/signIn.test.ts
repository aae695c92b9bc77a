import { beforeEach, describe, expect, it } from 'vitest';
import { beginSignIn, codeChallenge, finishSignIn, providerAddress } from './signIn';
import type { ProviderSettings } from './types';

const google: ProviderSettings = {
  provider: 'GOOGLE',
  clientId: 'web',
  authorizeUrl: 'http://provider.test/authorize',
  tokenUrl: 'http://provider.test/token',
  scope: 'openid email',
  tokenField: 'id_token',
};
const callback = 'http://courtside.test/signin/callback';

function identityToken(nonce: string | null): string {
  return `e30.${btoa(JSON.stringify({ nonce }))}.signature`;
}

beforeEach(() => sessionStorage.clear());

describe('sign-in by code and PKCE', () => {
  // The example of RFC 7636, appendix B.
  it('derives the challenge by SHA-256', async () => {
    await expect(codeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).resolves.toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('exchanges the code with the verifier of its own challenge', async () => {
    const address = new URL(await beginSignIn(google, callback, '/courts/1'));
    const asked = address.searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    let sent = new URLSearchParams();
    const finished = await finishSignIn(
      new URL(`${callback}?code=abc&state=${asked.get('state')}`),
      async (request) => {
        sent = new URLSearchParams(await request.text());
        return Response.json({ id_token: identityToken(asked.get('nonce')) });
      },
    );
    expect(sent.get('code')).toBe('abc');
    expect(await codeChallenge(sent.get('code_verifier') ?? '')).toBe(asked.get('code_challenge'));
    expect(finished).toMatchObject({ provider: 'GOOGLE', returnTo: '/courts/1' });
  });

  it.each([
    ['another state', (_state: string) => 'code=abc&state=other', 'SIGN_IN_STALE'],
    ['a refusal', (state: string) => `error=access_denied&state=${state}`, 'SIGN_IN_CANCELLED'],
    ['no code', (state: string) => `state=${state}`, 'SIGN_IN_REFUSED'],
  ])('refuses %s', async (_name, query, code) => {
    const state = new URL(await beginSignIn(google, callback, '/')).searchParams.get('state') ?? '';
    const never = () => Promise.reject(new Error('must not be asked'));
    await expect(finishSignIn(new URL(`${callback}?${query(state)}`), never)).rejects.toMatchObject({ code });
  });

  it('refuses a token made for another sign-in, and a second use', async () => {
    const state = new URL(await beginSignIn(google, callback, '/')).searchParams.get('state');
    const back = new URL(`${callback}?code=abc&state=${state}`);
    const token = () => Promise.resolve(Response.json({ id_token: identityToken('other') }));
    await expect(finishSignIn(back, token)).rejects.toMatchObject({ code: 'SIGN_IN_STALE' });
    await expect(finishSignIn(back, token)).rejects.toMatchObject({ code: 'SIGN_IN_STALE' });
  });

  it('asks a provider on the same machine under the name of the page', () => {
    const page = new URL('http://localhost:8080/signin/callback');
    const asked = (address: string) => providerAddress(address, page).toString();
    expect(asked('http://127.0.0.1:8080/sandbox/google/token')).toBe(
      'http://localhost:8080/sandbox/google/token',
    );
    expect(asked('http://127.0.0.1:9090/token')).toBe('http://127.0.0.1:9090/token');
    expect(asked('https://provider.test/token')).toBe('https://provider.test/token');
  });
});
