import { RuleTester } from 'eslint';
import { describe, it } from 'vitest';
import { noBareText } from './no-bare-text.js';

RuleTester.describe = describe;
RuleTester.it = it;

const rules = new RuleTester({ languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } } });

// ADMIN-60: no text is hard-coded.
rules.run('no-bare-text', noBareText, {
  valid: [
    "<p>{t('court.title')}</p>",
    '<p>· – {count}</p>',
    '<b>Courtside</b>',
    '<img alt="" src="/ball.svg" />',
    '<div className="frame" role="alert" />',
    "notifications.show({ color: 'red', title: t('a.b') })",
    "toastDone(t('court.saved'))",
    '<p>{`${from}–${to}`}</p>',
  ],
  invalid: [
    { code: '<p>Hello there</p>', errors: 1 },
    { code: '<p>Καλημέρα</p>', errors: 1 },
    { code: '<button aria-label="Close" />', errors: 1 },
    { code: "<p>{open ? 'Open' : 'Closed'}</p>", errors: 2 },
    { code: '<p>{`${count} courts`}</p>', errors: 1 },
    { code: "<input placeholder={label ?? 'Your name'} />", errors: 1 },
    { code: "notifications.show({ title: 'Saved' })", errors: 1 },
    { code: "toastDone('Saved')", errors: 1 },
  ],
});
