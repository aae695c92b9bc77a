/** What happens to bookings after they were made: other times, partial refunds, weekly series, receipts. */
import assert from 'node:assert/strict';
import { arrive, chooseDay, pay, payWith, slotButton } from './customer-app.mjs';
import { book, call, demoCourts, freeSlot, newCustomer, nikos, signIn, slotsOf } from './people.mjs';
import { desktop, journey, phone, say, useBrowser } from './world.mjs';

useBrowser();

const athens = (instant) =>
  new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Europe/Athens',
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(instant);

/** A court with a time that is free between so many hours from now, on the wall clock of Athens. */
async function slotBetween(token, courts, leastHours, mostHours) {
  const [from, to] = [leastHours, mostHours].map((hours) => athens(Date.now() + hours * 3_600_000));
  for (const court of courts) {
    for (const date of new Set([from.slice(0, 10), to.slice(0, 10)])) {
      for (const { status, startTime, endTime } of await slotsOf(token, court.id, date)) {
        const at = `${date} ${startTime.slice(0, 5)}`;
        if (status === 'AVAILABLE' && at >= from && at <= to) {
          return { court, slot: { date, startTime: startTime.slice(0, 5), endTime: endTime.slice(0, 5) } };
        }
      }
    }
  }
  throw new Error(`nothing free at ${courts.length} courts between ${from} and ${to}`);
}

/** Two times of one day, the cheaper first. */
async function dearerPair(token, courtId, daysAhead) {
  for (let ahead = daysAhead; ahead < 14; ahead += 1) {
    const date = athens(Date.now() + ahead * 86_400_000).slice(0, 10);
    const free = (await slotsOf(token, courtId, date)).filter((slot) => slot.status === 'AVAILABLE');
    const sorted = free.toSorted((one, other) => one.priceCents - other.priceCents);
    const [cheap, dear] = [sorted[0], sorted.at(-1)];
    if (dear !== undefined && dear.priceCents > cheap.priceCents) {
      const shown = (slot) => ({
        date,
        startTime: slot.startTime.slice(0, 5),
        endTime: slot.endTime.slice(0, 5),
        priceCents: slot.priceCents,
      });
      return [shown(cheap), shown(dear)];
    }
  }
  throw new Error(`one price only at ${courtId}`);
}

const money = (cents, language) =>
  new Intl.NumberFormat(language === 'el' ? 'el-GR' : 'en-IE', {
    style: 'currency',
    currency: 'EUR',
  }).format(cents / 100);

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  const label = `${language} at ${size.width}`;

  /** BOOK-51 to BOOK-53: the difference stands there before, and the booking at its new time afterwards. */
  journey(`a booking moves to a dearer time, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[0];
    const [cheap, dear] = await dearerPair(visitor.token, court.id, 8);
    const booking = await book(visitor.token, court.id, cheap);
    const page = await visit({ size, language });
    await arrive(page, language, visitor, `/bookings/${booking.id}`);
    await page.getByRole('link', { name: say(language, 'customer', 'move.open') }).click();
    await chooseDay(page, language, dear.date);
    await slotButton(page, language, dear, 'AVAILABLE').click();
    const difference = money(dear.priceCents - cheap.priceCents, language);
    await page.getByText(say(language, 'customer', 'move.dearer', { amount: difference })).waitFor();
    await page
      .getByRole('button', {
        name: say(language, 'customer', 'move.pay', { amount: difference }),
      })
      .click();
    await page.waitForURL(`**/bookings/${booking.id}`);
    await page.getByText(`${dear.startTime}–${dear.endTime}`, { exact: true }).waitFor();
    const { body } = await call(`/api/bookings/${booking.id}`, {
      token: visitor.token,
    });
    assert.equal(body.startTime.slice(0, 5), dear.startTime);
    assert.equal(body.totalAmountCents, dear.priceCents);
  });

  /** PAY-20, PAY-22: between 12 and 24 hours before, half of it without the fee comes back, as was said before. */
  journey(`a late cancellation gives back a part, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const instant = (await demoCourts(visitor.token, language)).slice(0, 4);
    const { court, slot } = await slotBetween(visitor.token, instant, 12.5, 23.5);
    const booking = await book(visitor.token, court.id, slot);
    const part = Math.floor((booking.totalAmountCents - Math.round(booking.totalAmountCents / 10)) / 2 + 0.5);
    const page = await visit({ size, language });
    await arrive(page, language, visitor, `/bookings/${booking.id}`);
    await page.getByRole('button', { name: say(language, 'customer', 'cancel.open') }).click();
    const dialog = page.getByRole('dialog', {
      name: say(language, 'customer', 'cancel.title'),
    });
    await dialog.getByText(money(part, language)).first().waitFor();
    await dialog
      .getByRole('button', {
        name: say(language, 'customer', 'cancel.confirm'),
      })
      .click();
    const told = say(language, 'customer', 'cancel.doneRefund', {
      amount: money(part, language),
    });
    await page.getByText(told).waitFor();
    await page
      .getByText(
        say(language, 'customer', 'refund.title', {
          amount: money(part, language),
        }),
      )
      .waitFor();
    await page.goto('/bookings?show=cancelled');
    await page.getByRole('link').filter({ hasText: court.name }).waitFor();
  });

  /** BOOK-34 to BOOK-36, APP-38: what is free is booked, what is not is named with its reason. */
  journey(`a weekly series meets a taken week, ${label}`, async ({ visit }) => {
    const visitor = await newCustomer();
    const court = (await demoCourts(visitor.token, language))[language === 'el' ? 2 : 3];
    const first = await freeSlot(visitor.token, court.id, 9);
    const nextWeek = new Date(`${first.date}T00:00:00Z`);
    nextWeek.setUTCDate(nextWeek.getUTCDate() + 7);
    const taken = { ...first, date: nextWeek.toISOString().slice(0, 10) };
    await book(await signIn(nikos), court.id, taken);
    const page = await visit({ size, language });
    const at = `date=${first.date}&time=${encodeURIComponent(first.startTime)}`;
    await arrive(page, language, visitor, `/courts/${court.id}/book?${at}&weeks=3`);
    await payWith(page, language, 'works');
    await page
      .getByRole('button', {
        name: say(language, 'customer', 'pay.goWeeks', { count: 3 }),
      })
      .click();
    const result = say(language, 'customer', 'series.booked', {
      booked: 2,
      wanted: 3,
    });
    await page.getByRole('heading', { name: result }).waitFor();
    const reason = say(language, 'customer', 'series.reason.TIME_SLOT_UNAVAILABLE');
    await page.getByRole('alert').filter({ hasText: reason }).waitFor();

    await page.getByRole('button', { name: say(language, 'customer', 'series.cancel') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: say(language, 'customer', 'series.cancel') }).click();
    await page.getByText(say(language, 'customer', 'series.cancelled_other', { count: 2 })).waitFor();
  });
}

/** PAY-40: the receipt stands in the app and comes as a PDF. */
journey('a receipt is read and saved', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[1];
  const booking = await book(visitor.token, court.id, await freeSlot(visitor.token, court.id, 9));
  const page = await visit({ size: phone });
  await arrive(page, 'en', visitor, `/bookings/${booking.id}`);
  await page.getByRole('link', { name: say('en', 'customer', 'receipt.title') }).click();
  await page.getByText(money(booking.totalAmountCents, 'en')).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: say('en', 'customer', 'receipt.pdf') }).click(),
  ]);
  assert.match(file.suggestedFilename(), /^courtside-.+\.pdf$/);
});

/** APP-57: a token that ended while someone pays is renewed in silence; nothing typed is lost, nothing paid twice. */
journey('a session is renewed in the middle of paying', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[3];
  const slot = await freeSlot(visitor.token, court.id, 10);
  const page = await visit({ size: desktop });
  const at = `date=${slot.date}&time=${encodeURIComponent(slot.startTime)}`;
  await arrive(page, 'en', visitor, `/courts/${court.id}/book?${at}`);
  await page.getByLabel(say('en', 'customer', 'pay.people'), { exact: true }).fill('3');
  const keys = [];
  await page.route('**/api/bookings', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    keys.push(route.request().headers()['x-idempotency-key']);
    if (keys.length > 1) return route.continue();
    return route.fulfill({
      status: 401,
      json: { error: 'AUTH_TOKEN_EXPIRED', message: 'Expired' },
    });
  });
  await pay(page, 'en', 'works');
  await page.getByRole('heading', { name: say('en', 'customer', 'result.confirmed') }).waitFor();
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1], 'the second try is the same attempt');
  const { body } = await call('/api/bookings?status=CONFIRMED', {
    token: visitor.token,
  });
  assert.deepEqual(
    body.bookings.map((booking) => booking.numberOfPeople),
    [3],
  );
});

/** APP-44, APP-35: an attempt whose answer was never seen is repeated after a reload and not made twice. */
journey('a reload while paying does not pay twice', async ({ visit }) => {
  const visitor = await newCustomer();
  const court = (await demoCourts(visitor.token))[0];
  const slot = await freeSlot(visitor.token, court.id, 11);
  const page = await visit({ size: phone });
  const at = `date=${slot.date}&time=${encodeURIComponent(slot.startTime)}`;
  await arrive(page, 'en', visitor, `/courts/${court.id}/book?${at}`);
  // The services get the call, the page never hears of it.
  await page.route(
    '**/api/bookings',
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await pay(page, 'en', 'works');
  await page
    .getByRole('alert')
    .filter({ hasText: say('en', 'customer', 'pay.failed.unknown') })
    .waitFor();
  await page.goto('/bookings');
  await page.getByRole('link').filter({ hasText: court.name }).waitFor();
  const { body } = await call('/api/bookings?status=CONFIRMED', {
    token: visitor.token,
  });
  assert.equal(body.totalElements, 1);
});
