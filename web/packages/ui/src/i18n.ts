/**
 * Greek and English for both apps. The shared texts live here under the namespace `ui`; each app brings its
 * own as `app`. The choice is kept on the device and sent with every call as `Accept-Language`.
 */
import type { Language } from '@courtside/api';
import i18next, { type i18n } from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import el from './texts/el.json';
import en from './texts/en.json';

const storedAs = 'courtside.language';

/** Texts by key; nested objects group them. */
export type Texts = { [key: string]: string | Texts };

export function isLanguage(value: unknown): value is Language {
  return value === 'el' || value === 'en';
}

/** APP-58: the device's language when it is Greek or English, else English. */
export function deviceLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}

export function currentLanguage(): Language {
  return isLanguage(i18next.language) ? i18next.language : 'en';
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(storedAs, language);
  await i18next.changeLanguage(language);
}

export function languageWasChosen(): boolean {
  return isLanguage(localStorage.getItem(storedAs));
}

export async function startI18n(app: Record<Language, Texts>): Promise<i18n> {
  const stored = localStorage.getItem(storedAs);
  const mark = (language: string) => {
    document.documentElement.lang = language;
  };
  i18next.on('languageChanged', mark);
  await i18next.use(initReactI18next).init({
    lng: isLanguage(stored) ? stored : deviceLanguage(navigator.languages),
    fallbackLng: 'en',
    ns: ['app', 'ui'],
    defaultNS: 'app',
    fallbackNS: 'ui',
    resources: { el: { ui: el, app: app.el }, en: { ui: en, app: app.en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  return i18next;
}

/** The language shown now; the component renders again when it changes. */
export function useLanguage(): Language {
  const { i18n: instance } = useTranslation();
  return isLanguage(instance.language) ? instance.language : 'en';
}
