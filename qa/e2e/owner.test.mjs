/** An owner sets the house up and keeps it: the first court, two people at one form, holidays, many courts, moving. */
import assert from 'node:assert/strict';
import { admin, book, call, demoCourts, freeSlot, newCustomer, newOwner, owner } from './people.mjs';
import * as portal from './portal.mjs';
import { desktop, journey, phone, say, useBrowser } from './world.mjs';

useBrowser();

async function must(path, options) {
  const { status, body } = await call(path, options);
  assert.ok(status < 300, `${options?.method ?? 'GET'} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Asks until the answer is as wanted, as long as a person would wait. */
async function until(ask, wanted, what) {
  const end = Date.now() + 30_000;
  for (;;) {
    const found = await ask();
    if (wanted(found)) return found;
    assert.ok(Date.now() < end, `${what}: ${JSON.stringify(found)}`);
    await new Promise((resume) => setTimeout(resume, 250));
  }
}

function court(token, name) {
  return must('/api/courts', {
    token,
    method: 'POST',
    body: {
      name: { el: name, en: name },
      courtType: 'TENNIS',
      locationType: 'OUTDOOR',
      address: 'Test Road 1, Athens',
      latitude: 37.98,
      longitude: 23.73,
      durationMinutes: 60,
      basePriceCents: 2000,
      availabilityWindows: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'].map(
        (dayOfWeek) => ({
          dayOfWeek,
          startTime: '10:00',
          endTime: '20:00',
        }),
      ),
    },
  });
}

/** A tax id that nobody has: eight digits of chance and the one that proves them. */
function taxId() {
  const digits = Array.from({ length: 8 }, () => Math.floor(Math.random() * 10));
  const sum = digits.reduce((total, digit, position) => total + digit * 2 ** (8 - position), 0);
  return `${digits.join('')}${(sum % 11) % 10}`;
}

function dateAhead(days) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Athens' }).format(
    Date.now() + days * 86_400_000,
  );
}

function enter(token, courtId, date, startTime) {
  return must('/api/bookings/manual', {
    token,
    method: 'POST',
    body: { courtId, date, startTime, customerName: 'Walk-in' },
  });
}

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  const text = (key, values) => say(language, 'admin', key, values);
  const staff = (key, values) => say(language, 'staff', key, values);

  /** ADMIN-02 to ADMIN-06, ADMIN-42, COURT-32: with a court, a business that staff approved and Stripe, customers find it. */
  journey(`from nothing to the first bookable court, ${language} at ${size.width}`, async ({ visit }) => {
    const person = await newOwner(language);
    const page = await visit({ size, language });
    await portal.arrive(page, language, person, '/admin/overview');
    await page.getByRole('heading', { name: text('overview.start') }).waitFor();
    const made = await court(person.token, `First ${person.email.slice(4, 10)}`);
    await page.goto('/admin/verification');
    const business = `Test Sports ${person.email.slice(4, 12)}`;
    await page.getByLabel(text('verification.businessName')).fill(business);
    await page.getByLabel(text('verification.taxId')).fill(taxId());
    await page.getByLabel(text('verification.businessAddress')).fill('Test Road 1, Athens');
    await page.locator('input[type=file]').setInputFiles({
      name: 'lease.png',
      mimeType: 'image/png',
      buffer: Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    });
    await page.getByRole('button', { name: text('verification.send'), exact: true }).click();
    await page.getByText(text('verification.waiting')).first().waitFor();

    const desk = await visit({ size, language });
    await portal.arrive(desk, language, admin, '/admin/staff/verifications');
    await desk
      .getByRole('link', {
        name: `${staff('verifications.open')}: ${business}`,
      })
      .click();
    await desk
      .getByRole('button', {
        name: staff('verification.approve'),
        exact: true,
      })
      .click();
    const decision = desk.getByRole('dialog', {
      name: staff('verification.approveTitle', { name: business }),
    });
    await decision
      .getByRole('button', {
        name: staff('verification.approve'),
        exact: true,
      })
      .click();
    await desk.getByText(staff('verification.approved'), { exact: true }).first().waitFor();
    await page.goto('/admin/overview');
    await page
      .getByRole('listitem')
      .filter({ hasText: text('overview.step.stripe') })
      .getByRole('button')
      .click();
    await page.waitForURL('**/sandbox/**');
    await page.getByRole('button').first().click();
    await page.waitForURL('**/admin/overview**');
    await page.getByRole('heading', { name: text('overview.start') }).waitFor({ state: 'detached' });
    await until(
      async () => (await call(`/api/public/courts/${made.id}`)).body,
      (body) => body?.id === made.id,
      'everybody sees the court',
    );
  });

  /** ADMIN-20, ADMIN-25, HOL-33: the bookings in the way are listed before anything happens, then cancelled. */
  journey(`a holiday over existing bookings, ${language} at ${size.width}`, async ({ visit }) => {
    const person = await newOwner(language);
    const made = await court(person.token, 'Holiday court');
    const date = dateAhead(20);
    const booking = await enter(person.token, made.id, date, '12:00');
    await must('/api/holidays/custom', {
      token: person.token,
      method: 'POST',
      body: { nameEl: 'Ανακαίνιση', nameEn: 'Renovation', date },
    });
    const name = language === 'el' ? 'Ανακαίνιση' : 'Renovation';
    const page = await visit({ size, language });
    await portal.arrive(page, language, person, '/admin/holidays');
    await page.getByRole('button', { name: text('holidays.extendOne', { name }) }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: text('holidays.close') }).click();
    await dialog.getByText(text('holidays.conflicts')).waitFor();
    await dialog.getByText('12:00–13:00').waitFor();
    const stands = await must(`/api/bookings/${booking.id}`, {
      token: person.token,
    });
    assert.equal(stands.status, 'CONFIRMED', 'nothing happens before the choice');
    await dialog.getByRole('radio', { name: text('holidays.choices.CANCEL_BOOKINGS') }).check();
    await dialog.getByRole('button', { name: text('holidays.close') }).click();
    await dialog.waitFor({ state: 'detached' });
    await until(
      () => must(`/api/bookings/${booking.id}`, { token: person.token }),
      ({ status }) => status === 'CANCELLED',
      'the booking is cancelled',
    );
  });
}

/** ADMIN-47, OWN-51: the second to save sees both versions and loses nothing. */
journey('two people edit one court', async ({ visit }) => {
  const text = (key) => say('en', 'admin', key);
  const person = await newOwner('en');
  const made = await court(person.token, 'Shared court');
  const first = await visit({ size: desktop });
  const second = await visit({ size: desktop });
  for (const page of [first, second]) {
    await portal.arrive(page, 'en', person, `/admin/courts/${made.id}`);
    await page.getByLabel(text('form.nameEn')).waitFor();
  }
  await second.getByLabel(text('form.nameEn')).fill('Second name');
  await first.getByLabel(text('form.address')).fill('Another Road 2, Athens');
  await first.getByLabel(text('form.nameEn')).fill('First name');
  await first.getByRole('button', { name: text('form.save') }).click();
  await first.getByText(text('form.done')).first().waitFor();
  await second.getByRole('button', { name: text('form.save') }).click();
  const dialog = second.getByRole('dialog', { name: text('conflict.title') });
  await dialog.getByText('First name').waitFor();
  await dialog.getByText('Second name').waitFor();
  await dialog.getByRole('button', { name: text('conflict.save') }).click();
  await second.getByText(text('form.done')).first().waitFor();
  const stored = await must(`/api/courts/${made.id}`, { token: person.token });
  assert.equal(stored.name.en, 'Second name', 'mine where both had changed it');
  assert.equal(stored.address, 'Another Road 2, Athens', 'theirs where only they had');
});

/** ADMIN-18, ADMIN-19: one change, each court with its own outcome. */
journey('many courts get a new price', async ({ visit }) => {
  const text = (key, values) => say('en', 'admin', key, values);
  const person = await newOwner('en');
  const made = [await court(person.token, 'Court A'), await court(person.token, 'Court B')];
  const page = await visit({ size: desktop });
  await portal.arrive(page, 'en', person, '/admin/courts/bulk');
  for (const { name } of made) await page.getByRole('checkbox', { name: name.en }).check();
  await page.getByRole('checkbox', { name: text('bulk.part.price') }).check();
  await page.getByLabel(text('form.price')).fill('31.50');
  await page.getByRole('button', { name: text('bulk.go_other', { count: 2 }) }).click();
  await page.getByText(text('bulk.outcome', { done: 2, failed: 0 })).waitFor();
  for (const { id } of made) {
    const { basePriceCents } = await must(`/api/courts/${id}`, {
      token: person.token,
    });
    assert.equal(basePriceCents, 3150);
  }
});

/** ADMIN-26: an owner's own booking is pulled to a free time, and moves only after a yes. */
journey('a booking is pulled to another time', async ({ visit }) => {
  const text = (key) => say('en', 'admin', key);
  const person = await newOwner('en');
  const made = await court(person.token, 'Drag court');
  const date = dateAhead(3);
  const place = { name: 'Drag court' };
  await enter(person.token, made.id, date, '12:00');
  const page = await visit({ size: desktop });
  await portal.arrive(page, 'en', person, `/admin/calendar?date=${date}`);
  const entry = page.getByRole('button', {
    name: portal.bookingName({ startTime: '12:00', endTime: '13:00' }, place),
  });
  const target = portal.freeTime(page, 'en', place, {
    startTime: '15:00',
    endTime: '16:00',
  });
  await entry.waitFor();
  await target.waitFor();
  await entry.dragTo(target);
  const dialog = page.getByRole('dialog', { name: text('move.title') });
  await dialog.getByRole('button', { name: text('move.go') }).click();
  await page
    .getByRole('button', {
      name: portal.bookingName({ startTime: '15:00', endTime: '16:00' }, place),
    })
    .waitFor();
  await portal.freeTime(page, 'en', place, { startTime: '12:00', endTime: '13:00' }).waitFor();
});

/** ADMIN-31, NOTE-12, NOTE-40: the bell counts up while the portal is open, and a message leads to its booking. */
for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  journey(`the bell rings for a booking, ${language} at ${size.width}`, async ({ visit }) => {
    const customer = await newCustomer();
    const place = (await demoCourts(customer.token, language))[2];
    const page = await visit({ size, language });
    await portal.arrive(page, language, owner, '/admin/courts');
    const bell = page.getByRole('banner').getByRole('link', {
      name: new RegExp(say(language, 'ui', 'notifications.title')),
    });
    await bell.waitFor();
    await page.waitForLoadState('networkidle');
    const unread = async () => Number(await bell.getAttribute('data-unread'));
    const before = await unread();
    const booking = await book(customer.token, place.id, await freeSlot(customer.token, place.id, 6));
    await until(unread, (count) => count > before, 'the bell counts up');
    await bell.click();
    await page
      .getByRole('heading', {
        level: 1,
        name: say(language, 'ui', 'notifications.title'),
      })
      .waitFor();
    await page.locator(`a[href$="booking=${booking.id}"]`).first().click();
    const details = page.getByRole('dialog', {
      name: say(language, 'admin', 'booking.title'),
    });
    await details.getByText(booking.id.slice(-8).toUpperCase()).waitFor();
  });
}
