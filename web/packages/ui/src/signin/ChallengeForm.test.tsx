import { createApi, Session, type SignInChallenge } from '@courtside/api';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startI18n } from '../i18n';
import { LiveConnection } from '../live/connection';
import { CourtsideProviders, createQueryClient } from '../providers';
import words from '../texts/en.json';
import { ChallengeForm } from './ChallengeForm';

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  await startI18n({ el: {}, en: {} });
});
afterEach(cleanup);

const mail = { challengeId: 'mail', confirmationRequired: true } as SignInChallenge;
const app = { challengeId: 'app', confirmationRequired: false } as SignInChallenge;

describe('a sign-in that wants a code', () => {
  // AUTH-20, AUTH-29: the code of the mail may be followed by that of the app, in both apps alike.
  it('asks for one after the other', async () => {
    const asked: [string, unknown][] = [];
    const session = new Session({
      baseUrl: 'http://app.test',
      language: () => 'en',
      fetch: async (request) => {
        asked.push([new URL(request.url).pathname, await request.json()]);
        return Response.json(
          asked.length === 1 ? app : { accessToken: 'token', expiresIn: 900, user: { id: 'u' } },
        );
      },
      exclusively: (work) => work(),
    });
    const signedIn = vi.fn();
    render(
      <CourtsideProviders
        api={createApi({ session, language: () => 'en' })}
        session={session}
        live={new LiveConnection(session)}
        queries={createQueryClient()}
      >
        <ChallengeForm challenge={mail} onSignedIn={signedIn} />
      </CourtsideProviders>,
    );
    const code = () => screen.getByLabelText(new RegExp(words.challenge.code));
    const go = () => screen.getByRole('button', { name: words.challenge.go });
    expect(screen.getByRole('heading').textContent).toBe(words.challenge.mail);
    expect(go()).toHaveProperty('disabled', true);
    await userEvent.type(code(), '111111');
    await userEvent.click(go());
    expect((await screen.findByText(words.challenge.app)).tagName).toBe('H1');
    expect(code()).toHaveProperty('value', '');
    expect(signedIn).not.toHaveBeenCalled();
    await userEvent.type(code(), '222222');
    await userEvent.click(go());
    await expect.poll(() => signedIn.mock.calls.length).toBe(1);
    expect(asked).toEqual([
      ['/api/auth/confirm-sign-in', { challengeId: 'mail', code: '111111' }],
      ['/api/auth/2fa/verify', { challengeId: 'app', code: '222222' }],
    ]);
  });
});
