/** What somebody sees who has never been here: the landing page, public pages, and the widget on a club's own site. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { hasNoViolations } from './axe.mjs';
import * as app from './customer-app.mjs';
import { call, demoCourts, freeSlot, maria, newcomer, owner, signIn } from './people.mjs';
import * as portal from './portal.mjs';
import { address, desktop, journey, pattern, phone, root, say, useBrowser } from './world.mjs';

useBrowser();

async function demoClub(language) {
  const token = await signIn(maria);
  const courts = await demoCourts(token, language);
  const { body } = await call(`/api/public/courts/${courts[0].id}`);
  return { token, courts, club: body };
}

/** What the head of the document tells others. */
function headOf(page) {
  return page.evaluate(() => ({
    title: document.title,
    open: Object.fromEntries(
      [...document.querySelectorAll('meta[property^="og:"]')].map((tag) => [
        tag.getAttribute('property'),
        tag.getAttribute('content'),
      ]),
    ),
    description: document.querySelector('meta[name="description"]').content,
    canonical: document.querySelector('link[rel="canonical"]')?.href,
    data: [...document.querySelectorAll('script[type="application/ld+json"]')].map((block) =>
      JSON.parse(block.textContent),
    ),
  }));
}

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  const customer = (key, values) => say(language, 'customer', key, values);

  /**
   * APP-63, APP-64, FIND-58, FIND-59: from the landing page over a court's page to a booking, with one sign-in on the way
   * and the chosen time kept through it.
   */
  journey(`first visit to booking, ${language} at ${size.width}`, async ({ visit }) => {
    const page = await visit({ size, language });
    const person = newcomer();
    await page.goto('/');
    await page.getByRole('heading', { level: 1, name: customer('landing.headline') }).waitFor();
    await page.getByRole('heading', { level: 2, name: customer('landing.ownersTitle') }).waitFor();
    const nearby = page.getByRole('region', { name: customer('landing.nearby') });
    await nearby.getByRole('link').first().waitFor();
    await hasNoViolations(page, 'landing');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), size.width, 'no sideways scrolling');

    const tile = nearby.getByRole('link').first();
    const name = await tile.getByRole('heading').textContent();
    await tile.click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    // Far enough ahead that nobody else of these tests is there.
    await page.getByRole('radiogroup', { name: say(language, 'ui', 'days.label') }).locator('label').nth(12).click();
    const slots = page.getByRole('list', { name: pattern(language, 'ui', 'slot.grid') }).getByRole('button');
    await slots.first().waitFor();
    const [start] = /\d\d:\d\d/.exec(await slots.first().getAttribute('aria-label'));
    await slots.first().click();
    await hasNoViolations(page, 'public court');
    assert.deepEqual(
      await page.getByRole('button', { name: pattern(language, 'customer', 'favorites.heart') }).count(),
      0,
      'a stranger has no favourites',
    );
    await page.getByRole('link', { name: customer('court.book'), exact: true }).click();

    await page.getByRole('status').filter({ hasText: customer('welcome.toBook') }).waitFor();
    await app.chooseIdentity(page, language, person);
    await page.getByRole('heading', { name: customer('register.title') }).waitFor();
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: customer('register.go') }).click();
    await page.getByRole('heading', { name: customer('pay.title') }).waitFor();
    const asked = new URL(page.url());
    assert.match(asked.pathname, /^\/courts\/[^/]+\/book$/);
    await page.getByText(new RegExp(`${start}–`)).first().waitFor();
    await app.pay(page, language);
    await page
      .getByRole('heading', { name: customer('result.confirmed') })
      .or(page.getByRole('heading', { name: customer('result.pending') }))
      .waitFor();
    await page.goto('/bookings');
    await page.getByRole('link').filter({ hasText: name }).filter({ hasText: start }).waitFor();
    // Whoever is signed in finds the search where strangers find the landing page.
    await page.goto('/');
    await page.getByRole('searchbox').waitFor();
  });

  /** APP-65: a shared address looks like something, and search engines are told what stands there. */
  journey(`public pages describe themselves, ${language} at ${size.width}`, async ({ visit }) => {
    const { courts, club } = await demoClub(language);
    const page = await visit({ size, language });
    await page.goto(`/courts/${courts[0].id}`);
    await page.getByRole('heading', { level: 1, name: courts[0].name }).waitFor();
    const court = await headOf(page);
    assert.equal(court.title, `${courts[0].name} · Courtside`);
    assert.equal(court.open['og:title'], courts[0].name);
    assert.equal(court.open['og:url'], `${address}/courts/${courts[0].id}`);
    assert.equal(court.canonical, court.open['og:url']);
    assert.match(court.open['og:image'], /^https?:/);
    const [described] = court.data;
    assert.equal(court.data.length, 1);
    assert.equal(described['@type'], 'SportsActivityLocation');
    assert.deepEqual([described.geo.latitude, described.geo.longitude], [club.latitude, club.longitude]);
    assert.equal(described.potentialAction['@type'], 'ReserveAction');

    await page.getByRole('link', { name: customer('court.ofClub', { name: club.clubName }) }).click();
    await page.getByRole('heading', { level: 1, name: club.clubName, exact: true }).waitFor();
    assert.equal(await page.getByRole('main').getByRole('listitem').count(), courts.length);
    await hasNoViolations(page, 'club');
    const head = await headOf(page);
    assert.equal(head.data.length, 1, 'the court does not describe the club');
    assert.equal(head.data[0].containsPlace.length, courts.length);
    assert.equal(head.open['og:title'], club.clubName);
  });
}

/** FIND-58, FIND-60: what is not shown does not exist for strangers either. */
journey('strangers find nothing where nothing is shown', async ({ visit }) => {
  const page = await visit({ size: phone });
  await page.goto('/courts/0198c3de-7a10-7000-8000-0000000000aa');
  await page.getByText(say('en', 'ui', 'problem.goneTitle')).waitFor();
  await page.goto('/clubs/0198c3de-7a10-7000-8000-0000000000aa');
  await page.getByText(say('en', 'customer', 'club.gone')).waitFor();
  await page.goto('/clubs/padel');
  await page.getByText(say('en', 'customer', 'notFound.title')).waitFor();
});

/** SEC-49: a player and an owner are signed in side by side in one browser, and leave one by one. */
journey('two people of one browser keep their own sessions', async ({ visit }) => {
  const page = await visit({ size: desktop });
  await app.arrive(page, 'en', maria);
  await portal.arrive(page, 'en', owner);
  await page.goto('/bookings');
  await page.getByRole('heading', { name: say('en', 'customer', 'bookings.title') }).waitFor();
  await app.signOut(page, 'en');
  await page.goto('/admin/');
  await page.getByRole('button', { name: say('en', 'admin', 'nav.account') }).waitFor();
});

/** A club's own site, at another origin than ours. */
async function clubSite(t, pages) {
  const server = createServer((request, response) => {
    const body = pages[new URL(request.url, 'http://club').pathname];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

const htmlWith = (inside) =>
  `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Club</title><h1>Club</h1>${inside}`;

async function heightOf(page) {
  return page.locator('iframe').evaluate((frame) => frame.getBoundingClientRect().height);
}

/** Waits until the frame is as high as what stands in it, so that nothing of it is cut off and nothing scrolls. */
async function fits(page, frame) {
  const inside = frame.locator('#root');
  const end = Date.now() + 15_000;
  for (;;) {
    const [outer, inner] = [await heightOf(page), (await inside.boundingBox())?.height ?? 0];
    if (inner > 100 && Math.abs(outer - inner) <= 2) return outer;
    assert.ok(Date.now() < end, `the frame is ${outer} high, its content ${inner}`);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  }
}

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  /**
   * APP-66: a club's site shows free times in a frame that grows with them, in the language it asks for, and a time opens
   * its court outside of the frame with that time chosen.
   */
  journey(`a club's site takes bookings, ${language} at ${size.width}`, async ({ visit, t }) => {
    const { token, courts, club } = await demoClub(language);
    const tag = `<script src="${address}/widget.js" data-club="${club.clubId}" data-lang="${language}" async></script>`;
    const site = await clubSite(t, {
      '/': htmlWith(`<main>${tag}</main>`),
      '/demo': readFileSync(`${root}/docs/widget-demo.html`, 'utf8'),
    });
    assert.notEqual(new URL(site).origin, new URL(address).origin);
    const page = await visit({ size, language, baseURL: site });
    await page.goto(`${site}/`);
    const frame = page.frameLocator('iframe');
    await frame.getByRole('heading', { level: 1, name: club.clubName }).waitFor();
    const first = await fits(page, frame);

    // Another court and a day far ahead: other times, another height.
    const slot = await freeSlot(token, courts[2].id, 9);
    await frame.getByRole('combobox').selectOption(courts[2].id);
    await frame.getByRole('button').last().click();
    await frame.locator(`input[value="${slot.date}"]`).check({ force: true });
    const time = frame.getByRole('link').filter({ hasText: slot.startTime });
    await time.waitFor();
    const second = await fits(page, frame);
    assert.ok(first > 150 && second > 150, `${first} and ${second}`);
    await page.setViewportSize({ width: 360, height: 740 });
    const narrow = await fits(page, frame);
    assert.ok(narrow >= second, 'in a narrow column the same times stand higher');
    await page.setViewportSize(size);

    const [opened] = await Promise.all([page.context().waitForEvent('page'), time.click()]);
    await opened.getByRole('heading', { level: 1, name: courts[2].name }).waitFor();
    assert.equal(new URL(opened.url()).origin, new URL(address).origin);
    await app
      .slotButton(opened, language, slot, 'AVAILABLE')
      .and(opened.locator('[aria-pressed="true"]'))
      .waitFor();
    assert.equal(page.url(), `${site}/`, "the club's own page stays where it is");
    assert.deepEqual(await page.context().cookies(address), [], 'the frame leaves no cookie');

    // The demo page of the documentation is such a site.
    await page.goto(`${site}/demo?courtside=${encodeURIComponent(address)}&court=${courts[0].id}&lang=${language}`);
    await frame.getByText(courts[0].name).first().waitFor();
    await fits(page, frame);
    await hasNoViolations(page, 'a site with the widget');
  });
}

/** SEC-46, APP-66: no other page of ours can be framed, and nobody but the frame moves it. */
journey('only the widget can be framed', async ({ visit, t }) => {
  const { club } = await demoClub('en');
  const tag = `<script src="${address}/widget.js" data-club="${club.clubId}"></script>`;
  const site = await clubSite(t, {
    '/': htmlWith(tag),
    '/framing': htmlWith(`<iframe src="${address}/welcome"></iframe><iframe src="${address}/admin/"></iframe>`),
    '/unasked': htmlWith(`<iframe src="${address}/embed.html?club=${club.clubId}&host=http://other.test" height="77"></iframe>`),
  });
  for (const [path, framed] of [
    ['/', "'none'"],
    ['/courts/x', "'none'"],
    ['/admin/', "'none'"],
    ['/embed.html', '*'],
  ]) {
    const { headers } = await fetch(address + path);
    const policy = headers.get('content-security-policy');
    assert.ok(policy.endsWith(`frame-ancestors ${framed}`), `${path}: ${policy}`);
    assert.equal(headers.get('x-frame-options'), framed === '*' ? null : 'DENY', path);
  }
  const page = await visit({ size: desktop, baseURL: site });
  await page.goto(`${site}/`);
  const frame = page.frameLocator('iframe');
  await frame.getByRole('heading', { level: 1, name: club.clubName }).waitFor();
  const height = await fits(page, frame);
  // The page itself, and so any script on it that is not our frame, cannot speak for the frame.
  await page.evaluate(() => {
    window.postMessage({ courtsideHeight: 9 }, '*');
    window.postMessage('done', '*');
    return new Promise((resolve) =>
      addEventListener('message', ({ data }) => data === 'done' && resolve(undefined)),
    );
  });
  assert.equal(await heightOf(page), height);

  // A page that did not ask for the frame by the script is told nothing.
  await page.goto(`${site}/unasked`);
  await page.evaluate(() => {
    globalThis.heard = [];
    addEventListener('message', ({ data }) => globalThis.heard.push(data));
  });
  await frame.getByRole('link').first().waitFor();
  assert.deepEqual(await page.evaluate(() => globalThis.heard), []);

  const framing = await visit({ size: desktop, breaksPolicy: true });
  await framing.goto(`${site}/framing`).catch(() => undefined);
  assert.equal(framing.frames().length, 3);
  for (const inner of framing.frames().slice(1)) {
    assert.ok(!(await inner.content()).includes('id="root"'), `${inner.url()} is not shown`);
  }
});
