import type { CourtSummary } from '@courtside/api';
import { describe, expect, it } from 'vitest';
import { narrowed, type Narrowing } from './narrowing';

const court = (id: string, changes: Partial<CourtSummary>) =>
  ({
    id,
    basePriceCents: 2000,
    averageRating: 4,
    availabilityStatus: 'AVAILABLE',
    ...changes,
  }) as CourtSummary;

const courts = [
  court('plain', {}),
  court('dear', { basePriceCents: 2001 }),
  court('unrated', { averageRating: null }),
  court('full', { availabilityStatus: 'FULLY_BOOKED' }),
];
const left = (by: Narrowing) => narrowed(courts, by, ({ id }) => id === 'dear').map(({ id }) => id);

describe('narrowing a result', () => {
  it.each<[Narrowing, string[]]>([
    [{}, ['plain', 'dear', 'unrated', 'full']],
    [{ price: 20 }, ['plain', 'unrated', 'full']],
    [{ rating: 4 }, ['plain', 'dear', 'full']],
    [{ free: true }, ['plain', 'dear', 'unrated']],
    // APP-09: the favourites tab.
    [{ liked: true }, ['dear']],
    [{ price: 20, rating: 4, free: true }, ['plain']],
  ])('by %j', (by, ids) => {
    expect(left(by)).toEqual(ids);
  });
});
