/** Messages in the customer app: the bell, the list, what one wants to hear of, and push to a browser. */
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import { arrive, signOut } from './customer-app.mjs';
import { book, call, demoCourts, freeSlot, newCustomer, owner, signIn } from './people.mjs';
import { desktop, journey, markDocument, pattern, phone, say, useBrowser } from './world.mjs';

useBrowser();

async function hasNoViolations(page, where) {
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    // Experimental; it takes the initials in the account's picture for its visible name.
    .disableRules('label-content-name-mismatch')
    .analyze();
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.html).join('\n    ')}`,
  );
  assert.deepEqual(found, [], where);
}

/** The bell with this many unread messages. */
function bell(page, language, count) {
  const name =
    count === 0
      ? say(language, 'ui', 'notifications.title')
      : say(language, 'ui', count === 1 ? 'notifications.unread_one' : 'notifications.unread_other', {
          count,
        });
  return page.getByRole('banner').getByRole('link', { name, exact: true });
}

const items = (page) => page.getByRole('main').locator('[data-notification]');

async function unreadOf(person) {
  return (await call('/api/notifications?size=1', { token: person.token })).body.unreadCount;
}

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  const label = `${language} at ${size.width}`;
  const ui = (key, values) => say(language, 'ui', key, values);

  /** NOTE-12, NOTE-40, NOTE-41: news comes without a reload, agrees with the service, and leads to its booking. */
  journey(`the bell and the list follow what happens, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer(language);
    const court = (await demoCourts(visitor.token, language))[4];
    const slot = await freeSlot(visitor.token, court.id, 9);
    const page = await visit({ size, language });
    await arrive(page, language, visitor, '/notifications');
    await page.getByText(ui('notifications.none')).waitFor();
    await bell(page, language, 0).waitFor();
    await hasNoViolations(page, 'no messages');
    const neverReloaded = await markDocument(page);

    // The customer asks elsewhere, the owner says yes: both are told here.
    const booking = await book(visitor.token, court.id, slot);
    await bell(page, language, 1).waitFor();
    const answer = await call(`/api/bookings/${booking.id}/confirm`, {
      token: await signIn(owner),
      method: 'POST',
      body: {},
    });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const unread = await agreed(page, language, visitor, 2);
    await neverReloaded();
    await hasNoViolations(page, 'unread messages');

    await page.reload();
    await bell(page, language, unread).waitFor();

    // A tap reads one and leads to the booking.
    await items(page).locator(`a[href="/bookings/${booking.id}"]`).first().click();
    await page.waitForURL(`**/bookings/${booking.id}`);
    await bell(page, language, unread - 1).waitFor();
    await page.goBack();
    await items(page).first().waitFor();

    const all = page.getByRole('button', {
      name: ui('notifications.markAll'),
    });
    await all.click();
    await bell(page, language, 0).waitFor();
    assert.equal(await all.isDisabled(), true);
    assert.equal(await unreadOf(visitor), 0);
    await page.reload();
    await bell(page, language, 0).waitFor();
    await page.getByText(ui('notifications.onlyUnread'), { exact: true }).click();
    await page.getByText(ui('notifications.noneUnread')).waitFor();
  });

  /** APP-53, APP-54: what came while the connection was away is there once it is back. */
  journey(`the bell catches up after a lost connection, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer(language);
    const court = (await demoCourts(visitor.token, language))[1];
    const slot = await freeSlot(visitor.token, court.id, 9);
    const page = await visit({ size, language });
    await arrive(page, language, visitor, '/notifications');
    await page.getByText(ui('notifications.none')).waitFor();
    await page.context().setOffline(true);
    await page
      .getByRole('alert')
      .filter({ hasText: say(language, 'customer', 'nav.offline') })
      .waitFor();
    await book(visitor.token, court.id, slot);
    await stored(visitor, 1);
    await page.context().setOffline(false);
    await agreed(page, language, visitor, 1);
  });

  /** NOTE-24, FIND-35: a switch stays as it was put, here and at the service. */
  journey(`settings of messages are kept, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer(language);
    const page = await visit({ size, language });
    await arrive(page, language, visitor, '/notifications');
    await page
      .getByRole('main')
      .getByRole('link', {
        name: say(language, 'customer', 'settings.notifications'),
      })
      .click();
    const email = page.getByRole('switch', {
      name: say(language, 'customer', 'preferences.emailNotifications'),
    });
    await Promise.all([
      page.waitForResponse(
        (response) =>
          response.url().endsWith('/api/users/me/preferences') && response.request().method() === 'PUT',
      ),
      email.click({ force: true }),
    ]);
    await hasNoViolations(page, 'settings');
    await page.reload();
    await email.waitFor();
    assert.equal(await email.isChecked(), false);
    const { body } = await call('/api/users/me/preferences', {
      token: visitor.token,
    });
    assert.equal(body.notificationPreferences.emailNotifications, false);
    assert.equal(body.notificationPreferences.pushNotifications, true);

    // APP-51: what is chosen while nobody answers is kept, and sent afterwards.
    await page.route('**/api/users/me/preferences', (route) =>
      route.fulfill({ status: 503, json: { error: 'UNAVAILABLE' } }),
    );
    await page
      .getByRole('switch', {
        name: say(language, 'customer', 'preferences.promotionalNotifications'),
      })
      .click({ force: true });
    await page.getByText(say(language, 'customer', 'preferences.waiting')).waitFor();
    await page.unroute('**/api/users/me/preferences');
    await page.reload();
    await eventually('the service has what was chosen meanwhile', async () => {
      const { body } = await call('/api/users/me/preferences', { token: visitor.token });
      return body.notificationPreferences.promotionalNotifications === false ? true : undefined;
    });
    await page.getByText(say(language, 'customer', 'preferences.waiting')).waitFor({ state: 'detached' });
  });
}

/** Waits until something holds; it changes by itself, and no event tells when. */
async function eventually(what, holds) {
  for (let tries = 0; tries < 150; tries += 1) {
    const found = await holds();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail(what);
}

function stored(person, least) {
  return eventually(`the service has stored ${least} messages`, async () => {
    const unread = await unreadOf(person);
    return unread >= least ? unread : undefined;
  });
}

/** The number of unread messages on which the service, the bell and the list agree. */
function agreed(page, language, person, least) {
  return eventually(`the bell and the list show the messages of the service, at least ${least}`, async () => {
    const unread = await stored(person, least);
    const shown =
      (await bell(page, language, unread).count()) === 1 && (await items(page).count()) === unread;
    // A receipt may have come while we looked.
    return shown && (await unreadOf(person)) === unread ? unread : undefined;
  });
}

/** A push service of this test's own, since a browser without a network has none. */
async function withPushService(page, endpoint) {
  await page.addInitScript((address) => {
    let made;
    const bytes = (text) =>
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
    PushManager.prototype.getSubscription = () =>
      Promise.resolve(sessionStorage.getItem('test.push') === null ? null : (made ?? restore()));
    const restore = () => {
      const { key, p256dh } = JSON.parse(sessionStorage.getItem('test.push'));
      made = {
        endpoint: address,
        options: { applicationServerKey: bytes(key).buffer },
        toJSON: () => ({
          endpoint: address,
          keys: { p256dh, auth: btoa('0123456789abcdef').replaceAll('=', '') },
        }),
        unsubscribe: () => {
          sessionStorage.removeItem('test.push');
          made = undefined;
          return Promise.resolve(true);
        },
      };
      return made;
    };
    PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
      const url = (buffer) =>
        btoa(String.fromCharCode(...new Uint8Array(buffer)))
          .replaceAll('+', '-')
          .replaceAll('/', '_')
          .replaceAll('=', '');
      const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
        'deriveBits',
      ]);
      const p256dh = url(await crypto.subtle.exportKey('raw', pair.publicKey));
      sessionStorage.setItem('test.push', JSON.stringify({ key: url(applicationServerKey), p256dh }));
      return restore();
    };
  }, endpoint);
}

/** NOTE-38, APP-56: offered after a booking, asked on a press, sent to while closed, gone with the sign-out. */
journey('messages reach a browser that asked for them', async ({ visit }) => {
  const visitor = await newCustomer();
  const courts = await demoCourts(visitor.token);
  const booking = await book(visitor.token, courts[5].id, await freeSlot(visitor.token, courts[5].id, 10));
  const page = await visit({ size: phone });
  const name = `e2e-${booking.id}`;
  await page.context().grantPermissions(['notifications']);
  await withPushService(page, `${process.env.COURTSIDE_URL}/sandbox/webpush/${name}`);
  await arrive(page, 'en', visitor, '/');
  await page.goto(`/bookings/${booking.id}/result`);
  const offer = page.getByRole('alert').filter({ hasText: say('en', 'customer', 'result.tellAnswer') });
  await offer.waitFor();
  const registered = page.waitForResponse(
    (response) =>
      response.url().endsWith('/api/notifications/device') && response.request().method() === 'POST',
  );
  await offer.getByRole('button', { name: say('en', 'ui', 'push.turnOn') }).click();
  assert.equal((await registered).status(), 201);
  await page.getByText(say('en', 'ui', 'push.done')).waitFor();

  await page.goto('/profile/notifications');
  const here = page.getByRole('switch', { name: say('en', 'ui', 'push.here') });
  await here.waitFor();
  assert.equal(await here.isChecked(), true, 'it is still on after a reload');

  const removed = page.waitForResponse(
    (response) =>
      response.url().endsWith('/api/notifications/device') && response.request().method() === 'DELETE',
  );
  await page.goto('/profile');
  await signOut(page, 'en');
  assert.equal((await removed).status(), 204);
  assert.equal(await page.evaluate(() => sessionStorage.getItem('test.push')), null);
});

/** NOTE-17, APP-55: what the worker shows leads to the booking. */
journey('a pushed message is shown and leads on', async ({ visit, t }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[2];
  const booking = await book(visitor.token, court.id, await freeSlot(visitor.token, court.id, 10));
  const page = await visit({ size: desktop });
  await page.context().grantPermissions(['notifications']);
  await arrive(page, 'en', visitor, '/');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const tools = await page.context().newCDPSession(page);
  const registration = new Promise((resolve) =>
    tools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0] !== undefined) resolve(registrations[0].registrationId);
    }),
  );
  await tools.send('ServiceWorker.enable');
  await tools.send('ServiceWorker.deliverPushMessage', {
    origin: process.env.COURTSIDE_URL,
    registrationId: await registration,
    data: JSON.stringify({
      notificationId: 'n-1',
      title: 'Your booking is confirmed',
      body: court.name,
      deepLink: `/bookings/${booking.id}`,
    }),
  });
  const shown = await page.waitForFunction(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications();
    return all.length === 0 ? undefined : all.map(({ title, body, data }) => ({ title, body, data }));
  });
  assert.deepEqual(await shown.jsonValue(), [
    {
      title: 'Your booking is confirmed',
      body: court.name,
      data: { address: `/bookings/${booking.id}` },
    },
  ]);
  t.diagnostic('the browser shows the message');
});
