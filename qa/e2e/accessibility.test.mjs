/** Axe on the screens that everybody passes: contrast, names, roles, structure, in both schemes. */
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import * as app from './customer-app.mjs';
import { book, demoCourts, freeSlot, newCustomer, owner, signIn } from './people.mjs';
import * as portal from './portal.mjs';
import { desktop, journey, phone, say, useBrowser } from './world.mjs';

useBrowser();

async function hasNoViolations(page, where) {
  await page.waitForLoadState('networkidle');
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    // Experimental; it takes the initials in the account's picture for its visible name.
    .disableRules('label-content-name-mismatch')
    .analyze();
  // Where courts stand is not ours to choose: markers of the map may crowd or lie at its edge, and the list beside the map
  // does the same with targets of full size, which is what WCAG 2.5.8 asks of an equivalent.
  const counted = violations
    .map((violation) => ({
      ...violation,
      nodes: violation.nodes.filter(
        ({ html }) => violation.id !== 'target-size' || !html.includes('maplibregl-marker'),
      ),
    }))
    .filter(({ nodes }) => nodes.length > 0);
  const found = counted.map(
    ({ id, help, nodes }) => `${id}: ${help}\n    ${nodes.map((node) => node.html).join('\n    ')}`,
  );
  assert.deepEqual(found, [], where);
}

for (const [language, size, colorScheme] of [
  ['el', phone, 'light'],
  ['en', desktop, 'dark'],
]) {
  const how = { language, size, colorScheme };
  const label = `${language} at ${size.width}, ${colorScheme}`;

  /** QA-28: both clients meet WCAG 2.1 level AA. */
  journey(`the customer app is accessible, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[1];
    const slot = await freeSlot(visitor.token, court.id, 10);
    const booking = await book(visitor.token, court.id, await freeSlot(visitor.token, court.id, 11));
    const page = await visit(how);
    await page.goto('/');
    await page.getByRole('button', { name: /Google/ }).waitFor();
    await hasNoViolations(page, 'welcome');
    await app.arrive(page, language, visitor);
    await page.getByRole('list').getByRole('link').first().waitFor();
    await hasNoViolations(page, 'explore');
    await page.goto(`/courts/${court.id}?date=${slot.date}`);
    await app.slotButton(page, language, slot, 'AVAILABLE').click();
    await hasNoViolations(page, 'court');
    await page
      .getByRole('link', {
        name: say(language, 'customer', 'court.book'),
        exact: true,
      })
      .click();
    await page
      .getByRole('radio')
      .filter({ hasText: say(language, 'customer', 'pay.testHint.works') })
      .waitFor();
    await hasNoViolations(page, 'checkout');
    await page.goto(`/bookings/${booking.id}`);
    await page.getByRole('button', { name: say(language, 'customer', 'cancel.open') }).click();
    await page.getByRole('dialog').waitFor();
    await hasNoViolations(page, 'cancel dialog');
    await page.goto('/bookings');
    await page.getByRole('link').filter({ hasText: court.name }).waitFor();
    await hasNoViolations(page, 'bookings');
    for (const path of [
      `/bookings/${booking.id}/move`,
      `/bookings/${booking.id}/receipt`,
      '/favorites',
      '/profile',
      '/notifications',
      '/profile/preferences',
      '/profile/notifications',
      '/profile/security',
      '/profile/privacy',
    ]) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await hasNoViolations(page, path);
    }
  });

  journey(`the portal is accessible, ${label}`, async ({ visit }) => {
    const page = await visit(how);
    await page.goto('/admin/');
    await page.getByRole('button', { name: /Google/ }).waitFor();
    await hasNoViolations(page, 'welcome');
    await portal.arrive(page, language, owner);
    await page.getByRole('region', { name: say(language, 'admin', 'calendar.day') }).waitFor();
    await hasNoViolations(page, 'calendar');
    const [first] = await demoCourts(await signIn(owner), language);
    for (const path of [
      'pending',
      'courts',
      'courts/new',
      `courts/${first.id}?part=hours`,
      'overview',
      'holidays',
      'settings',
    ]) {
      await page.goto(`/admin/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await hasNoViolations(page, path);
    }
  });
}
