/** Owners' reminder rules: made, read again, changed, deleted, by keyboard and in both languages. */
import assert from 'node:assert/strict';
import { hasNoViolations } from './axe.mjs';
import { newOwner } from './people.mjs';
import * as portal from './portal.mjs';
import { desktop, journey, phone, say, useBrowser } from './world.mjs';

useBrowser();

/** At 200% a page has half the room; nothing may hang out of it sideways (WCAG 1.4.10). */
async function holdsAtDoubleSize(page, size) {
  await page.setViewportSize({ width: Math.max(320, size.width / 2), height: size.height / 2 });
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  assert.ok(content <= window, `the page is ${content} wide in a window of ${window}`);
  await page.setViewportSize(size);
}

for (const [language, size] of [
  ['el', phone],
  ['en', desktop],
]) {
  const text = (key, values) => say(language, 'admin', key, values);
  const name = text('reminders.triggers.PENDING_CONFIRMATION');

  /** ADMIN-37, NOTE-42, NOTE-43, NOTE-47, NOTE-55: rules are kept as they were saved and say in words what they do. */
  journey(`reminder rules, ${language} at ${size.width}`, async ({ visit }) => {
    const person = await newOwner(language);
    const page = await visit({ size, language });
    await portal.arrive(page, language, person, '/admin/settings?part=reminders');
    const rules = page.getByRole('list', { name: text('reminders.title') }).getByRole('listitem');
    const rule = rules.filter({ hasText: name });
    await rules.filter({ hasText: text('reminders.triggers.UNPAID_BOOKING') }).waitFor();
    assert.equal(await rules.count(), 1, 'every owner begins with one rule');

    await page.getByRole('button', { name: text('reminders.new') }).click();
    const form = page.getByRole('dialog', { name: text('reminders.newTitle') });
    await form.getByLabel(text('reminders.trigger')).selectOption({ label: name });
    await form.getByLabel(text('reminders.hoursWaited')).fill('99');
    await form.getByRole('button', { name: text('reminders.save') }).click();
    await form.locator('[aria-invalid=true]').waitFor();
    await form.getByLabel(text('reminders.hoursWaited')).fill('5');
    const words = text('reminders.hours_other', { count: 5 });
    await form.getByRole('status').filter({ hasText: words }).waitFor();
    await hasNoViolations(page, 'the form');
    await form.getByRole('button', { name: text('reminders.save') }).click();
    await form.waitFor({ state: 'detached' });
    await rule.filter({ hasText: words }).waitFor();

    await page.reload();
    await rule.filter({ hasText: words }).waitFor();
    await hasNoViolations(page, 'the rules');
    await holdsAtDoubleSize(page, size);

    const change = rule.getByRole('button', { name: text('reminders.editOne', { name }) });
    await change.focus();
    await page.keyboard.press('Enter');
    const edit = page.getByRole('dialog', { name: text('reminders.editTitle') });
    await edit.getByLabel(text('reminders.hoursWaited')).waitFor();
    await page.keyboard.press('Escape');
    await edit.waitFor({ state: 'detached' });
    await page.waitForFunction(
      (label) => document.activeElement?.ariaLabel === label,
      text('reminders.editOne', { name }),
    );
    await page.keyboard.press('Enter');
    await edit.getByLabel(text('reminders.hoursWaited')).fill('7');
    await edit.getByRole('button', { name: text('reminders.save') }).click();
    await rule.filter({ hasText: text('reminders.hours_other', { count: 7 }) }).waitFor();

    const toggle = rule.getByRole('switch');
    assert.equal(await toggle.isChecked(), true);
    await toggle.focus();
    await page.keyboard.press('Space');
    await page.getByText(text('reminders.active', { count: 1, most: 10 })).waitFor();
    assert.equal(await toggle.isChecked(), false);

    await rule.getByRole('button', { name: text('reminders.removeOne', { name }) }).click();
    const question = page.getByRole('dialog', { name: text('reminders.removeTitle') });
    await question.getByRole('button', { name: text('reminders.remove'), exact: true }).click();
    await rule.waitFor({ state: 'detached' });
    await page.reload();
    await rules.first().waitFor();
    assert.equal(await rules.count(), 1, 'the deleted rule stays away');
  });
}
