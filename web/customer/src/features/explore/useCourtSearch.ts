/** The search for courts around a point or inside the visible map (FIND-01 to FIND-15). */
import { answer, type CourtType, type LocationType } from '@courtside/api';
import { useApi, useLanguage, type Bounds } from '@courtside/ui';
import { keepPreviousData, useQuery } from '@tanstack/react-query';

/** Where to look: around a place, or inside the part of the map on screen. */
export type Area =
  | { kind: 'around'; latitude: number; longitude: number; radiusKm: number }
  | { kind: 'box'; latitude: number; longitude: number; box: Bounds };

export interface CourtFilters {
  sport: CourtType | undefined;
  place: LocationType | undefined;
  date: string | undefined;
  time: string | undefined;
  words: string | undefined;
}

/** The most the server gives on one page; nearer courts come first. */
export const pageSize = 100;

export function useCourtSearch(area: Area | undefined, filters: CourtFilters) {
  const api = useApi();
  const language = useLanguage();
  return useQuery({
    queryKey: ['courts', 'search', language, area, filters],
    queryFn: ({ signal }) => {
      if (area === undefined) throw new Error('searching needs an area');
      return answer(
        api.GET('/api/courts', {
          params: {
            query: {
              latitude: area.latitude,
              longitude: area.longitude,
              ...(area.kind === 'around'
                ? { radiusKm: area.radiusKm }
                : {
                    minLat: area.box.south,
                    maxLat: area.box.north,
                    minLng: area.box.west,
                    maxLng: area.box.east,
                  }),
              courtType: filters.sport,
              locationType: filters.place,
              date: filters.date,
              // FIND-09: a time means nothing without its day.
              startTime: filters.date === undefined ? undefined : filters.time,
              q: filters.words,
              size: pageSize,
            },
          },
          signal,
        }),
      );
    },
    enabled: area !== undefined,
    placeholderData: keepPreviousData,
  });
}
