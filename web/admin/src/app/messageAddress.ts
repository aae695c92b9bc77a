/**
 * Where a message leads in the portal. Messages name the addresses of the customer app, where an owner's booking, payout or
 * court stands elsewhere; what has no screen here leads nowhere. Pure.
 */
interface Message {
  notificationType?: string;
  data: { deepLink?: string; bookingId?: string };
}

const id = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';
const booking = new RegExp(`^/bookings/(${id})(?:/|$)`, 'i');
const court = new RegExp(`^/courts/${id}$`, 'i');

const others: [RegExp, string][] = [
  [/^\/bookings(\/|$)/, '/calendar'],
  [/^\/courts\/transfers$/, '/courts'],
  [/^\/payouts(\/|$)/, '/money'],
  [/^\/holidays$/, '/holidays'],
  [/^\/verification$/, '/verification'],
  [/^\/account\//, '/settings'],
  [/^(\/admin)?\/verifications$/, '/staff/verifications'],
];

/** Messages about what still waits for an answer. */
const asks = new Set(['BOOKING_PENDING_CONFIRMATION', 'PENDING_CONFIRMATION_REMINDER']);

export function messageAddress({ notificationType = '', data }: Message): string | undefined {
  const path = (data.deepLink ?? (data.bookingId === undefined ? '' : `/bookings/${data.bookingId}`)).split(
    /[?#]/,
  )[0];
  if (path === undefined || path === '') return undefined;
  const [, bookingId] = booking.exec(path) ?? [];
  if (bookingId !== undefined) {
    return `${asks.has(notificationType) ? '/pending' : '/calendar'}?booking=${bookingId}`;
  }
  if (court.test(path)) return path;
  return others.find(([pattern]) => pattern.test(path))?.[1];
}

/** The paths of the customer app to which a push of the portal may lead; all are led on from here. */
export const messagePaths = [
  '/bookings',
  '/bookings/$',
  '/courts/transfers',
  '/payouts',
  '/account/$',
  '/verifications',
] as const;
