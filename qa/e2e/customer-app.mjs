/** The customer app as a person uses it: what to press and what then stands there. */
import { pattern, say } from './world.mjs';

/** Presses a provider's button and chooses who to be on its page. */
export async function chooseIdentity(page, language, person, provider = 'Google') {
  const name = say(language, 'ui', 'signIn.continueWith', { provider });
  await page.getByRole('button', { name }).click();
  await identify(page, language, person);
}

/** On the provider's own page: one of the listed people, or another one by name and address. */
export async function identify(page, language, person) {
  await page
    .getByRole('heading', { level: 1 })
    .filter({ hasText: /Google|Apple|Facebook/ })
    .waitFor();
  const listed = page.getByRole('button').filter({ hasText: person.email });
  if ((await listed.count()) > 0) {
    await listed.click();
    return;
  }
  await page.getByText(language === 'el' ? 'Άλλο πρόσωπο' : 'Another person').click();
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel(language === 'el' ? 'Ονοματεπώνυμο' : 'Full name').fill(person.name);
  await page.getByRole('button', { name: language === 'el' ? 'Συνέχεια' : 'Continue' }).click();
}

/** Signs in on the way to an address of the app. */
export async function arrive(page, language, person, path = '/') {
  await page.goto(`/welcome?to=${encodeURIComponent(path)}`);
  await chooseIdentity(page, language, person);
  await signedIn(page, language);
}

/** Phones have the profile in the bar at the bottom, desktops a menu at the top. */
function accountControl(page, language) {
  return page
    .getByRole('button', { name: say(language, 'customer', 'nav.account') })
    .or(
      page
        .getByRole('navigation', {
          name: say(language, 'customer', 'nav.label'),
        })
        .getByRole('link', { name: say(language, 'customer', 'nav.profile') }),
    )
    .filter({ visible: true });
}

export async function signedIn(page, language) {
  await accountControl(page, language).waitFor();
}

export async function signOut(page, language) {
  await accountControl(page, language).click();
  const name = say(language, 'customer', 'nav.signOut');
  await page.getByRole('menuitem', { name }).or(page.getByRole('button', { name })).click();
  await page
    .getByRole('heading', {
      name: say(language, 'customer', 'welcome.headline'),
    })
    .waitFor();
}

/** The button of a start time, in the state that a person reads off it. */
export function slotButton(page, language, { startTime, endTime }, status) {
  const label = say(language, 'ui', `slot.${status}`);
  return page.getByRole('button', {
    name: new RegExp(`^${startTime}–${endTime}, ${label}`),
  });
}

/** Chooses a day of the strip by its date. */
export async function chooseDay(page, language, date) {
  // The browser names days itself; its words differ a little from this program's.
  const name = await page.evaluate(
    ([day, locale]) =>
      new Intl.DateTimeFormat(locale, {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        year: 'numeric',
        timeZone: 'UTC',
      }).format(new Date(`${day}T00:00:00Z`)),
    [date, language === 'el' ? 'el-GR' : 'en-IE'],
  );
  const day = page.getByRole('radiogroup', {
    name: say(language, 'ui', 'days.label'),
  });
  await day
    .locator('label')
    .filter({ has: page.getByRole('radio', { name }) })
    .click();
}

/** The page says that it updates by itself. */
export async function isLive(page, language) {
  await page
    .getByRole('status')
    .filter({ hasText: say(language, 'ui', 'live.live') })
    .waitFor();
}

/** From the court's page to the payment: chooses the time and goes on. */
export async function chooseTime(page, language, slot) {
  await slotButton(page, language, slot, 'AVAILABLE').click();
  await page
    .getByRole('link', {
      name: say(language, 'customer', 'court.book'),
      exact: true,
    })
    .click();
  await page.getByRole('heading', { name: say(language, 'customer', 'pay.title') }).waitFor();
}

/** Chooses one of the test cards: `works`, `secure` or `declined`. */
export async function payWith(page, language, card) {
  const hint = say(language, 'customer', `pay.testHint.${card}`);
  await page.getByRole('radio').filter({ hasText: hint }).check();
}

/** Pays with one of the test cards. */
export async function pay(page, language, card = 'works') {
  await payWith(page, language, card);
  await page
    .getByRole('button', {
      name: pattern(language, 'customer', 'pay.goAmount'),
    })
    .click();
}

/** Opens a court's page from its pin on the map, zooming in until the pin stands alone. */
export async function findOnMap(page, language, court) {
  await page.getByRole('searchbox').fill(court.name);
  // The list is the map's twin: one hit there, one pin here.
  const hit = page.getByRole('list').getByRole('link').filter({ hasText: court.name });
  await hit.waitFor();
  const pin = page.getByRole('button', {
    name: new RegExp(`^${court.name}, `),
  });
  await pin.click();
  // The question about times that suit has one too, further up.
  await page.getByRole('button', { name: say(language, 'ui', 'close') }).last().waitFor();
  await page.locator(`[data-court-card="${court.id}"]`).last().click();
  await page.getByRole('heading', { level: 1, name: court.name }).waitFor();
}
