/**
 * The map of courts: pins with prices, clusters, zoom, and a pin to be placed by hand. Markers are buttons,
 * so the keyboard reaches them; whatever the map shows also stands in a list beside it.
 */
import type { Language } from '@courtside/api';
import { useComputedColorScheme } from '@mantine/core';
import {
  addProtocol,
  AttributionControl,
  LngLatBounds,
  Map as MapLibre,
  Marker,
  NavigationControl,
  setWorkerUrl,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoney } from '../formats';
import { useLanguage } from '../i18n';
import { baseBounds, baseStyle, operatorStyle, tileProtocol } from './baseStyle';
import { MarkerIndex, type Bounds, type MapItem, type MapMarker } from './clusters';
import classes from './CourtMap.module.css';

setWorkerUrl(workerUrl);
addProtocol('pmtiles', tileProtocol.tile);

export interface MapView {
  latitude: number;
  longitude: number;
  zoom: number;
}

export interface CourtMapProps {
  view: MapView;
  markers?: readonly MapMarker[];
  selected?: string | undefined;
  onSelect?: (id: string) => void;
  /** The visible rectangle after the user moved the map, not after `view` changed. */
  onMove?: (bounds: Bounds, centre: { latitude: number; longitude: number }) => void;
  /** A pin the user may drag, for the place of a new court. */
  pin?: { latitude: number; longitude: number } | undefined;
  onPinMove?: (position: { latitude: number; longitude: number }) => void;
  /** Where the viewer stands. */
  you?: { latitude: number; longitude: number } | undefined;
  /** The operator's map, as `operatorStyle` takes it; without it the built-in one. */
  styleUrl?: string | null | undefined;
  /** Something was searched by name: the map goes to the hits when none of them is in view. */
  seeking?: boolean;
  onFailure?: () => void;
}

/** Larger clusters are whole districts, where one price says little. */
const mostWithPrice = 8;

function styleOf(styleUrl: string | null | undefined, scheme: 'light' | 'dark', language: Language) {
  return styleUrl == null ? baseStyle(scheme, language) : operatorStyle(styleUrl);
}

function boundsOf(map: MapLibre): Bounds {
  const bounds = map.getBounds();
  return {
    west: bounds.getWest(),
    south: bounds.getSouth(),
    east: bounds.getEast(),
    north: bounds.getNorth(),
  };
}

export function CourtMap(props: CourtMapProps) {
  const { view, markers, selected, pin, you, styleUrl } = props;
  const { t } = useTranslation('ui');
  const language = useLanguage();
  const scheme = useComputedColorScheme('light');
  const frame = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibre>();
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  // The map is made once; everything that changes is applied to it below.
  useEffect(() => {
    if (frame.current === null) return undefined;
    let made: MapLibre;
    const start = latest.current.view;
    try {
      made = new MapLibre({
        container: frame.current,
        style: styleOf(latest.current.styleUrl, 'light', 'en'),
        center: [start.longitude, start.latitude],
        zoom: start.zoom,
        minZoom: 5,
        maxZoom: 18,
        maxBounds: latest.current.styleUrl == null ? baseBounds : undefined,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
      });
    } catch {
      // No WebGL: the list beside the map has everything.
      latest.current.onFailure?.();
      return undefined;
    }
    made.touchZoomRotate.disableRotation();
    made.addControl(new AttributionControl({ compact: true }), 'bottom-right');
    // It begins unfolded; folded it still names the sources at a press.
    made.once('load', () => {
      made
        .getContainer()
        .querySelector('.maplibregl-ctrl-attrib')
        ?.classList.remove('maplibregl-compact-show');
    });
    setMap(made);
    return () => {
      setMap(undefined);
      // After the clean-ups of the effects below, which still need the map.
      queueMicrotask(() => made.remove());
    };
  }, []);

  useEffect(() => {
    if (map === undefined) return undefined;
    const control = new NavigationControl({ showCompass: false });
    map.addControl(control, 'top-right');
    const name = (part: string, text: string) => {
      const button = map.getContainer().querySelector(`.maplibregl-ctrl-zoom-${part}`);
      button?.setAttribute('aria-label', text);
      button?.setAttribute('title', text);
    };
    name('in', t('map.zoomIn'));
    name('out', t('map.zoomOut'));
    map.getCanvas().setAttribute('aria-label', t('map.label'));
    return () => {
      map.removeControl(control);
    };
  }, [map, t]);

  useEffect(() => {
    map?.setStyle(styleOf(styleUrl, scheme, language));
    // Our own file ends at the borders of the region, an operator's map does not.
    map?.setMaxBounds(styleUrl == null ? baseBounds : null);
  }, [map, styleUrl, scheme, language]);

  const { latitude, longitude, zoom } = view;
  useEffect(() => {
    if (map === undefined) return;
    const centre = map.getCenter();
    if (Math.abs(centre.lat - latitude) < 1e-6 && Math.abs(centre.lng - longitude) < 1e-6) return;
    map.easeTo({ center: [longitude, latitude], zoom, duration: 600 });
  }, [map, latitude, longitude, zoom]);

  useEffect(() => {
    if (map === undefined) return undefined;
    const moved = (event: { originalEvent?: unknown }) => {
      // Movements by the program carry no original event.
      if (event.originalEvent === undefined) return;
      const centre = map.getCenter();
      latest.current.onMove?.(boundsOf(map), { latitude: centre.lat, longitude: centre.lng });
    };
    map.on('moveend', moved);
    return () => {
      map.off('moveend', moved);
    };
  }, [map]);

  const seeking = props.seeking === true;
  useEffect(() => {
    if (map === undefined || !seeking || markers === undefined || markers.length === 0) return;
    const seen = map.getBounds();
    if (markers.some((marker) => seen.contains([marker.longitude, marker.latitude]))) return;
    const hits = new LngLatBounds();
    for (const marker of markers) hits.extend([marker.longitude, marker.latitude]);
    map.fitBounds(hits, { padding: 60, maxZoom: 13.5, duration: 600 });
  }, [map, markers, seeking]);

  const index = useMemo(() => new MarkerIndex(markers ?? []), [markers]);
  useEffect(() => {
    if (map === undefined) return undefined;
    const shown = new Map<string, Marker>();
    const draw = () => {
      const items = index.visible(boundsOf(map), map.getZoom());
      const wanted = new Map(items.map((item) => [keyOf(item), item] as const));
      for (const [key, marker] of shown) {
        if (wanted.has(key)) continue;
        marker.remove();
        shown.delete(key);
      }
      for (const [key, item] of wanted) {
        if (shown.has(key)) continue;
        shown.set(key, item.kind === 'pin' ? drawPin(item.marker) : drawCluster(item));
      }
    };
    const drawPin = (marker: MapMarker) => {
      const element = button(classes.pin ?? '', marker.title);
      element.textContent = marker.label;
      element.style.setProperty('--pin', marker.color);
      if (marker.quiet === true) element.dataset.quiet = 'true';
      element.dataset.court = marker.id;
      markSelected(element, latest.current.selected);
      element.addEventListener('click', () => latest.current.onSelect?.(marker.id));
      return new Marker({ element, anchor: 'bottom' })
        .setLngLat([marker.longitude, marker.latitude])
        .addTo(map);
    };
    const drawCluster = (item: Extract<MapItem, { kind: 'cluster' }>) => {
      const element = button(classes.cluster ?? '', t('map.cluster', { count: item.count }));
      element.textContent = String(item.count);
      if (item.count <= mostWithPrice) {
        const price = document.createElement('span');
        price.className = classes.from ?? '';
        price.textContent = t('map.from', { price: formatMoney(item.lowestCents, language, true) });
        element.append(price);
        element.setAttribute('aria-label', `${element.getAttribute('aria-label')}, ${price.textContent}`);
      }
      element.dataset.size = item.count < 10 ? 'small' : item.count < 40 ? 'middle' : 'large';
      element.addEventListener('click', () => {
        map.easeTo({
          center: [item.longitude, item.latitude],
          zoom: Math.min(17, index.openingZoom(item.id) + 0.3),
          duration: 500,
        });
      });
      return new Marker({ element }).setLngLat([item.longitude, item.latitude]).addTo(map);
    };
    draw();
    map.on('move', draw);
    return () => {
      map.off('move', draw);
      for (const marker of shown.values()) marker.remove();
    };
  }, [map, index, t, language]);

  useEffect(() => {
    for (const element of map?.getContainer().querySelectorAll<HTMLElement>('[data-court]') ?? []) {
      markSelected(element, selected);
    }
  }, [map, selected, index]);

  const pinLatitude = pin?.latitude;
  const pinLongitude = pin?.longitude;
  useEffect(() => {
    if (map === undefined || pinLatitude === undefined || pinLongitude === undefined) return undefined;
    const marker = new Marker({ draggable: latest.current.onPinMove !== undefined, color: '#0f6f48' })
      .setLngLat([pinLongitude, pinLatitude])
      .addTo(map);
    marker.getElement().setAttribute('aria-label', t('map.pin'));
    const place = (position: { lat: number; lng: number }) =>
      latest.current.onPinMove?.({ latitude: position.lat, longitude: position.lng });
    marker.on('dragend', () => place(marker.getLngLat()));
    const pressed = (event: { lngLat: { lat: number; lng: number } }) => place(event.lngLat);
    map.on('click', pressed);
    return () => {
      map.off('click', pressed);
      marker.remove();
    };
  }, [map, pinLatitude, pinLongitude, t]);

  const yourLatitude = you?.latitude;
  const yourLongitude = you?.longitude;
  useEffect(() => {
    if (map === undefined || yourLatitude === undefined || yourLongitude === undefined) return undefined;
    const element = document.createElement('span');
    element.className = classes.you ?? '';
    const marker = new Marker({ element }).setLngLat([yourLongitude, yourLatitude]).addTo(map);
    return () => {
      marker.remove();
    };
  }, [map, yourLatitude, yourLongitude]);

  return <div ref={frame} className={classes.frame} />;
}

function markSelected(element: HTMLElement, selected: string | undefined): void {
  element.toggleAttribute('data-selected', element.dataset.court === selected);
}

function keyOf(item: MapItem): string {
  return item.kind === 'pin' ? item.marker.id : `cluster-${item.id}`;
}

function button(className: string, title: string): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = className;
  element.setAttribute('aria-label', title);
  return element;
}
