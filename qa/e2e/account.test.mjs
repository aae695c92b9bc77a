/** What people set for themselves: preferences, devices, favourites, a copy of their data, and leaving. */
import assert from 'node:assert/strict';
import { arrive } from './customer-app.mjs';
import { book, call, demoCourts, freeSlot, newCustomer, signIn } from './people.mjs';
import { desktop, journey, pattern, phone, say, useBrowser } from './world.mjs';

useBrowser();

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  const label = `${language} at ${size.width}`;

  /** FIND-33 to FIND-35: what is chosen counts at once and is there again after a reload. */
  journey(`preferences are kept, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const page = await visit({ size, language });
    await arrive(page, language, visitor, '/profile');
    await page
      .getByRole('link', {
        name: pattern(language, 'customer', 'settings.notifications'),
      })
      .click();
    const saved = () =>
      page.waitForResponse(
        (response) =>
          response.url().endsWith('/api/users/me/preferences') && response.request().method() === 'PUT',
      );
    const offers = page.getByRole('switch', {
      name: say(language, 'customer', 'preferences.promotionalNotifications'),
    });
    await Promise.all([saved(), offers.click({ force: true })]);
    const quiet = page.getByRole('switch', {
      name: say(language, 'customer', 'preferences.quietOn'),
    });
    await Promise.all([saved(), quiet.click({ force: true })]);
    await page.reload();
    await quiet.waitFor();
    assert.equal(await offers.isChecked(), false);
    assert.equal(await quiet.isChecked(), true);
    const { body } = await call('/api/users/me/preferences', {
      token: visitor.token,
    });
    assert.equal(body.notificationPreferences.promotionalNotifications, false);
    assert.equal(body.notificationPreferences.bookingEvents, true);
    assert.equal(body.doNotDisturbStart.slice(0, 5), '23:00');
  });

  /** FIND-30, FIND-31: a heart on the court's page, and the list with the next free time. */
  journey(`a favourite is kept, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[2];
    const page = await visit({ size, language });
    await arrive(page, language, visitor, `/courts/${court.id}`);
    const heart = page.getByRole('button', {
      name: say(language, 'customer', 'favorites.heart', { name: court.name }),
    });
    await heart.click();
    await page.goto('/favorites');
    const item = page.getByRole('listitem').filter({ hasText: court.name });
    await item.getByText(pattern(language, 'customer', 'favorites.next')).waitFor();
    await heart.click();
    await page.getByText(say(language, 'customer', 'favorites.none')).waitFor();
  });

  /** AUTH-42 to AUTH-44: what it means is said first; afterwards nobody is signed in and bookings end. */
  journey(`an account is deleted, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[3];
    await book(visitor.token, court.id, await freeSlot(visitor.token, court.id, 8));
    const page = await visit({ size, language });
    await arrive(page, language, visitor, '/profile/privacy');
    await page.getByRole('button', { name: say(language, 'customer', 'leave.open') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(say(language, 'customer', 'leave.bookings_one', { count: 1 })).waitFor();
    const confirm = dialog.getByRole('button', {
      name: say(language, 'customer', 'leave.confirm'),
    });
    assert.equal(await confirm.isDisabled(), true, 'nobody deletes an account by accident');
    await dialog.getByRole('checkbox').check();
    await confirm.click();
    await page.getByText(say(language, 'customer', 'leave.done')).waitFor();
    const { status } = await call('/api/users/me', { token: visitor.token });
    assert.equal(status, 401);
  });
}

/** AUTH-25: another device is signed out from here, this one stays. */
journey('a device is signed out from another one', async ({ visit }) => {
  const visitor = await newCustomer();
  await signIn({ email: visitor.email, name: visitor.name });
  const page = await visit({ size: phone });
  await arrive(page, 'en', visitor, '/profile/security');
  await page.getByText(say('en', 'customer', 'security.thisDevice')).waitFor();
  await page.getByRole('button', { name: say('en', 'customer', 'security.endOthers') }).click();
  await page.getByText(say('en', 'customer', 'security.ended')).waitFor();
  await page.reload();
  await page.getByText(say('en', 'customer', 'security.thisDevice')).waitFor();
  const others = page.getByRole('button', { name: pattern('en', 'customer', 'security.endDevice') });
  assert.equal(await others.count(), 0, 'only this device is left');
});
