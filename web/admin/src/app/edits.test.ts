import { describe, expect, it } from 'vitest';
import { changedFields, differences, firstChoices, merged } from './edits';

const base = { name: 'Court 1', price: 1800, amenities: ['WIFI'] };

describe('two edits of one thing', () => {
  // ADMIN-47: field by field, keep mine, keep theirs or merge.
  it('lists only what differs, and says who changed it', () => {
    const mine = { ...base, price: 2000 };
    const theirs = { ...base, name: 'Court A', price: 2200 };
    expect(differences(base, mine, theirs)).toEqual([
      { field: 'name', mine: 'Court 1', theirs: 'Court A', contested: false },
      { field: 'price', mine: 2000, theirs: 2200, contested: true },
    ]);
  });

  it('proposes a merge that loses nobody’s untouched work', () => {
    const mine = { ...base, price: 2000 };
    const theirs = { ...base, amenities: ['WIFI', 'CAFE'] };
    const choices = firstChoices(base, mine, theirs);
    expect(choices).toEqual({ price: 'mine', amenities: 'theirs' });
    expect(merged(mine, theirs, choices)).toEqual({
      name: 'Court 1',
      price: 2000,
      amenities: ['WIFI', 'CAFE'],
    });
  });

  it('takes all of one side when asked to', () => {
    const mine = { ...base, name: 'Mine', price: 1 };
    const theirs = { ...base, name: 'Theirs', price: 2 };
    expect(merged(mine, theirs, { name: 'mine', price: 'mine' })).toEqual(mine);
    expect(merged(mine, theirs, { name: 'theirs', price: 'theirs' })).toEqual(theirs);
  });

  it('knows what was changed at all', () => {
    expect(changedFields(base, { ...base, amenities: ['WIFI'] })).toEqual([]);
    expect(changedFields(base, { ...base, amenities: [] })).toEqual(['amenities']);
  });
});
