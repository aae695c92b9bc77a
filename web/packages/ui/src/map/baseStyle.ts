/**
 * The map that needs nothing from outside: coasts, borders and places out of one small file that is read
 * whole into memory, so that any file server will do. An operator's street map replaces it by a style URL.
 */
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import { PMTiles, Protocol, type RangeResponse, type Source } from 'pmtiles';
import type { Language } from '@courtside/api';
import archiveUrl from './base.pmtiles?url';

/** What the file covers: Greece and the seas around it, west, south, east, north. */
export const baseBounds: [number, number, number, number] = [17.5, 33.5, 30.5, 42.5];

class ArchiveInMemory implements Source {
  private whole: Promise<ArrayBuffer> | undefined;

  getKey(): string {
    return 'courtside-base';
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    this.whole ??= fetch(archiveUrl).then((response) => {
      if (!response.ok) throw new Error(`The base map answered ${response.status}`);
      return response.arrayBuffer();
    });
    return { data: (await this.whole).slice(offset, offset + length) };
  }
}

/** The protocol `pmtiles://`; an operator's style may use it for files of its own. */
export const tileProtocol = new Protocol();
tileProtocol.add(new PMTiles(new ArchiveInMemory()));

const palettes = {
  light: {
    sea: '#cfe3e8',
    land: '#f1f0e8',
    coast: '#a9c6cc',
    border: '#c9c4b2',
    town: '#ddd9c8',
    text: '#4a544e',
    halo: '#f6f5ef',
  },
  dark: {
    sea: '#0f1a20',
    land: '#1d2522',
    coast: '#2c4149',
    border: '#3b443f',
    town: '#2d3833',
    text: '#b9c5be',
    halo: '#151b18',
  },
};

export function baseStyle(scheme: 'light' | 'dark', language: Language): StyleSpecification {
  const palette = palettes[scheme];
  const population: ExpressionSpecification = ['get', 'population'];
  return {
    version: 8,
    sources: {
      base: {
        type: 'vector',
        url: 'pmtiles://courtside-base',
        attribution: 'Natural Earth, GeoNames',
      },
    },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': palette.sea } },
      {
        id: 'coast-glow',
        type: 'line',
        source: 'base',
        'source-layer': 'land',
        paint: { 'line-color': palette.coast, 'line-width': 7, 'line-blur': 7, 'line-opacity': 0.6 },
      },
      {
        id: 'land',
        type: 'fill',
        source: 'base',
        'source-layer': 'land',
        paint: { 'fill-color': palette.land, 'fill-outline-color': palette.coast },
      },
      {
        id: 'borders',
        type: 'line',
        source: 'base',
        'source-layer': 'borders',
        paint: { 'line-color': palette.border, 'line-width': 1.2, 'line-dasharray': [3, 2] },
      },
      {
        // Soft patches where people live stand in for streets that this file does not have.
        id: 'towns',
        type: 'circle',
        source: 'base',
        'source-layer': 'places',
        filter: ['>', population, 4000],
        paint: {
          'circle-color': palette.town,
          'circle-blur': 0.9,
          'circle-opacity': 0.85,
          'circle-radius': [
            'interpolate',
            ['exponential', 2],
            ['zoom'],
            6,
            ['*', 0.004, ['sqrt', population]],
            14,
            ['*', 1.0, ['sqrt', population]],
          ],
        },
      },
      {
        id: 'names',
        type: 'symbol',
        source: 'base',
        'source-layer': 'places',
        filter: ['>=', population, ['step', ['zoom'], 130000, 6.5, 50000, 9, 30000, 10.5, 20000, 11.3, 0]],
        layout: {
          'text-field': ['get', language],
          'text-font': ['Manrope Variable', 'sans-serif'],
          'text-size': ['interpolate', ['linear'], population, 5000, 11.5, 300000, 15],
          'symbol-sort-key': ['-', 0, population],
          'text-padding': 6,
        },
        paint: { 'text-color': palette.text, 'text-halo-color': palette.halo, 'text-halo-width': 1.6 },
      },
    ],
  };
}

/**
 * The operator's map instead of ours: an address with `{z}`, `{x}` and `{y}` names picture tiles, any other one a
 * MapLibre style. Its host must stand in the page policy's image or connect sources.
 */
export function operatorStyle(url: string): StyleSpecification | string {
  if (!url.includes('{z}')) return url;
  return {
    version: 8,
    sources: { streets: { type: 'raster', tiles: [url], tileSize: 256 } },
    layers: [{ id: 'streets', type: 'raster', source: 'streets' }],
  };
}
