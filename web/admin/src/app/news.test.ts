import { describe, expect, it } from 'vitest';
import { newsOf } from './news';

describe('what an owner is told of by a toast', () => {
  // ADMIN-31: what customers do is news, what the owner or the clock did is not.
  it.each([
    [{ status: 'PENDING_CONFIRMATION' }, 'waiting'],
    [{ status: 'CONFIRMED', previousStatus: null }, 'booked'],
    [{ status: 'CONFIRMED', previousStatus: 'PENDING_CONFIRMATION' }, undefined],
    [{ status: 'CANCELLED', previousStatus: 'CONFIRMED', cancelledBy: 'CUSTOMER' }, 'cancelled'],
    [{ status: 'CANCELLED', previousStatus: 'CONFIRMED', cancelledBy: 'COURT_OWNER' }, undefined],
    [{ status: 'CANCELLED', previousStatus: 'PENDING_CONFIRMATION', cancelledBy: 'SYSTEM' }, undefined],
    [{ status: 'COMPLETED', previousStatus: 'CONFIRMED' }, undefined],
  ] as const)('%j is %s', (update, news) => {
    expect(newsOf(update)).toBe(news);
  });
});
