import { describe, expect, it } from 'vitest';
import { MarkerIndex, type MapMarker } from './clusters';

const marker = (id: string, latitude: number, longitude: number): MapMarker => ({
  id,
  latitude,
  longitude,
  label: '€20',
  title: id,
  color: '#000000',
  priceCents: 2000,
});
const greece = { west: 19, south: 34, east: 29, north: 42 };

describe('markers on the map', () => {
  // FIND-24: near markers cluster and split on zoom.
  it('stand together from afar and apart from near', () => {
    const index = new MarkerIndex([
      marker('a', 37.98, 23.72),
      marker('b', 37.99, 23.74),
      marker('c', 40.64, 22.94),
    ]);
    const far = index.visible(greece, 6);
    const cluster = far.find((item) => item.kind === 'cluster');
    expect(cluster).toMatchObject({ count: 2 });
    expect(far.filter((item) => item.kind === 'pin')).toHaveLength(1);
    const opened = index.visible(greece, index.openingZoom((cluster as { id: number }).id));
    expect(opened.filter((item) => item.kind === 'pin')).toHaveLength(3);
  });

  it('never hide one another at street zoom, also at one address', () => {
    const index = new MarkerIndex([marker('a', 37.98, 23.72), marker('b', 37.98, 23.72)]);
    const spots = index.visible(greece, 17).map((item) => {
      if (item.kind !== 'pin') throw new Error('still clustered');
      return item.marker.longitude;
    });
    expect(new Set(spots).size).toBe(2);
  });
});
