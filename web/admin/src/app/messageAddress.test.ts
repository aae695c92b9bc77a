import { describe, expect, it } from 'vitest';
import { messageAddress } from './messageAddress';

const bookingId = '0198c3de-7a10-7000-8000-0000000000aa';
const leads = (deepLink?: string, more = {}) => messageAddress({ data: { deepLink }, ...more });

describe('where a message leads in the portal', () => {
  // ADMIN-31, NOTE-40: `deepLink` is written for all readers, the portal has its own places for what it means.
  it('opens bookings in the calendar, and in the queue when they wait for an answer', () => {
    expect(leads(`/bookings/${bookingId}`)).toBe(`/calendar?booking=${bookingId}`);
    expect(leads(`/bookings/${bookingId}/receipt`)).toBe(`/calendar?booking=${bookingId}`);
    expect(leads(`/bookings/${bookingId}`, { notificationType: 'BOOKING_PENDING_CONFIRMATION' })).toBe(
      `/pending?booking=${bookingId}`,
    );
    expect(messageAddress({ data: { bookingId } })).toBe(`/calendar?booking=${bookingId}`);
  });

  it.each([
    ['/bookings', '/calendar'],
    [`/bookings/recurring/${bookingId}`, '/calendar'],
    [`/courts/${bookingId}`, `/courts/${bookingId}`],
    ['/courts/transfers', '/courts'],
    ['/payouts', '/money'],
    ['/holidays', '/holidays'],
    ['/verification', '/verification'],
    ['/account/data-exports', '/settings'],
    ['/admin/verifications', '/staff/verifications'],
  ])('%s leads to %s', (link, place) => expect(leads(link)).toBe(place));

  // NOTE-17: what is not known is text without a link.
  it.each([
    undefined,
    '',
    '/unlock',
    '//elsewhere.test/bookings',
    'https://elsewhere.test',
    '/courts/../money',
  ])('%s leads nowhere', (link) => expect(leads(link)).toBeUndefined());
});
