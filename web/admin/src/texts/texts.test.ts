import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import sharedEl from '../../../packages/ui/src/texts/el.json';
import sharedEn from '../../../packages/ui/src/texts/en.json';
import el from './el.json';
import en from './en.json';

function keysOf(texts: object, before = ''): string[] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? keysOf(value as object, `${before}${key}.`)
      : [before + key],
  );
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'));
}

describe('texts', () => {
  // I18N-08: no key exists in one language only.
  it.each([
    ['shared', sharedEl, sharedEn],
    ['app', el, en],
  ])('of the %s part exist in Greek and in English', (_part, greek, english) => {
    expect(keysOf(greek).sort()).toEqual(keysOf(english).sort());
  });

  it('exist for every key that the screens name', () => {
    const known = new Set(
      [...keysOf(en), ...keysOf(sharedEn)].map((key) => key.replace(/_(one|other)$/, '')),
    );
    const root = path.resolve(import.meta.dirname, '..');
    const named = sources(root).flatMap((source) =>
      [...source.matchAll(/\b(?:t|shared)\(\s*'([\w.]+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(named.length).toBeGreaterThan(80);
    expect(named.filter((key) => !known.has(key))).toEqual([]);
  });
});
