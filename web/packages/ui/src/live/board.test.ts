import { describe, expect, it } from 'vitest';
import {
  applyMessage,
  compareInstants,
  emptyBoard,
  type AvailabilitySnapshot,
  type AvailabilityUpdate,
  type LiveSlotStatus,
} from './board';

const slot = (status: LiveSlotStatus) => ({ startTime: '10:00', endTime: '11:00', status });

function snapshot(timestamp: string, status: LiveSlotStatus, dates = ['2026-05-01', '2026-05-02']) {
  return {
    messageType: 'AVAILABILITY_SNAPSHOT',
    courtId: 'court',
    dates: dates.map((date) => ({ date, slots: [slot(status)] })),
    timestamp,
  } satisfies AvailabilitySnapshot;
}

function update(timestamp: string, date: string, status: LiveSlotStatus) {
  return {
    messageType: 'AVAILABILITY_UPDATE',
    courtId: 'court',
    date,
    slots: [slot(status)],
    timestamp,
  } satisfies AvailabilityUpdate;
}

const statusOn = (board: ReturnType<typeof applyMessage>, date: string) => board.get(date)?.slots[0]?.status;

describe('the live board', () => {
  // LIVE-41: the update carries the whole day and replaces it, other days stay.
  it('replaces one day by an update', () => {
    const before = applyMessage(emptyBoard, snapshot('2026-05-01T08:00:00Z', 'AVAILABLE'));
    const after = applyMessage(before, update('2026-05-01T08:00:01Z', '2026-05-01', 'HELD'));
    expect(statusOn(after, '2026-05-01')).toBe('HELD');
    expect(statusOn(after, '2026-05-02')).toBe('AVAILABLE');
  });

  // LIVE-43: an older message for the same day is dropped, also one by microseconds.
  it('drops what is older than what it knows of the day', () => {
    const known = applyMessage(emptyBoard, update('2026-05-01T08:00:00.123456Z', '2026-05-01', 'BOOKED'));
    const late = applyMessage(known, update('2026-05-01T08:00:00.1234Z', '2026-05-01', 'AVAILABLE'));
    expect(late).toBe(known);
    const otherDay = applyMessage(known, update('2026-05-01T07:00:00Z', '2026-05-02', 'BLOCKED'));
    expect(statusOn(otherDay, '2026-05-02')).toBe('BLOCKED');
  });

  it('takes a repeated message without harm', () => {
    const once = applyMessage(emptyBoard, update('2026-05-01T08:00:00Z', '2026-05-01', 'BOOKED'));
    const twice = applyMessage(once, update('2026-05-01T08:00:00Z', '2026-05-01', 'BOOKED'));
    expect(twice).toEqual(once);
  });

  // LIVE-42: after a reconnect the snapshot is the truth, whatever was known.
  it('starts over with a snapshot', () => {
    const known = applyMessage(emptyBoard, snapshot('2026-05-01T08:00:00Z', 'BOOKED'));
    const again = applyMessage(known, snapshot('2026-05-01T08:05:00Z', 'AVAILABLE', ['2026-05-02']));
    expect([...again.keys()]).toEqual(['2026-05-02']);
    expect(statusOn(again, '2026-05-02')).toBe('AVAILABLE');
    const stale = applyMessage(again, update('2026-05-01T08:04:59Z', '2026-05-02', 'BOOKED'));
    expect(stale).toBe(again);
  });

  it('orders instants by every digit', () => {
    expect(compareInstants('2026-05-01T08:00:00Z', '2026-05-01T08:00:00.000001Z')).toBeLessThan(0);
    expect(compareInstants('2026-05-01T08:00:00.5Z', '2026-05-01T08:00:00.45Z')).toBeGreaterThan(0);
    expect(compareInstants('2026-05-01T08:00:00.500Z', '2026-05-01T08:00:00.5Z')).toBe(0);
  });
});
