/** A court is found, its times are live, it is paid for, and the owner sees it: two people, two open pages. */
import assert from 'node:assert/strict';
import { arrive, chooseDay, chooseTime, isLive, pay, slotButton } from './customer-app.mjs';
import { book, demoCourts, freeSlot, newCustomer, nikos, signIn } from './people.mjs';
import { desktop, isUncovered, journey, markDocument, pattern, phone, say, useBrowser } from './world.mjs';

useBrowser();

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  /** LIVE-41, APP-21: whoever looks at a court sees at once that somebody else took a time. */
  journey(`a time taken elsewhere is shown taken, ${language} at ${size.width}`, async ({ visit }) => {
    const [visitor, rival] = [await newCustomer(), await newCustomer()];
    const court = (await demoCourts(visitor.token, language))[2];
    const slot = await freeSlot(visitor.token, court.id, 4);

    const page = await visit({ size, language });
    await arrive(page, language, visitor, `/courts/${court.id}?date=${slot.date}`);
    await slotButton(page, language, slot, 'AVAILABLE').click();
    await isLive(page, language);
    const neverReloaded = await markDocument(page);

    await book(rival.token, court.id, slot);
    await slotButton(page, language, slot, 'BOOKED').waitFor();
    const lost = say(language, 'customer', 'court.lost', { time: slot.startTime });
    await page.getByRole('alert').filter({ hasText: lost }).waitFor();
    await neverReloaded();
  });
}

/** BOOK-03, LIVE-41: who pays a moment too late is told so before paying. */
journey('two browsers want the same time', async ({ visit }) => {
  const [first, second] = [await newCustomer(), await newCustomer()];
  const court = (await demoCourts(first.token))[3];
  const slot = await freeSlot(first.token, court.id, 4);
  const pages = [await visit({ size: phone }), await visit({ size: desktop })];
  for (const [position, person] of [first, second].entries()) {
    await arrive(pages[position], 'en', person, `/courts/${court.id}?date=${slot.date}`);
    await chooseTime(pages[position], 'en', slot);
  }
  await pay(pages[0], 'en');
  await pages[0].getByRole('heading', { name: say('en', 'customer', 'result.confirmed') }).waitFor();
  await pages[1]
    .getByRole('alert')
    .filter({ hasText: say('en', 'customer', 'pay.failed.conflict') })
    .waitFor();
  const payButton = pages[1].getByRole('button', { name: pattern('en', 'customer', 'pay.goAmount') });
  assert.equal(await payButton.isDisabled(), true, 'nobody can pay for it twice');
});

/** APP-27, PAY-04, BOOK-07: a declined card says why, and the time is free again for everybody. */
journey('a declined card gives the time back', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[1];
  const slot = await freeSlot(visitor.token, court.id, 5);
  const page = await visit({ size: phone });
  await arrive(page, 'en', visitor, `/courts/${court.id}?date=${slot.date}`);
  await chooseTime(page, 'en', slot);
  await pay(page, 'en', 'declined');
  const alert = page.getByRole('alert').filter({ hasText: say('en', 'customer', 'pay.failed.payment') });
  const reason = alert.getByText(say('en', 'customer', 'pay.declined.insufficient_funds'));
  await reason.waitFor();
  assert.ok(await isUncovered(reason), 'the reason is on the screen without scrolling');

  const watcher = await visit({ size: desktop });
  await arrive(watcher, 'en', nikos, `/courts/${court.id}?date=${slot.date}`);
  await slotButton(watcher, 'en', slot, 'AVAILABLE').waitFor();

  await pay(page, 'en', 'works');
  await page.getByRole('heading', { name: say('en', 'customer', 'result.confirmed') }).waitFor();
  await slotButton(watcher, 'en', slot, 'BOOKED').waitFor();
});

/** BOOK-08: the bank's question comes between, and the booking is there when it was answered. */
journey('the bank asks first', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[0];
  const slot = await freeSlot(visitor.token, court.id, 5);
  const page = await visit({ size: phone });
  await arrive(page, 'en', visitor, `/courts/${court.id}?date=${slot.date}`);
  await chooseTime(page, 'en', slot);
  await pay(page, 'en', 'secure');
  await page.getByRole('button', { name: say('en', 'customer', 'secure.go') }).click();
  await page.getByRole('button', { name: 'Yes, it is me' }).click();
  await page.getByRole('heading', { name: say('en', 'customer', 'result.confirmed') }).waitFor();
});

/** PAY-14, PAY-16: a card typed into the provider's own page is kept and pays. */
journey('a new card is saved and pays', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[0];
  const slot = await freeSlot(visitor.token, court.id, 6);
  const page = await visit({ size: desktop });
  await arrive(page, 'en', visitor, `/courts/${court.id}?date=${slot.date}`);
  await chooseTime(page, 'en', slot);
  await page
    .getByRole('radio')
    .filter({ hasText: say('en', 'customer', 'pay.new') })
    .check();
  await page.getByRole('button', { name: say('en', 'customer', 'cards.type') }).click();
  await page.getByLabel('Card number').fill('4000 0000 0000 0002');
  await page.getByLabel('Expiry').fill('12 / 34');
  await page.getByLabel('CVC').fill('123');
  await page.getByRole('button', { name: 'Save card' }).click();
  await page
    .getByRole('alert')
    .filter({ hasText: /declined/i })
    .waitFor();

  await page.getByLabel('Card number').fill('4242 4242 4242 4242');
  await page.getByRole('button', { name: 'Save card' }).click();
  await page.getByRole('radio', { checked: true }).filter({ hasText: '4242' }).waitFor();
  await page.getByRole('button', { name: pattern('en', 'customer', 'pay.goAmount') }).click();
  await page.getByRole('heading', { name: say('en', 'customer', 'result.confirmed') }).waitFor();
});

for (const [language, size] of [
  ['el', desktop],
  ['en', phone],
]) {
  /** BOOK-54, PAY-20: what comes back is said before the decision and is what comes back after it. */
  journey(`a booking is cancelled, ${language} at ${size.width}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[1];
    const slot = await freeSlot(visitor.token, court.id, 6);
    await book(visitor.token, court.id, slot);

    const page = await visit({ size, language });
    await arrive(page, language, visitor, '/bookings');
    await page.getByRole('link').filter({ hasText: court.name }).click();
    await page.getByRole('button', { name: say(language, 'customer', 'cancel.open') }).click();
    const dialog = page.getByRole('dialog', { name: say(language, 'customer', 'cancel.title') });
    const refund = (
      await dialog
        .getByText(/\d+[.,]\d\d/)
        .first()
        .innerText()
    ).trim();
    await dialog.getByRole('button', { name: say(language, 'customer', 'cancel.confirm') }).click();

    const told = say(language, 'customer', 'cancel.doneRefund', { amount: refund });
    await page.getByText(told).waitFor();
    await page
      .getByText(say(language, 'ui', 'bookingStatus.CANCELLED'))
      .first()
      .waitFor();
    await page.goto(`/courts/${court.id}?date=${slot.date}`);
    await slotButton(page, language, slot, 'AVAILABLE').waitFor();
  });
}

/** APP-54: a page that lost its connection says so and catches up with what it missed. */
journey('a page that was offline catches up', async ({ visit }) => {
  const visitor = await newCustomer();
  const rival = await signIn(nikos);
  const court = (await demoCourts(visitor.token))[2];
  const slot = await freeSlot(visitor.token, court.id, 7);
  const page = await visit({ size: phone });
  await arrive(page, 'en', visitor, `/courts/${court.id}`);
  await chooseDay(page, 'en', slot.date);
  await slotButton(page, 'en', slot, 'AVAILABLE').waitFor();
  await isLive(page, 'en');
  await page.context().setOffline(true);
  await page
    .getByRole('alert')
    .filter({ hasText: say('en', 'customer', 'nav.offline') })
    .waitFor();
  await book(rival, court.id, slot);
  await page.context().setOffline(false);
  await slotButton(page, 'en', slot, 'BOOKED').waitFor();
  await isLive(page, 'en');
});
