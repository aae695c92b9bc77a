/** Through the browser flow of the provider and back: sessions that last, end, and begin for the first time. */
import assert from 'node:assert/strict';
import { arrive, chooseIdentity, signedIn, signOut } from './customer-app.mjs';
import { maria, newcomer } from './people.mjs';
import { address, desktop, journey, phone, say, useBrowser } from './world.mjs';

useBrowser();

for (const [language, size, provider] of [
  ['en', phone, 'Google'],
  ['el', desktop, 'Apple'],
  ['el', phone, 'Facebook'],
]) {
  /** AUTH-08, AUTH-23, AUTH-24: the session outlives a reload in a cookie no script sees, and ends when told to. */
  journey(`a person signs in with ${provider}, ${language} at ${size.width}`, async ({ visit }) => {
    const page = await visit({ size, language });
    await page.goto('/welcome');
    await page
      .getByRole('heading', {
        name: say(language, 'customer', 'welcome.headline'),
      })
      .waitFor();
    await chooseIdentity(page, language, maria, provider);
    await signedIn(page, language);

    const cookies = await page.context().cookies();
    const session = cookies.filter((cookie) => cookie.httpOnly && cookie.sameSite === 'Strict');
    assert.equal(session.length, 1, 'one cookie holds the session');
    assert.equal(session[0].path, '/api/auth', 'and goes nowhere but to the sign-in routes');
    const seen = await page.evaluate(
      () => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }),
    );
    assert.ok(!seen.includes(session[0].value) && !seen.includes('eyJ'), 'no script can read a token');

    await page.reload();
    await signedIn(page, language);
    await signOut(page, language);
    await page.goto('/bookings');
    await page.getByRole('button', { name: new RegExp(provider) }).waitFor();
    const left = (await page.context().cookies()).filter((cookie) => cookie.httpOnly && cookie.value !== '');
    assert.deepEqual(left, [], 'the cookie is gone');
  });
}

for (const [language, size] of [
  ['en', desktop],
  ['el', phone],
]) {
  /** AUTH-05, APP-02: nobody becomes a member without the terms, and then lands where they wanted to go. */
  journey(`a newcomer registers, ${language} at ${size.width}`, async ({ visit }) => {
    const page = await visit({ size, language });
    const person = newcomer();
    await page.goto('/bookings');
    await chooseIdentity(page, language, person);
    await page
      .getByRole('heading', {
        name: say(language, 'customer', 'register.title'),
      })
      .waitFor();
    const create = page.getByRole('button', {
      name: say(language, 'customer', 'register.go'),
    });
    await create.click();
    await page.getByText(say(language, 'customer', 'register.termsNeeded')).waitFor();

    await page
      .getByRole('button', {
        name: say(language, 'customer', 'register.read'),
      })
      .click();
    const terms = page.getByRole('dialog', {
      name: say(language, 'customer', 'terms.title'),
    });
    await terms.getByText(say(language, 'customer', 'terms.version')).waitFor();
    await terms
      .getByRole('button', {
        name: say(language, 'customer', 'terms.accept'),
      })
      .click();
    await create.click();

    await page
      .getByRole('heading', {
        name: say(language, 'customer', 'bookings.title'),
      })
      .waitFor();
    await page.getByText(say(language, 'customer', 'bookings.none.upcoming')).waitFor();
    assert.equal(new URL(page.url()).pathname, '/bookings');
  });
}

/** APP-01: somebody who changes their mind at the provider is told that nothing happened. */
journey('a person stops at the provider', async ({ visit }) => {
  const page = await visit({ size: phone });
  await page.goto('/welcome');
  await page
    .getByRole('button', {
      name: say('en', 'ui', 'signIn.continueWith', {
        provider: 'Google',
      }),
    })
    .click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page
    .getByRole('alert')
    .filter({ hasText: say('en', 'ui', 'signIn.SIGN_IN_CANCELLED') })
    .waitFor();
});

/** APP-58: the language follows the person's choice at once and stays after a reload. */
journey('a person changes the language', async ({ visit }) => {
  const page = await visit({ size: desktop, language: 'en' });
  await page.goto('/welcome');
  await page
    .getByRole('radiogroup', { name: say('en', 'ui', 'language.label') })
    .getByText('ΕΛ')
    .click();
  await page.getByRole('heading', { name: say('el', 'customer', 'welcome.headline') }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'el');
  await page.reload();
  await page.getByRole('heading', { name: say('el', 'customer', 'welcome.headline') }).waitFor();
});

/** A court's address that somebody shared leads there after the sign-in, not to the start. */
journey('a shared address survives the sign-in', async ({ visit }) => {
  const page = await visit({ size: phone });
  await page.goto('/?sport=TENNIS');
  await chooseIdentity(page, 'en', maria);
  await page
    .getByRole('button', {
      name: say('en', 'ui', 'sport.TENNIS'),
      pressed: true,
    })
    .waitFor();
});

/** A person who types `localhost` instead of the printed address gets in all the same. */
journey('localhost is as good as the printed address', async ({ visit }) => {
  const baseURL = address.replace('127.0.0.1', 'localhost');
  const page = await visit({ size: desktop, baseURL });
  await arrive(page, 'en', maria);
  assert.equal(new URL(page.url()).origin, baseURL);
});
