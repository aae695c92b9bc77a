/** An owner keeps the house: what holidays do to bookings that exist. */
import assert from 'node:assert/strict';
import { call, newOwner } from './people.mjs';
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
        (dayOfWeek) => ({ dayOfWeek, startTime: '10:00', endTime: '20:00' }),
      ),
    },
  });
}

function dateAhead(days) {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Athens' }).format(Date.now() + days * 86_400_000);
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
    const stands = await must(`/api/bookings/${booking.id}`, { token: person.token });
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
