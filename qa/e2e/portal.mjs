/** The owners' portal as a person uses it. */
import { identify } from './customer-app.mjs';
import { say } from './world.mjs';

export async function arrive(page, language, person, path = '/admin/') {
  await page.goto(path);
  await page
    .getByRole('button', { name: say(language, 'ui', 'signIn.continueWith', { provider: 'Google' }) })
    .click();
  await identify(page, language, person);
  await page.getByRole('button', { name: say(language, 'admin', 'nav.account') }).waitFor();
}

/** What a booking in the calendar is called: its time, who, how it stands, and where. */
export function bookingName({ startTime, endTime } = {}, court) {
  const range = startTime === undefined ? '\\d\\d:\\d\\d–\\d\\d:\\d\\d' : `${startTime}–${endTime}`;
  return new RegExp(`^${range}, .+, .+, ${court === undefined ? '.+' : court.name}$`);
}

/** A free time in the calendar, offered for a booking of the owner's own. */
export function freeTime(page, language, court, { startTime, endTime }) {
  const name = say(language, 'admin', 'calendar.add', {
    range: `${startTime}–${endTime}`,
    court: court.name,
  });
  return page.getByRole('button', { name });
}

/** What an owner sees of a customer's name. */
export function masked(name) {
  return name.replace(/(\S)\S*/gu, '$1***');
}
