import { describe, expect, it } from 'vitest';
import { canMove, fitsAt } from './moving';

const slot = (startTime: string, endTime: string, status = 'AVAILABLE') => ({ startTime, endTime, status });

describe('moving a booking', () => {
  // BOOK-51: a customer's booking is the customer's to move.
  it('is for what the owner has entered and what has not begun', () => {
    expect(canMove({ status: 'CONFIRMED', isManual: true }, false)).toBe(true);
    expect(canMove({ status: 'CONFIRMED', isManual: false }, false)).toBe(false);
    expect(canMove({ status: 'CONFIRMED', isManual: true }, true)).toBe(false);
    expect(canMove({ status: 'CANCELLED', isManual: true }, false)).toBe(false);
  });

  it('needs the whole length free in one piece', () => {
    const day = [
      slot('18:00', '19:00'),
      slot('19:00', '20:00'),
      slot('20:00', '21:00', 'BOOKED'),
      slot('21:00', '22:00'),
    ];
    expect(fitsAt(day, '18:00', 60)).toBe(true);
    expect(fitsAt(day, '18:00', 120)).toBe(true);
    expect(fitsAt(day, '19:00', 120)).toBe(false);
    expect(fitsAt(day, '21:00', 120)).toBe(false);
    expect(fitsAt(day, '20:00', 60)).toBe(false);
  });
});
