import type { RestSlot } from '@courtside/api';
import { describe, expect, it } from 'vitest';
import { mergeDay } from './mergeDay';

const read: RestSlot[] = [
  { startTime: '10:00:00', endTime: '11:00:00', status: 'AVAILABLE', priceCents: 2000 },
  { startTime: '09:00', endTime: '10:00', status: 'TEMPORARILY_HELD', priceCents: 1800 },
];

describe('a day on screen', () => {
  it('is what was read, in order, until something is heard', () => {
    expect(mergeDay(read, undefined)).toEqual([
      { startTime: '09:00', endTime: '10:00', status: 'HELD', priceCents: 1800 },
      { startTime: '10:00', endTime: '11:00', status: 'AVAILABLE', priceCents: 2000 },
    ]);
  });

  // LIVE-41: the message carries the whole day; prices stay those of the read.
  it('takes times and states from the live day and prices from the read', () => {
    const day = mergeDay(read, [
      { startTime: '10:00', endTime: '11:00', status: 'BOOKED' },
      { startTime: '12:00', endTime: '13:00', status: 'AVAILABLE' },
    ]);
    expect(day).toEqual([
      { startTime: '10:00', endTime: '11:00', status: 'BOOKED', priceCents: 2000 },
      { startTime: '12:00', endTime: '13:00', status: 'AVAILABLE', priceCents: undefined },
    ]);
  });
});
