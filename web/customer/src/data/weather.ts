/** The weather of a place at a time. It never holds anything up: after three seconds there is none (APP-07). */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useQuery } from '@tanstack/react-query';

const patienceMs = 3_000;

interface Place {
  latitude: number;
  longitude: number;
}

/** A forecast is about a town, not about a doorstep; rounding lets neighbouring views share it. */
const rounded = (degrees: number) => Math.round(degrees * 20) / 20;

export function useWeather(place: Place, date: string, time: string | undefined, enabled: boolean) {
  const api = useApi();
  const latitude = rounded(place.latitude);
  const longitude = rounded(place.longitude);
  return useQuery({
    queryKey: ['weather', latitude, longitude, date, time ?? 'day'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/weather', {
          params: { query: { latitude, longitude, date, time } },
          signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
        }),
      ),
    enabled,
    retry: false,
    staleTime: 600_000,
  });
}
