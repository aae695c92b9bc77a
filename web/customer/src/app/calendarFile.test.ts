import { expect, it } from 'vitest';
import { calendarFile } from './calendarFile';

it('writes instants in UTC and escapes what separates values', () => {
  const file = calendarFile({
    id: 'b-1',
    title: 'Padel, Court 1',
    place: 'Οδός Σόλωνος 5; Αθήνα',
    startsAt: new Date('2026-05-02T15:00:00Z'),
    endsAt: new Date('2026-05-02T16:30:00Z'),
    stampedAt: new Date('2026-05-01T10:00:00.123Z'),
  });
  expect(file.split('\r\n')).toEqual(
    expect.arrayContaining([
      'DTSTART:20260502T150000Z',
      'DTEND:20260502T163000Z',
      'DTSTAMP:20260501T100000Z',
      'SUMMARY:Padel\\, Court 1',
      'LOCATION:Οδός Σόλωνος 5\\; Αθήνα',
    ]),
  );
});
