/** Axe on the screens that everybody passes: contrast, names, roles, structure, in both schemes. */
import { hasNoViolations } from './axe.mjs';
import * as app from './customer-app.mjs';
import { admin, book, demoCourts, freeSlot, newCustomer, owner, signIn } from './people.mjs';
import * as portal from './portal.mjs';
import { desktop, journey, phone, say, useBrowser } from './world.mjs';

useBrowser();

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
    await page.goto('/welcome');
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
      'settings?part=notifications',
      'settings?part=reminders',
      'notifications',
    ]) {
      await page.goto(`/admin/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await hasNoViolations(page, path);
    }
  });

  journey(`the screens of staff are accessible, ${label}`, async ({ visit }) => {
    const page = await visit(how);
    await portal.arrive(page, language, admin, '/admin/staff');
    for (const path of ['', 'verifications', 'users', 'money', 'holidays', 'dead-letters', 'audit']) {
      await page.goto(`/admin/staff/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await hasNoViolations(page, `staff ${path}`);
    }
  });
}
