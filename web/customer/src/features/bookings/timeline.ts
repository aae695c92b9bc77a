/** Pure: states and payment events of a booking as one list in order, without what says nothing to its customer. */
import type { BookingDetail } from '@courtside/api';

export interface TimelineStep {
  kind: 'state' | 'money';
  name: string;
  at: string;
  reason?: string | undefined;
}

const toldMoney = new Set([
  'AUTHENTICATION_REQUIRED',
  'AUTHORIZED',
  'CAPTURED',
  'FAILED',
  'RELEASED',
  'REFUND_INITIATED',
  'REFUND_COMPLETED',
  'REFUND_FAILED',
  'DISPUTED',
  'DISPUTE_WON',
  'DISPUTE_LOST',
]);

export function timelineOf(
  booking: Pick<BookingDetail, 'statusHistory' | 'paymentTimeline'>,
): TimelineStep[] {
  const states = booking.statusHistory.map(({ status, changedAt, reason }): TimelineStep => ({
    kind: 'state',
    name: status,
    at: changedAt,
    reason: reason ?? undefined,
  }));
  const money = booking.paymentTimeline
    .filter(({ event }) => toldMoney.has(event))
    .map(({ event, timestamp }): TimelineStep => ({ kind: 'money', name: event, at: timestamp }));
  return [...states, ...money].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
