import { expect, it } from 'vitest';
import { deviceLanguage } from './i18n';

// APP-58: the device's language if Greek or English, else English; I18N-04: the next supported one in the list.
it.each([
  [['el-GR', 'en'], 'el'],
  [['de-DE', 'el', 'en'], 'el'],
  [['en-US', 'el'], 'en'],
  [['fr', 'de'], 'en'],
  [[], 'en'],
] as const)('a device that prefers %j gets %s', (preferred, language) => {
  expect(deviceLanguage(preferred)).toBe(language);
});
