import { describe, expect, it } from 'vitest';
import { notificationLink } from './notificationLink';

describe('where a message leads', () => {
  // NOTE-17: a type that nobody knows comes without a path and leads nowhere, whatever it is about.
  it('is its own path or nothing', () => {
    expect(notificationLink({ data: { deepLink: '/bookings/b-1' } })).toBe('/bookings/b-1');
    expect(notificationLink({ data: { bookingId: 'b-1' } })).toBeUndefined();
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'bookings', ''])(
    'is never another place: %s',
    (deepLink) => expect(notificationLink({ data: { deepLink } })).toBeUndefined(),
  );
});
