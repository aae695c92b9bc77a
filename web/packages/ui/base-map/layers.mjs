// Turns world-atlas and places.csv into the GeoJSON layers that make-base-map.sh tiles.
import { readFileSync, writeFileSync } from 'node:fs';
import { feature, mesh } from 'topojson-client';

const atlas = (name) => JSON.parse(readFileSync(`node_modules/world-atlas/${name}.json`, 'utf8'));
const save = (name, value) => writeFileSync(name, JSON.stringify(value));
const asFeature = (geometry) => ({ type: 'Feature', properties: {}, geometry });

const countries = atlas('countries-10m');
save('land.json', feature(countries, countries.objects.land));
save('borders.json', asFeature(mesh(countries, countries.objects.countries, (one, other) => one !== other)));

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
