/** The app without a network: it opens, shows what was read before, takes favourites, and catches up. */
import assert from 'node:assert/strict';
import { arrive } from './customer-app.mjs';
import { book, call, demoCourts, freeSlot, newCustomer } from './people.mjs';
import { desktop, journey, pattern, phone, say, useBrowser } from './world.mjs';

useBrowser();

/** Everything that the app needs without a network is on the device. */
async function isPrepared(page) {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // All files of the app are fetched first, which takes a while on a busy machine.
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, {
    timeout: 60_000,
  });
}

/** What was read last has been written down. */
async function hasKept(page, words) {
  await page.waitForFunction((part) => (localStorage.getItem('courtside.kept') ?? '').includes(part), words);
}

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  /** APP-47 to APP-51. */
  journey(`offline browsing and coming back, ${language} at ${size.width}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[1];
    const booking = await book(visitor.token, court.id, await freeSlot(visitor.token, court.id, 12));
    const page = await visit({ size, language });
    await arrive(page, language, visitor, `/courts/${court.id}`);
    await page.getByRole('heading', { level: 1, name: court.name }).waitFor();
    await isPrepared(page);
    await page.goto('/bookings');
    await page.getByRole('link').filter({ hasText: court.name }).click();
    await page.getByRole('button', { name: say(language, 'customer', 'cancel.open') }).waitFor();
    await hasKept(page, `"one","${booking.id}"`);

    await page.context().setOffline(true);
    await page.reload();
    await page
      .getByRole('alert')
      .filter({ hasText: say(language, 'customer', 'nav.offline') })
      .waitFor();
    await page.getByRole('heading', { level: 1, name: court.name }).waitFor();
    const age = page.getByRole('status').filter({ hasText: pattern(language, 'customer', 'offline.asOf') });
    await age.waitFor();
    await page.getByRole('button', { name: say(language, 'customer', 'cancel.open') }).click();
    const cancel = page.getByRole('dialog').getByRole('button', {
      name: say(language, 'customer', 'cancel.confirm'),
    });
    assert.equal(await cancel.isDisabled(), true, 'cancelling waits for the network');

    await page.goto(`/courts/${court.id}`);
    const name = say(language, 'customer', 'favorites.heart', {
      name: court.name,
    });
    await page.getByRole('button', { name }).click();
    const waiting = `${name}, ${say(language, 'customer', 'offline.waiting')}`;
    await page.getByRole('button', { name: waiting, pressed: true }).waitFor();

    await page.context().setOffline(false);
    await page.getByRole('button', { name, exact: true, pressed: true }).waitFor();
    await age.waitFor({ state: 'detached' });
    const { body } = await call('/api/users/me/favorites', {
      token: visitor.token,
    });
    assert.deepEqual(
      body.favorites.map(({ id }) => id),
      [court.id],
    );
  });
}

/** APP-47, APP-54: while nobody answers the page keeps what it shows, and it mends itself afterwards. */
journey('a page outlives the services', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[2];
  const page = await visit({ size: phone });
  await arrive(page, 'en', visitor, `/courts/${court.id}`);
  await page.getByRole('heading', { level: 1, name: court.name }).waitFor();
  await isPrepared(page);
  await page.route('**/api/**', (route) => route.fulfill({ status: 503, json: { error: 'UNAVAILABLE' } }));
  await page.getByRole('link', { name: say('en', 'customer', 'nav.profile') }).click();
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: court.name }).waitFor();
  await page.unroute('**/api/**');
  await page.goto('/favorites');
  await page.getByText(say('en', 'customer', 'favorites.none')).waitFor();
});
