/**
 * The page inside of `widget.js`' frame, on a club's own site. It has no session, keeps nothing and reads public data
 * only, so that whoever frames it gains nothing (SEC-46).
 */
import '@fontsource-variable/manrope/index.css';
import { createPublicApi, type Language } from '@courtside/api';
import i18next from 'i18next';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { initReactI18next } from 'react-i18next';
import { reportHeight } from './height';
import { wishOf } from './wish';
import { Widget } from './Widget';
import './widget.css';
import el from './texts/el.json';
import en from './texts/en.json';

const root = document.getElementById('root');
if (root === null) throw new Error('embed.html has no #root');

const wish = wishOf(new URLSearchParams(location.search), navigator.languages);
document.documentElement.lang = wish.language;
// The site around us decides, not the visitor's system: the frame is a part of its page.
if (wish.isDark) document.documentElement.dataset.theme = 'dark';
const api = createPublicApi({ language: (): Language => wish.language });
void i18next
  .use(initReactI18next)
  .init({
    lng: wish.language,
    fallbackLng: 'en',
    ns: ['app'],
    defaultNS: 'app',
    resources: { el: { app: el }, en: { app: en } },
    interpolation: { escapeValue: false },
  })
  .then(() => {
    reportHeight(root, wish.host);
    createRoot(root).render(
      <StrictMode>
        <Widget api={api} wish={wish} />
      </StrictMode>,
    );
  });
