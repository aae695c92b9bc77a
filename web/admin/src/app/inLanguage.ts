/** A bilingual text of a court in the reader's language, or in the other with a mark (I18N-10). */
import type { Language } from '@courtside/api';

export function inLanguage(
  text: { el?: string | null; en?: string | null },
  language: Language,
): { text: string; missing: boolean } | undefined {
  const wanted = text[language];
  if (wanted != null && wanted !== '') return { text: wanted, missing: false };
  const other = text[language === 'el' ? 'en' : 'el'];
  return other != null && other !== '' ? { text: other, missing: true } : undefined;
}
