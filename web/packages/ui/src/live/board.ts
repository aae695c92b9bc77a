/**
 * What a page knows of one court's slots, fed by the availability topic. Pure: a message goes in, the next
 * board comes out. A snapshot replaces everything, an update replaces its day, and whatever is older than
 * what is known of a day is dropped (LIVE-41 to LIVE-43).
 */
export type LiveSlotStatus = 'AVAILABLE' | 'BOOKED' | 'HELD' | 'BLOCKED';

export interface LiveSlot {
  startTime: string;
  endTime: string;
  status: LiveSlotStatus;
  holdExpiresAt?: string | null;
}

export interface AvailabilitySnapshot {
  messageType: 'AVAILABILITY_SNAPSHOT';
  courtId: string;
  dates: { date: string; slots: LiveSlot[] }[];
  timestamp: string;
  traceId?: string;
}

export interface AvailabilityUpdate {
  messageType: 'AVAILABILITY_UPDATE';
  courtId: string;
  date: string;
  slots: LiveSlot[];
  timestamp: string;
  traceId?: string;
}

export type AvailabilityMessage = AvailabilitySnapshot | AvailabilityUpdate;

export interface BoardDay {
  timestamp: string;
  slots: LiveSlot[];
}

export type CourtBoard = ReadonlyMap<string, BoardDay>;

export const emptyBoard: CourtBoard = new Map();

/**
 * Orders two ISO instants in UTC to the last given digit: the services count in microseconds, which
 * `Date` cuts off. Negative when `one` is earlier.
 */
export function compareInstants(one: string, other: string): number {
  const split = (instant: string) => {
    const [, seconds = instant, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(instant) ?? [];
    return { seconds: Date.parse(`${seconds}Z`), fraction: Number(fraction.padEnd(9, '0').slice(0, 9)) };
  };
  const [a, b] = [split(one), split(other)];
  return a.seconds - b.seconds || a.fraction - b.fraction;
}

/** The board after the message; the very same board when the message was dropped. */
export function applyMessage(board: CourtBoard, message: AvailabilityMessage): CourtBoard {
  if (message.messageType === 'AVAILABILITY_SNAPSHOT') {
    return new Map(
      message.dates.map(({ date, slots }) => [date, { timestamp: message.timestamp, slots }] as const),
    );
  }
  const known = board.get(message.date);
  if (known !== undefined && compareInstants(message.timestamp, known.timestamp) < 0) return board;
  return new Map(board).set(message.date, { timestamp: message.timestamp, slots: message.slots });
}
