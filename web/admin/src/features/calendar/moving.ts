/** Where a booking may go when it is moved. Pure. */
import type { Booking } from '@courtside/api';
import { spanOf } from './layout';

export interface MoveTarget {
  courtId: string;
  date: string;
  startTime: string | undefined;
}

/** Only what the owner has entered and what has not begun. */
export function canMove(booking: Pick<Booking, 'status' | 'isManual'>, hasBegun: boolean): boolean {
  return booking.isManual && booking.status === 'CONFIRMED' && !hasBegun;
}

/** Whether free slots in a row from `startTime` hold the whole length. */
export function fitsAt(
  slots: readonly { startTime: string; endTime: string; status: string }[],
  startTime: string,
  minutes: number,
): boolean {
  const first = slots.findIndex((slot) => slot.startTime === startTime);
  if (first === -1) return false;
  const start = spanOf(slots[first] as { startTime: string; endTime: string }).start;
  let reached = start;
  for (const slot of slots.slice(first)) {
    const span = spanOf(slot);
    if (slot.status !== 'AVAILABLE' || span.start !== reached) return false;
    reached = span.end;
    if (reached >= start + minutes) return true;
  }
  return false;
}
