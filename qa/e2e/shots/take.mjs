/**
 * A picture of every page at both widths and in both languages, in `.courtside/shots/`, to be looked at.
 * With a word as argument only the pictures whose name contains it.
 */
import { mkdirSync, rmSync } from 'node:fs';
import * as app from '../customer-app.mjs';
import { admin, agent, book, demoCourts, freeSlot, maria, newcomer, newCustomer, owner, signIn } from '../people.mjs';
import * as portal from '../portal.mjs';
import { desktop, launch, openContext, pattern, phone, root, say } from '../world.mjs';

const folder = `${root}/.courtside/shots`;
const only = process.argv[2] ?? process.env.COURTSIDE_SHOTS ?? '';
if (only === '') rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** The pictures of one width and language. */
async function session(browser, size, language) {
  const suffix = `${language}-${size.width}`;
  const contexts = [];
  const open = async () => {
    const context = await openContext(browser, {
      size,
      language,
      deviceScaleFactor: 1,
    });
    contexts.push(context);
    return context.newPage();
  };
  const shot = async (page, name, fullPage = false) => {
    await page.waitForLoadState('networkidle');
    await page.evaluate(() => document.fonts.ready);
    if (fullPage) {
      // A taller window instead of a stitched picture: what sticks to its edges stays there.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({
        width: size.width,
        height: Math.min(4000, Math.max(size.height, height)),
      });
      // Pictures that were out of sight are fetched only now.
      await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    }
    await page.screenshot({
      path: `${folder}/${name}-${suffix}.png`,
      animations: 'disabled',
    });
    if (fullPage) await page.setViewportSize(size);
  };
  const customer = (key, values) => say(language, 'customer', key, values);
  const part = async (name, work) => {
    if (!name.includes(only)) return;
    try {
      await work();
      console.log(`   ${name} ${suffix}`);
    } catch (thrown) {
      process.exitCode = 1;
      console.error(`!! ${name} ${suffix}: ${thrown.message}`);
      for (const page of contexts.flatMap((context) => context.pages())) {
        await page.screenshot({ path: `${folder}/FAILED-${name}-${suffix}.png` }).catch(() => undefined);
      }
    } finally {
      while (contexts.length > 0) await contexts.pop().close();
    }
  };

  await part('visitor', async () => {
    const [first] = await demoCourts(await signIn(maria), language);
    const page = await open();
    await page.goto('/');
    await page.getByRole('heading', { level: 3 }).filter({ hasText: /\d/ }).first().waitFor();
    await shot(page, 'visitor-landing', true);
    await page.goto(`/courts/${first.id}`);
    await page.getByRole('list', { name: pattern(language, 'ui', 'slot.grid') }).waitFor();
    await shot(page, 'visitor-court', true);
    const club = await page.getByRole('link', { name: pattern(language, 'customer', 'court.ofClub') });
    await club.click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, 'visitor-club', true);
    await page.goto(`/embed.html?club=${page.url().split('/').pop()}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, 'visitor-widget');
    await page.goto(`/welcome?to=${encodeURIComponent(`/courts/${first.id}/book?date=2030-01-01&time=18:00`)}`);
    await page.getByRole('button', { name: /Google/ }).waitFor();
    await shot(page, 'visitor-sign-in', true);
  });

  await part('customer-welcome', async () => {
    const page = await open();
    await page.goto('/welcome');
    await page.getByRole('button', { name: /Google/ }).waitFor();
    await shot(page, 'customer-welcome', true);
    await page.getByRole('button', { name: /Google/ }).click();
    await page.getByText(maria.email).waitFor();
    await shot(page, 'sandbox-authorize', true);
    await page.goBack();
    await app.chooseIdentity(page, language, newcomer(), 'Apple');
    await page.getByRole('heading', { name: customer('register.title') }).waitFor();
    await shot(page, 'customer-register', true);
    await page.getByRole('button', { name: customer('register.read') }).click();
    await page.getByRole('dialog').waitFor();
    await shot(page, 'customer-terms');
    await page.goto('/unlock?token=used-already');
    await page.getByRole('button', { name: say(language, 'ui', 'unlock.go') }).click();
    await page.getByRole('heading', { name: say(language, 'ui', 'unlock.gone') }).waitFor();
    await shot(page, 'customer-unlock');
    await page.goto('/api/notifications/unsubscribe?token=forged');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, 'unsubscribe-forged');
  });

  await part('customer-explore', async () => {
    const page = await open();
    await app.arrive(page, language, maria);
    await page
      .getByRole('listitem')
      .filter({ has: page.getByRole('link') })
      .first()
      .waitFor();
    await shot(page, 'customer-explore');
    if (size === phone) {
      await page.getByRole('button', { name: customer('explore.largerMap') }).click();
      await shot(page, 'customer-explore-map');
    }
    await page.goto('/?sport=PADEL&words=Kifisia');
    await page
      .getByRole('status')
      .filter({ hasText: pattern(language, 'customer', 'explore.count_other') })
      .waitFor();
    await shot(page, 'customer-explore-words', true);
    await page.goto('/?words=zzzz');
    await page.getByText(customer('explore.none')).waitFor();
    await shot(page, 'customer-explore-none');
    await page.goto('/nowhere');
    await page.getByText(customer('notFound.title')).waitFor();
    await shot(page, 'customer-not-found');
    await page.goto('/bookings');
    await page.getByRole('heading', { name: customer('bookings.title') }).waitFor();
    await shot(page, 'customer-bookings');
    await page.goto('/bookings?show=past');
    await page.getByRole('link').filter({ hasText: /€/ }).first().waitFor();
    await shot(page, 'customer-bookings-past');
    await page.goto('/profile');
    await page.getByRole('heading', { name: customer('profile.title') }).waitFor();
    await shot(page, 'customer-profile', true);
  });

  await part('customer-settings', async () => {
    const visitor = await newCustomer(language);
    const courts = await demoCourts(visitor.token, language);
    const page = await open();
    await app.arrive(page, language, visitor, `/courts/${courts[0].id}`);
    await page
      .getByRole('button', {
        name: pattern(language, 'customer', 'favorites.heart'),
      })
      .click();
    await page.goto('/favorites');
    await page.getByRole('link').filter({ hasText: courts[0].name }).waitFor();
    await shot(page, 'customer-favorites');
    await page.goto('/profile/preferences');
    await page.getByRole('heading', { name: customer('preferences.playing') }).waitFor();
    await shot(page, 'customer-preferences', true);
    await page.goto('/profile/notifications');
    await page.getByRole('switch', { name: customer('preferences.quietOn') }).click({ force: true });
    await page.getByRole('heading', { name: customer('preferences.messages') }).waitFor();
    await shot(page, 'customer-notification-settings', true);
    await page.goto('/notifications');
    await page.getByText(say(language, 'ui', 'notifications.none')).waitFor();
    await shot(page, 'customer-notifications-none');
    for (const court of [courts[0], courts[4]]) {
      await book(visitor.token, court.id, await freeSlot(visitor.token, court.id, 9));
    }
    await page.locator('[data-notification]').nth(1).waitFor();
    await page.locator('[data-notification]').last().getByRole('button').click();
    await shot(page, 'customer-notifications');
    await page.goto('/profile/security');
    await page.getByText(customer('security.thisDevice')).waitFor();
    await shot(page, 'customer-security', true);
    await page.goto('/profile/privacy');
    await page.getByRole('button', { name: customer('export.request') }).click();
    await page.getByRole('link', { name: customer('export.download') }).waitFor();
    await shot(page, 'customer-privacy', true);
    await page.getByRole('button', { name: customer('leave.open') }).click();
    await page.getByRole('dialog').waitFor();
    await shot(page, 'customer-leave');
  });

  await part('customer-court', async () => {
    const visitor = await newCustomer();
    const courts = await demoCourts(visitor.token, language);
    const slot = await freeSlot(visitor.token, courts[1].id, 1);
    const page = await open();
    await app.arrive(page, language, visitor, `/courts/${courts[1].id}?date=${slot.date}`);
    await app.slotButton(page, language, slot, 'AVAILABLE').click();
    await shot(page, 'customer-court', true);
    await page.getByRole('link', { name: customer('court.book'), exact: true }).click();
    await page.getByRole('heading', { name: customer('pay.title') }).waitFor();
    await page
      .getByRole('radio')
      .filter({ hasText: customer('pay.testHint.works') })
      .waitFor();
    await shot(page, 'customer-checkout', true);
    await app.pay(page, language, 'declined');
    await page
      .getByRole('alert')
      .filter({ hasText: customer('pay.failed.payment') })
      .waitFor();
    await shot(page, 'customer-checkout-declined');
    await page
      .getByRole('radio')
      .filter({ hasText: customer('pay.new') })
      .check();
    await page.getByRole('button', { name: customer('cards.type') }).click();
    await page.locator('#number').waitFor();
    await shot(page, 'sandbox-card', true);
    await page.goBack();
    await app.pay(page, language, 'secure');
    await page.getByRole('button', { name: customer('secure.go') }).waitFor();
    await shot(page, 'customer-secure');
    await page.getByRole('button', { name: customer('secure.go') }).click();
    await page.waitForURL('**/sandbox/**');
    await shot(page, 'sandbox-bank', true);
    await page.getByRole('button').first().click();
    await page.getByRole('heading', { name: customer('result.confirmed') }).waitFor();
    await shot(page, 'customer-result');
    await page.getByRole('link', { name: customer('result.open') }).click();
    await page.getByRole('button', { name: customer('cancel.open') }).waitFor();
    await shot(page, 'customer-booking', true);
    await page.getByRole('button', { name: customer('cancel.open') }).click();
    await page.getByRole('dialog').waitFor();
    await shot(page, 'customer-cancel');

    const asked = await book(visitor.token, courts[5].id, await freeSlot(visitor.token, courts[5].id, 3));
    await page.goto(`/bookings/${asked.id}/result`);
    await page.getByRole('heading', { name: customer('result.pending') }).waitFor();
    await shot(page, 'customer-result-pending');
    await page.goto(`/bookings/${asked.id}`);
    await page.getByText(customer('booking.waiting')).waitFor();
    await shot(page, 'customer-booking-pending', true);
  });

  await part('customer-other-role', async () => {
    const page = await open();
    await page.goto('/welcome');
    await app.chooseIdentity(page, language, owner);
    await page.getByText(customer('otherRole.title')).waitFor();
    await shot(page, 'customer-other-role');
  });

  await part('sandbox-board', async () => {
    const page = await open();
    await page.goto('/sandbox/');
    await page.getByRole('heading').first().waitFor();
    await shot(page, 'sandbox-board');
    await page.getByRole('tab', { name: language === 'el' ? /^Πληρωμές/ : /^Payments/ }).click();
    await page.getByText(/€/).first().waitFor();
    await shot(page, 'sandbox-payments');
  });

  await part('portal', async () => {
    const page = await open();
    await page.goto('/admin/');
    await page.getByRole('button', { name: /Google/ }).waitFor();
    await shot(page, 'portal-welcome', true);
    await portal.arrive(page, language, owner);
    await page
      .getByRole('button', { name: /\d\d:\d\d–\d\d:\d\d/ })
      .first()
      .waitFor();
    await shot(page, 'portal-calendar');
    await page.getByRole('button', { name: portal.bookingName() }).first().click();
    await page.getByRole('dialog').getByText(/€/).first().waitFor();
    await shot(page, 'portal-booking');
    await page.goto('/admin/calendar');
    await page
      .getByRole('button', {
        name: say(language, 'admin', 'manual.open'),
        exact: true,
      })
      .click();
    await page.getByRole('dialog').waitFor();
    await shot(page, 'portal-manual');
    await page.goto('/admin/pending');
    await page.getByRole('heading', { name: say(language, 'admin', 'pending.title') }).waitFor();
    await shot(page, 'portal-pending');
    await page.goto('/admin/courts');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, 'portal-courts');
    await page.goto('/admin/courts/new');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await shot(page, 'portal-new-court', true);
    const [first] = await demoCourts(await signIn(owner), language);
    const parts = ['details', 'hours', 'closures', 'prices', 'bookings', 'pictures', 'more'];
    for (const [name, path] of [
      ['overview', 'overview'],
      ['calendar-week', 'calendar?view=week'],
      ['calendar-month', 'calendar?view=month'],
      ['courts-bulk', 'courts/bulk'],
      ['courts-defaults', 'courts/defaults'],
      ['verification', 'verification'],
      ['holidays', 'holidays'],
      ['money', 'money'],
      ['settings', 'settings'],
      ['settings-notifications', 'settings?part=notifications'],
      ['settings-reminders', 'settings?part=reminders'],
      ['notifications', 'notifications'],
      ...parts.map((part) => [`court-${part}`, `courts/${first.id}?part=${part}`]),
    ]) {
      await page.goto(`/admin/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await shot(page, `portal-${name}`, true);
    }
  });

  await part('portal-staff', async () => {
    const page = await open();
    await page.goto('/admin/');
    await app.chooseIdentity(page, language, agent);
    await page.getByRole('heading', { name: say(language, 'staff', 'desk.title') }).waitFor();
    await shot(page, 'portal-staff');
  });

  await part('portal-admin', async () => {
    const page = await open();
    await page.goto('/admin/');
    await app.chooseIdentity(page, language, admin);
    await page.getByRole('heading', { name: say(language, 'staff', 'desk.title') }).waitFor();
    await shot(page, 'portal-admin-desk', true);
    for (const path of [
      'verifications',
      'users',
      'money',
      'money?tab=holds',
      'money?tab=reviews',
      'holidays',
      'dead-letters',
      'audit',
    ]) {
      await page.goto(`/admin/staff/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await shot(page, `portal-admin-${path.replaceAll(/\W+/g, '-')}`, true);
    }
  });

  await part('portal-reminders', async () => {
    const page = await open();
    await portal.arrive(page, language, owner, '/admin/settings?part=reminders');
    await page.getByRole('button', { name: say(language, 'admin', 'reminders.new') }).click();
    await page.getByRole('dialog').waitFor();
    await shot(page, 'portal-reminders-form');
  });
}

const browser = await launch();
for (const size of [phone, desktop]) {
  for (const language of ['el', 'en']) await session(browser, size, language);
}
await browser.close();
console.log(`The pictures are in ${folder}`);
