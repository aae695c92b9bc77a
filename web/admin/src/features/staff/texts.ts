/** The words of the staff's screens. They are loaded with the screens, since owners never read them. */
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import el from './texts/el.json';
import en from './texts/en.json';

i18next.addResourceBundle('el', 'staff', el);
i18next.addResourceBundle('en', 'staff', en);

export function useStaffTexts() {
  return useTranslation('staff');
}
