import { describe, expect, it } from 'vitest';
import { hoursToShow, nameParts, place, possibleLengths, spanOf } from './layout';

const at = (startTime: string, endTime: string) => spanOf({ startTime, endTime });

describe('the hours of the day calendar', () => {
  it('are whole hours around everything', () => {
    expect(hoursToShow([at('09:30', '11:00'), at('20:00', '22:30')])).toEqual({
      start: 9 * 60,
      end: 23 * 60,
    });
  });

  it('end at midnight when something does (BOOK-23)', () => {
    expect(hoursToShow([at('22:30', '00:00')])).toEqual({ start: 22 * 60, end: 24 * 60 });
  });

  it('are a usual day when nothing is known', () => {
    expect(hoursToShow([])).toEqual({ start: 8 * 60, end: 22 * 60 });
  });
});

describe('the places of bookings in a column', () => {
  const lanes = (...spans: [string, string][]) =>
    place(spans, ([start, end]) => at(start, end)).map(({ entry, lane, lanes }) => [entry[0], lane, lanes]);

  it('fill the width while nothing overlaps; touching ends do not', () => {
    expect(lanes(['10:00', '11:00'], ['11:00', '12:00'])).toEqual([
      ['10:00', 0, 1],
      ['11:00', 0, 1],
    ]);
  });

  // ADMIN-26: a cancelled booking and the one that took its time are both seen.
  it('share the width when two cover the same time', () => {
    expect(lanes(['10:00', '11:30'], ['10:00', '11:30'], ['12:00', '13:00'])).toEqual([
      ['10:00', 0, 2],
      ['10:00', 1, 2],
      ['12:00', 0, 1],
    ]);
  });

  it('use a lane again as soon as it is free', () => {
    expect(lanes(['10:00', '13:00'], ['10:00', '11:00'], ['11:30', '12:30'], ['12:45', '14:00'])).toEqual([
      ['10:00', 0, 2],
      ['10:00', 1, 2],
      ['11:30', 1, 2],
      ['12:45', 1, 2],
    ]);
  });
});

describe('the lengths of a manual booking', () => {
  const slot = (startTime: string, endTime: string, status = 'AVAILABLE') => ({ startTime, endTime, status });

  // BOOK-12: whole multiples of the court's duration, as far as the court is free.
  it('grow by slots until one is taken or missing', () => {
    const day = [
      slot('10:00', '11:30'),
      slot('11:30', '13:00'),
      slot('13:00', '14:30', 'BOOKED'),
      slot('16:00', '17:30'),
    ];
    expect(possibleLengths(day, '10:00')).toEqual([90, 180]);
    expect(possibleLengths(day, '16:00')).toEqual([90]);
    expect(possibleLengths(day, '13:00')).toEqual([]);
    expect(possibleLengths(day, '09:00')).toEqual([]);
  });

  it('stop at the most', () => {
    const day = ['10', '11', '12', '13', '14'].map((hour) => slot(`${hour}:00`, `${Number(hour) + 1}:00`));
    expect(possibleLengths(day, '10:00', 3)).toEqual([60, 120, 180]);
  });
});

describe('a court’s name in a narrow column', () => {
  it('is cut at its last dash', () => {
    expect(nameParts('Padel Kolonaki – Court 2')).toEqual({ place: 'Padel Kolonaki', court: 'Court 2' });
    expect(nameParts('Centre court')).toEqual({ place: undefined, court: 'Centre court' });
  });
});
