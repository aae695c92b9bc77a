/** Where things stand in the day calendar. Pure: minutes since midnight at the courts go in, positions come out. */
import { minutesOf } from '@courtside/ui';

export interface Span {
  start: number;
  end: number;
}

/** A booking ends on its day (BOOK-23), so an end at `00:00` is the day's last minute. */
export function spanOf({ startTime, endTime }: { startTime: string; endTime: string }): Span {
  const end = minutesOf(endTime);
  return { start: minutesOf(startTime), end: end === 0 ? 24 * 60 : end };
}

const usual: Span = { start: 8 * 60, end: 22 * 60 };

/** The whole hours that hold everything; a usual day when there is nothing. */
export function hoursToShow(spans: readonly Span[]): Span {
  if (spans.length === 0) return usual;
  return {
    start: Math.floor(Math.min(...spans.map((span) => span.start)) / 60) * 60,
    end: Math.ceil(Math.max(...spans.map((span) => span.end)) / 60) * 60,
  };
}

export interface Placed<Entry> {
  entry: Entry;
  span: Span;
  /** Counted from 0; entries that overlap stand side by side. */
  lane: number;
  lanes: number;
}

/**
 * Puts entries into as few lanes as each group of overlapping ones needs. Touching ends do not overlap.
 * Active bookings never overlap (BOOK-03), but a cancelled one lies under its successor.
 */
export function place<Entry>(
  entries: readonly Entry[],
  spanOfEntry: (entry: Entry) => Span,
): Placed<Entry>[] {
  const sorted = entries
    .map((entry) => ({ entry, span: spanOfEntry(entry) }))
    .sort((one, other) => one.span.start - other.span.start || other.span.end - one.span.end);
  const placed: Placed<Entry>[] = [];
  let group: Placed<Entry>[] = [];
  let groupEnd = -1;
  let laneEnds: number[] = [];
  const closeGroup = () => {
    for (const member of group) member.lanes = laneEnds.length;
    placed.push(...group);
    group = [];
    laneEnds = [];
  };
  for (const { entry, span } of sorted) {
    if (span.start >= groupEnd) closeGroup();
    const free = laneEnds.findIndex((end) => end <= span.start);
    const lane = free === -1 ? laneEnds.length : free;
    laneEnds[lane] = span.end;
    groupEnd = Math.max(groupEnd, span.end);
    group.push({ entry, span, lane, lanes: 1 });
  }
  closeGroup();
  return placed;
}

/** Lengths a booking from `startTime` may have: whole multiples of the slot while the following ones are free. */
export function possibleLengths(
  slots: readonly { startTime: string; endTime: string; status: string }[],
  startTime: string,
  most = 4,
): number[] {
  const lengths: number[] = [];
  const first = slots.findIndex((slot) => slot.startTime === startTime);
  if (first === -1) return lengths;
  const { start } = spanOf(slots[first] as { startTime: string; endTime: string });
  let expected = start;
  for (const slot of slots.slice(first)) {
    const span = spanOf(slot);
    if (slot.status !== 'AVAILABLE' || span.start !== expected || lengths.length === most) break;
    lengths.push(span.end - start);
    expected = span.end;
  }
  return lengths;
}

/** `Club – Court 2` in two parts, so that columns show what differs first. */
export function nameParts(name: string): { place: string | undefined; court: string } {
  const cut = name.lastIndexOf(' – ');
  return cut === -1
    ? { place: undefined, court: name }
    : { place: name.slice(0, cut), court: name.slice(cut + 3) };
}
