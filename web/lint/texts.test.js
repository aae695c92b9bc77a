import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { complaints, differences, namedKeys } from './texts.mjs';

describe('the check of the translation files', () => {
  // I18N-08: a key that exists in one language only fails.
  it('finds what one language lacks', () => {
    expect(differences({ a: { b: 'α', c: 'γ' } }, { a: { b: 'a' } })).toEqual(['a.c: missing in English']);
    expect(differences({}, { a: 'a' })).toEqual(['a: missing in Greek']);
    expect(differences({ a: '' }, { a: 'a' })).toEqual(['a: empty']);
    expect(differences({ a: '{{count}} ώρες' }, { a: '{{hours}} hours' })).toHaveLength(1);
    expect(differences({ a_one: 'μία ώρα' }, { a_one: '{{count}} hour' })).toEqual([]);
  });

  it('reads the keys that a screen names', () => {
    expect(namedKeys(`t('court.title') shared( 'retry') t(\`x.\${y}\`) useSearch('z')`)).toEqual([
      'court.title',
      'retry',
    ]);
  });

  // I18N-08, ADMIN-60: both languages of both apps are whole, and no screen names a text that is not there.
  it('has nothing to say about this tree', () => {
    expect(complaints(path.resolve(import.meta.dirname, '..'))).toEqual([]);
  });
});
