/**
 * The browsers of a test: opens pages as a person at a width in a language, and keeps what they showed when
 * a test fails. Knows nothing of what the pages are about.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const address = process.env.COURTSIDE_URL?.replace(/\/$/, '');
assert.ok(address, 'COURTSIDE_URL says where the system runs; qa/run sets it');

const failures = `${root}/.courtside/e2e-failures`;
const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1440, height: 900 };
/** As long as a person would look before calling it broken. */
const patienceMs = 15_000;

export function launch() {
  const executablePath = process.env.CHROMIUM ?? programs.find((program) => existsSync(program));
  assert.ok(executablePath, 'Chromium is missing: apt install chromium, or name one in CHROMIUM');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      // The map is drawn by WebGL, here without a graphics card.
      '--enable-unsafe-swiftshader',
    ],
  });
}

let browser;

/** Call once in a test file that opens pages. */
export function useBrowser() {
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());
}

export async function openContext(from, { size = desktop, language = 'en', ...more } = {}) {
  const context = await from.newContext({
    viewport: size,
    locale: language === 'el' ? 'el-GR' : 'en-GB',
    timezoneId: 'Europe/Athens',
    reducedMotion: 'reduce',
    hasTouch: size.width < 600,
    isMobile: size.width < 600,
    baseURL: address,
    ...more,
  });
  context.setDefaultTimeout(patienceMs);
  return context;
}

/**
 * One test with pages of its own. `visit({size, language})` gives a fresh browser profile's page. Fails also
 * when a page threw an error or broke its own content policy, even if everything looked right.
 */
export function journey(name, work) {
  test(name, async (t) => {
    const pages = [];
    const contexts = [];
    const complaints = [];
    // `breaksPolicy` is for pages that are there to be refused.
    const visit = async ({ breaksPolicy = false, ...how } = {}) => {
      const context = await openContext(browser, how);
      contexts.push(context);
      // The browser's own word about a broken policy, of every page and frame, also where the console stays silent.
      await context.exposeBinding('brokenPolicy', (_source, what) => {
        if (!breaksPolicy) complaints.push(what);
      });
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          void globalThis.brokenPolicy(
            `${event.documentURI} breaks ${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile ?? ''}`,
          );
        });
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => {
        if (!breaksPolicy && message.type() === 'error' && /Content Security Policy/.test(message.text())) {
          complaints.push(message.text());
        }
      });
      pages.push(page);
      return page;
    };
    try {
      await work({ visit, t });
      assert.deepEqual(complaints, [], 'the pages ran without errors');
    } catch (thrown) {
      mkdirSync(failures, { recursive: true });
      const label = name.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '');
      for (const [position, page] of pages.entries()) {
        await page.screenshot({ path: `${failures}/${label}-${position + 1}.png` }).catch(() => undefined);
        t.diagnostic(`page ${position + 1} was at ${page.url()}`);
      }
      for (const complaint of complaints) t.diagnostic(complaint);
      throw thrown;
    } finally {
      for (const context of contexts) await context.close();
    }
  });
}

const read = (path) => JSON.parse(readFileSync(`${root}/web/${path}`, 'utf8'));
const texts = Object.fromEntries(
  ['el', 'en'].map((language) => [
    language,
    {
      customer: read(`customer/src/texts/${language}.json`),
      ui: read(`packages/ui/src/texts/${language}.json`),
      admin: read(`admin/src/texts/${language}.json`),
      staff: read(`admin/src/features/staff/texts/${language}.json`),
    },
  ]),
);

/** What an app says, e.g. `say('el', 'ui', 'signIn.continueWith', { provider: 'Google' })`. */
export function say(language, app, key, values = {}) {
  const found = key.split('.').reduce((part, step) => part?.[step], texts[language][app]);
  assert.equal(typeof found, 'string', `${app} has no text ${key} in ${language}`);
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{{${name}}}`, value), found);
}

/** The same as a pattern, with anything where the placeholders are. */
export function pattern(language, app, key) {
  const parts = say(language, app, key).split(/\{\{\w+\}\}/);
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+'));
}

/** Puts a mark on the page that a reload or a navigation to another document would wipe away. */
export async function markDocument(page) {
  await page.evaluate(() => {
    globalThis.neverReloaded = true;
  });
  return async () => {
    assert.equal(await page.evaluate(() => globalThis.neverReloaded), true, 'the page was not loaded again');
  };
}

/** Whether a person sees the middle of something now: inside the window and under nothing else. */
export async function isUncovered(locator) {
  return locator.evaluate((element) => {
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return top !== null && element.contains(top);
  });
}
