/** Pure: lays what the live board says of a day over what the read said. */
import type { RestSlot } from '@courtside/api';
import { formatTime, type LiveSlot, type LiveSlotStatus } from '@courtside/ui';

export interface DaySlot {
  startTime: string;
  endTime: string;
  status: LiveSlotStatus;
  priceCents: number | undefined;
}

/** Both words for a held slot are kept on the wire; screens know one (05, decisions). */
function liveStatus(status: RestSlot['status']): LiveSlotStatus {
  return status === 'TEMPORARILY_HELD' ? 'HELD' : status;
}

export function mergeDay(read: readonly RestSlot[], heard: readonly LiveSlot[] | undefined): DaySlot[] {
  const prices = new Map(read.map((slot) => [formatTime(slot.startTime), slot.priceCents] as const));
  const day: readonly (RestSlot | LiveSlot)[] = heard ?? read;
  return day
    .map((slot) => ({
      startTime: formatTime(slot.startTime),
      endTime: formatTime(slot.endTime),
      status: liveStatus(slot.status as RestSlot['status']),
      priceCents: prices.get(formatTime(slot.startTime)),
    }))
    .sort((one, other) => one.startTime.localeCompare(other.startTime));
}
