import type { Booking } from '@courtside/api';
import { describe, expect, it } from 'vitest';
import { draftAddress, unpaidManual } from './attention';

const booking = (date: string, more: Partial<Booking> = {}) =>
  ({
    id: date,
    date,
    startTime: '18:00',
    isManual: true,
    status: 'CONFIRMED',
    paymentStatus: 'NOT_REQUIRED',
    ...more,
  }) as Booking;

describe('what needs attention', () => {
  // ADMIN-10
  it('lists unpaid manual bookings, those already played first', () => {
    const found = unpaidManual(
      [
        booking('2026-11-24'),
        booking('2026-11-20', { status: 'COMPLETED' }),
        booking('2026-11-19', { paymentStatus: 'PAID_EXTERNALLY' }),
        booking('2026-11-23', { status: 'CANCELLED' }),
        booking('2026-11-22', { isManual: false }),
      ],
      '2026-11-22',
    );
    expect(found.map(({ date }) => date)).toEqual(['2026-11-20', '2026-11-24']);
  });

  // ADMIN-12: mail with filled subject and booking context; what a guest's name holds stays inside it.
  it('drafts a mail as an address', () => {
    const address = draftAddress({
      to: 'guest+club@example.test',
      subject: 'Your booking: Court 1 & 2',
      body: 'Hello,\n\n100%?&bcc=x@example.test',
    });
    expect(address.startsWith('mailto:guest%2Bclub@example.test?subject=')).toBe(true);
    const asked = new URL(address).searchParams;
    expect(Object.fromEntries(asked)).toEqual({
      subject: 'Your booking: Court 1 & 2',
      body: 'Hello,\n\n100%?&bcc=x@example.test',
    });
  });
});
