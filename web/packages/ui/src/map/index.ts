/** The map, apart from the rest because MapLibre is heavy: import it lazily, or use `LazyCourtMap`. */
export { CourtMap, type CourtMapProps, type MapView } from './CourtMap';
export type { Bounds, MapMarker } from './clusters';
