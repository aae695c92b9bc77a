/** Which markers stand together at a zoom (FIND-24). Pure: positions in, pins and clusters out. */
import Supercluster from 'supercluster';

export interface MapMarker {
  id: string;
  latitude: number;
  longitude: number;
  /** What stands on the pin, usually the price. */
  label: string;
  /** What a screen reader says, e.g. name, sport and price. */
  title: string;
  color: string;
  /** What a cluster shows the least of, in cents. */
  priceCents: number;
  /** Shown paler: nothing free for what was asked. */
  quiet?: boolean;
}

export type MapItem =
  | { kind: 'pin'; marker: MapMarker }
  | { kind: 'cluster'; id: number; count: number; lowestCents: number; latitude: number; longitude: number };

export interface Bounds {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Beyond this zoom courts of one club still share a place; they fan out instead of clustering. */
export const lastClusterZoom = 15;

interface PinProperties {
  marker: MapMarker;
}

interface ClusterProperties {
  lowestCents: number;
}

export class MarkerIndex {
  private readonly index: Supercluster<PinProperties, ClusterProperties>;

  constructor(markers: readonly MapMarker[]) {
    this.index = new Supercluster<PinProperties, ClusterProperties>({
      radius: 46,
      maxZoom: lastClusterZoom,
      map: ({ marker }) => ({ lowestCents: marker.priceCents }),
      reduce: (together, other) => {
        together.lowestCents = Math.min(together.lowestCents, other.lowestCents);
      },
    });
    this.index.load(
      spread(markers).map((marker) => ({
        type: 'Feature',
        properties: { marker },
        geometry: { type: 'Point', coordinates: [marker.longitude, marker.latitude] },
      })),
    );
  }

  visible(bounds: Bounds, zoom: number): MapItem[] {
    return this.index
      .getClusters([bounds.west, bounds.south, bounds.east, bounds.north], Math.floor(zoom))
      .map((feature) => {
        const [longitude = 0, latitude = 0] = feature.geometry.coordinates;
        return 'cluster' in feature.properties
          ? {
              kind: 'cluster',
              id: feature.properties.cluster_id,
              count: feature.properties.point_count,
              lowestCents: feature.properties.lowestCents,
              latitude,
              longitude,
            }
          : { kind: 'pin', marker: feature.properties.marker };
      });
  }

  /** The zoom at which a cluster falls apart. */
  openingZoom(clusterId: number): number {
    return this.index.getClusterExpansionZoom(clusterId);
  }
}

/** Courts at the very same spot are set around it, far enough apart to be pressed at street zoom. */
function spread(markers: readonly MapMarker[]): MapMarker[] {
  const bySpot = new Map<string, MapMarker[]>();
  for (const marker of markers) {
    const spot = `${marker.latitude.toFixed(4)},${marker.longitude.toFixed(4)}`;
    bySpot.set(spot, [...(bySpot.get(spot) ?? []), marker]);
  }
  return [...bySpot.values()].flatMap((together) =>
    together.length === 1
      ? together
      : together.map((marker, position) => {
          const angle = (2 * Math.PI * position) / together.length;
          const radius = 0.00035 + 0.00008 * together.length;
          return {
            ...marker,
            latitude: marker.latitude + radius * Math.sin(angle),
            longitude:
              marker.longitude + (radius * Math.cos(angle)) / Math.cos((marker.latitude * Math.PI) / 180),
          };
        }),
  );
}
