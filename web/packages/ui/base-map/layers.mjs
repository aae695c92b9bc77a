// Turns world-atlas and places.csv into the GeoJSON layers that make-base-map.sh tiles.
import { readFileSync, writeFileSync } from 'node:fs';
import { feature, mesh } from 'topojson-client';

const save = (name, value) => writeFileSync(name, JSON.stringify(value));
const asFeature = (geometry) => ({ type: 'Feature', properties: {}, geometry });

// The area the app shows, with a margin, so that nothing ends on screen.
const [west, south, east, north] = [12, 31, 34, 45];
const isNear = (points) => points.some(([x, y]) => x > west && x < east && y > south && y < north);

/** Cuts corners three times (Chaikin): the coast has a point every kilometre, which looks hewn in a city. */
function smooth(points, times = 3) {
  if (times === 0) return points;
  const cut = points.slice(0, -1).flatMap(([x, y], position) => {
    const [nextX, nextY] = points[position + 1];
    return [
      [x * 0.75 + nextX * 0.25, y * 0.75 + nextY * 0.25],
      [x * 0.25 + nextX * 0.75, y * 0.25 + nextY * 0.75],
    ];
  });
  const isRing = points[0][0] === points.at(-1)[0] && points[0][1] === points.at(-1)[1];
  return smooth(isRing ? [...cut, cut[0]] : [points[0], ...cut, points.at(-1)], times - 1);
}

const countries = JSON.parse(readFileSync('node_modules/world-atlas/countries-10m.json', 'utf8'));
const polygons = feature(countries, countries.objects.land).features.flatMap(({ geometry }) =>
  geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates,
);
save(
  'land.json',
  asFeature({
    type: 'MultiPolygon',
    coordinates: polygons
      .filter(([outline]) => isNear(outline))
      .map((rings) => rings.map((ring) => (isNear(ring) ? smooth(ring) : ring))),
  }),
);
const borders = mesh(countries, countries.objects.countries, (one, other) => one !== other);
save(
  'borders.json',
  asFeature({
    type: 'MultiLineString',
    coordinates: borders.coordinates.filter(isNear).map((line) => smooth(line)),
  }),
);

const [, ...rows] = readFileSync(process.argv[2], 'utf8').trim().split('\n');
save('places.json', {
  type: 'FeatureCollection',
  features: rows.map((row) => {
    const [el, en, population, longitude, latitude] = row.split(',');
    return {
      type: 'Feature',
      properties: { el, en, population: Number(population) },
      geometry: { type: 'Point', coordinates: [Number(longitude), Number(latitude)] },
    };
  }),
});
