/** Pure: what the address of the frame asks for. Whatever makes no sense is as if it were not there. */
import type { Language } from '@courtside/api';

export interface Wish {
  court?: string | undefined;
  club?: string | undefined;
  language: Language;
  /** Whether the site around the frame is dark. */
  isDark: boolean;
  /** The origin of the page around the frame, the only one that is told how high it is. */
  host?: string | undefined;
}

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function idOf(text: string | null): string | undefined {
  return text !== null && uuidPattern.test(text) ? text : undefined;
}

function originOf(text: string | null): string | undefined {
  if (text === null || !/^https?:\/\//.test(text)) return undefined;
  return URL.canParse(text) && new URL(text).origin === text ? text : undefined;
}

/** The asked language, else the visitor's, else English. */
function languageOf(asked: string | null, preferred: readonly string[]): Language {
  for (const tag of [asked, ...preferred]) {
    const primary = tag?.toLowerCase().split('-')[0];
    if (primary === 'el' || primary === 'en') return primary;
  }
  return 'en';
}

export function wishOf(search: URLSearchParams, preferred: readonly string[]): Wish {
  return {
    court: idOf(search.get('court')),
    club: idOf(search.get('club')),
    language: languageOf(search.get('lang'), preferred),
    isDark: search.get('theme') === 'dark',
    host: originOf(search.get('host')),
  };
}
