/** The customer's phone and the owner's screen, both open at once: what one does, the other sees. */
import assert from 'node:assert/strict';
import * as app from './customer-app.mjs';
import { book, demoCourts, freeSlot, maria, newCustomer, owner, signIn } from './people.mjs';
import * as portal from './portal.mjs';
import { desktop, journey, markDocument, phone, say, useBrowser } from './world.mjs';

useBrowser();

for (const [language, sizes] of [
  ['en', { customer: phone, owner: desktop }],
  ['el', { customer: desktop, owner: phone }],
]) {
  const screens = `${sizes.customer.width} and ${sizes.owner.width}`;

  /**
   * The sentence that this project stands on: a customer finds a padel court in Athens on a map, sees its free
   * times live, pays with a test card and holds a confirmed booking; the owner sees it without reloading.
   */
  journey(`a booking, seen by both, ${language} at ${screens}`, async ({ visit }) => {
    const token = await signIn(maria);
    const court = (await demoCourts(token, language))[0];
    const slot = await freeSlot(token, court.id, 2);

    const desk = await visit({ size: sizes.owner, language });
    await portal.arrive(desk, language, owner, `/admin/calendar?date=${slot.date}&court=${court.id}`);
    await portal.freeTime(desk, language, court, slot).waitFor();
    await app.isLive(desk, language);
    const deskStays = await markDocument(desk);

    const handset = await visit({ size: sizes.customer, language });
    await app.arrive(handset, language, maria);
    const handsetStays = await markDocument(handset);
    await handset.getByRole('button', { name: say(language, 'ui', 'sport.PADEL'), exact: true }).click();
    await app.findOnMap(handset, language, court);
    await app.isLive(handset, language);
    await app.chooseDay(handset, language, slot.date);
    await app.chooseTime(handset, language, slot);
    await app.pay(handset, language, 'works');
    await handset.getByRole('heading', { name: say(language, 'customer', 'result.confirmed') }).waitFor();
    await handset.getByRole('link', { name: say(language, 'customer', 'result.open') }).click();
    await handset
      .getByText(say(language, 'ui', 'bookingStatus.CONFIRMED'))
      .first()
      .waitFor();

    const entry = desk.getByRole('button', { name: portal.bookingName(slot, court) });
    await entry.waitFor();
    assert.match(
      await entry.getAttribute('aria-label'),
      new RegExp(say(language, 'admin', 'kind.confirmed')),
    );
    await desk
      .getByText(say(language, 'admin', 'news.booked'))
      .first()
      .waitFor();
    await deskStays();
    await handsetStays();
    await entry.click();
    await desk.getByRole('dialog').getByText(court.name).first().waitFor();
  });
}

for (const [answer, language] of [
  ['confirm', 'en'],
  ['confirm', 'el'],
  ['reject', 'en'],
]) {
  /** BOOK-27, BOOK-29, LIVE-33: a request appears in the owner's queue, and the answer on the customer's page. */
  journey(`an owner answers a request with ${answer}, ${language}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[answer === 'confirm' ? 4 : 5];
    const slot = await freeSlot(visitor.token, court.id, 3);

    const desk = await visit({ size: desktop, language });
    await portal.arrive(desk, language, owner, '/admin/pending');
    await app.isLive(desk, language);
    const deskStays = await markDocument(desk);

    const handset = await visit({ size: phone, language });
    await app.arrive(handset, language, visitor, `/courts/${court.id}?date=${slot.date}`);
    await app.chooseTime(handset, language, slot);
    await app.pay(handset, language, 'works');
    await handset.getByRole('heading', { name: say(language, 'customer', 'result.pending') }).waitFor();
    await handset.getByRole('link', { name: say(language, 'customer', 'result.open') }).click();
    await handset.getByText(say(language, 'customer', 'booking.waiting')).waitFor();
    await app.isLive(handset, language);
    const handsetStays = await markDocument(handset);

    const request = desk
      .getByRole('listitem')
      .filter({ hasText: court.name })
      .filter({ hasText: portal.masked(visitor.name) })
      .filter({ hasText: `${slot.startTime}–${slot.endTime}` });
    await request.getByRole('button', { name: say(language, 'admin', `answer.${answer}`) }).click();
    if (answer === 'reject') {
      const dialog = desk.getByRole('dialog');
      await dialog.getByRole('textbox').fill('The court is being repaired');
      await dialog.getByRole('button', { name: say(language, 'admin', 'answer.reject') }).click();
    }
    await request.waitFor({ state: 'detached' });
    await deskStays();

    const status = answer === 'confirm' ? 'CONFIRMED' : 'REJECTED';
    await handset
      .getByText(say(language, 'ui', `bookingStatus.${status}`))
      .first()
      .waitFor();
    await handset.getByText(say(language, 'customer', 'booking.waiting')).waitFor({ state: 'detached' });
    if (answer === 'reject') await handset.getByText(/The court is being repaired/).waitFor();
    await handsetStays();
  });
}

/** LIVE-33: a cancellation leaves the owner's calendar by itself, and the time is free again there. */
journey('a cancelled booking leaves the calendar', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[1];
  const slot = await freeSlot(visitor.token, court.id, 9);
  const booking = await book(visitor.token, court.id, slot);
  const desk = await visit({ size: desktop });
  await portal.arrive(desk, 'en', owner, `/admin/calendar?date=${slot.date}`);
  await desk.getByRole('button', { name: portal.bookingName(slot, court) }).waitFor();
  await app.isLive(desk, 'en');
  const deskStays = await markDocument(desk);

  const handset = await visit({ size: phone });
  await app.arrive(handset, 'en', visitor, `/bookings/${booking.id}`);
  await handset.getByRole('button', { name: say('en', 'customer', 'cancel.open') }).click();
  await handset
    .getByRole('dialog')
    .getByRole('button', { name: say('en', 'customer', 'cancel.confirm') })
    .click();
  await handset
    .getByText(say('en', 'ui', 'bookingStatus.CANCELLED'))
    .first()
    .waitFor();

  await portal.freeTime(desk, 'en', court, slot).waitFor();
  await desk.getByRole('button', { name: portal.bookingName(slot, court) }).waitFor({ state: 'detached' });
  await deskStays();
});
