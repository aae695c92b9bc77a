/**
 * The translation files of the web apps are whole: every key in both languages with the same placeholders and no empty
 * text (I18N-08), and every key that a screen names exists. `texts.mjs` alone checks this tree and exits with 1.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const languages = ['el', 'en'];

/** `{ a: { b: 'x' } }` as `Map { 'a.b' => 'x' }`. */
export function flatten(texts, before = '') {
  const flat = new Map();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'object' && value !== null) {
      for (const [below, text] of flatten(value, `${before}${key}.`)) flat.set(below, text);
    } else flat.set(before + key, value);
  }
  return flat;
}

const placeholders = (text) => [...new Set(String(text).match(/\{\{\w+\}\}/g))].sort().join(' ');

/** What is wrong between the two languages of one pair of files. */
export function differences(greek, english) {
  const [el, en] = [flatten(greek), flatten(english)];
  const found = [];
  for (const key of new Set([...el.keys(), ...en.keys()])) {
    if (!el.has(key)) found.push(`${key}: missing in Greek`);
    else if (!en.has(key)) found.push(`${key}: missing in English`);
    else if (String(el.get(key)).trim() === '' || String(en.get(key)).trim() === '')
      found.push(`${key}: empty`);
    // "one day" may leave its number out where "5 days" cannot.
    else if (!key.endsWith('_one') && placeholders(el.get(key)) !== placeholders(en.get(key))) {
      found.push(`${key}: other placeholders in Greek than in English`);
    }
  }
  return found;
}

/** Keys that a source names in full; those put together at run time cannot be told. */
export function namedKeys(source) {
  return [...source.matchAll(/(?:\bt|\bshared|i18nKey=)\(?\s*\{?\s*'([A-Za-z][\w-]*(?:\.[\w-]+)*)'/g)].map(
    (match) => match[1],
  );
}

function filesBelow(folder, wanted) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => wanted.test(file))
    .map((file) => path.join(folder, file));
}

/** All complaints about the apps and packages below `web`. */
export function complaints(web) {
  const found = [];
  const load = (file) => JSON.parse(readFileSync(file, 'utf8'));
  const keysIn = (folder) => {
    const keys = new Set();
    for (const greek of filesBelow(folder, /(^|\/)texts\/el\.json$/)) {
      const english = greek.replace(/el\.json$/, 'en.json');
      if (!existsSync(english)) {
        found.push(`${path.relative(web, english)}: missing`);
        continue;
      }
      const pair = languages.map((language) => load(greek.replace(/el\.json$/, `${language}.json`)));
      for (const problem of differences(...pair)) found.push(`${path.relative(web, greek)}: ${problem}`);
      for (const key of flatten(pair[1]).keys()) keys.add(key.replace(/_(zero|one|two|few|many|other)$/, ''));
    }
    return keys;
  };
  const shared = keysIn(path.join(web, 'packages/ui/src'));
  for (const part of ['packages/ui', 'customer', 'admin']) {
    const folder = path.join(web, part, 'src');
    const known = part === 'packages/ui' ? shared : new Set([...shared, ...keysIn(folder)]);
    for (const file of filesBelow(folder, /\.tsx?$/)) {
      if (file.includes('.test.')) continue;
      for (const key of namedKeys(readFileSync(file, 'utf8'))) {
        if (!known.has(key)) found.push(`${path.relative(web, file)}: no text for '${key}'`);
      }
    }
  }
  return found;
}

if (process.argv[1] === import.meta.filename) {
  const found = complaints(path.resolve(import.meta.dirname, '..'));
  for (const complaint of found) console.error(complaint);
  process.exitCode = found.length > 0 ? 1 : 0;
}
