import { describe, expect, it } from 'vitest';
import { timelineOf } from './timeline';

describe('the timeline of a booking', () => {
  it('mixes states and money in order and leaves out what is internal', () => {
    const steps = timelineOf({
      statusHistory: [
        { status: 'CONFIRMED', changedAt: '2026-05-01T10:00:02Z', changedBy: 'SYSTEM' },
        { status: 'CANCELLED', changedAt: '2026-05-02T09:00:00Z', changedBy: 'CUSTOMER', reason: 'Rain' },
      ],
      paymentTimeline: [
        { event: 'BOOKING_CREATED', timestamp: '2026-05-01T10:00:00Z' },
        { event: 'CAPTURED', timestamp: '2026-05-01T10:00:01Z' },
        { event: 'REFUND_INITIATED', timestamp: '2026-05-02T09:00:01.5Z' },
      ],
    });
    expect(steps.map(({ name }) => name)).toEqual(['CAPTURED', 'CONFIRMED', 'CANCELLED', 'REFUND_INITIATED']);
    expect(steps[2]?.reason).toBe('Rain');
  });
});
