/** The README's picture: the players' app on a phone before the owners' portal on a desktop. */
import { mkdirSync, statSync } from 'node:fs';
import * as app from '../customer-app.mjs';
import { demoCourts, freeSlot, maria, owner, signIn } from '../people.mjs';
import * as portal from '../portal.mjs';
import { launch, openContext, root, say } from '../world.mjs';

const file = `${root}/docs/images/courtside.png`;
mkdirSync(`${root}/docs/images`, { recursive: true });
const browser = await launch();

const settled = async (page) => {
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  return (await page.screenshot({ animations: 'disabled' })).toString('base64');
};

const token = await signIn(maria);
const court = (await demoCourts(token))[1];
const slot = await freeSlot(token, court.id, 1);

const desk = await (await openContext(browser, { size: { width: 1200, height: 760 } })).newPage();
await portal.arrive(desk, 'en', owner, `/admin/calendar?date=${slot.date}`);
await desk.getByRole('button', { name: portal.bookingName() }).first().waitFor();
await app.isLive(desk, 'en');
// The evening is when courts are full.
await desk
  .getByRole('region', { name: say('en', 'admin', 'calendar.day') })
  .evaluate((region) => region.scrollTo(0, 1_000_000));
const portalPicture = await settled(desk);

const phoneContext = await openContext(browser, {
  size: { width: 360, height: 740 },
  deviceScaleFactor: 1.5,
});
const handset = await phoneContext.newPage();
await app.arrive(handset, 'en', maria, `/courts/${court.id}?date=${slot.date}`);
await app.slotButton(handset, 'en', slot, 'AVAILABLE').click();
await app.isLive(handset, 'en');
await handset
  .getByRole('heading', { name: say('en', 'customer', 'court.times') })
  .evaluate((title) => globalThis.scrollBy(0, title.getBoundingClientRect().top - 190));
const phonePicture = await settled(handset);

const page = await browser.newPage({ viewport: { width: 1400, height: 840 } });
await page.setContent(`
  <style>
    body { margin: 0; height: 840px; position: relative; overflow: hidden;
           background: linear-gradient(135deg, #0f6f48, #0a4f38); }
    img { display: block; }
    .desk { position: absolute; left: 40px; top: 40px; width: 1200px; border-radius: 14px; overflow: hidden;
            box-shadow: 0 18px 50px #0007; }
    .desk img { width: 1200px; }
    .phone { position: absolute; right: 40px; bottom: 30px; width: 340px; border-radius: 40px; overflow: hidden;
             border: 10px solid #14201a; box-shadow: 0 18px 60px #000a; }
    .phone img { width: 340px; }
  </style>
  <div class="desk"><img src="data:image/png;base64,${portalPicture}" alt=""></div>
  <div class="phone"><img src="data:image/png;base64,${phonePicture}" alt=""></div>`);
await page.waitForFunction(() => [...document.images].every((image) => image.complete));
await page.screenshot({ path: file });
await browser.close();
console.log(`${file}: ${Math.round(statSync(file).size / 1024)} KB`);
