/** When a court is open: its weekly windows and the dates that are taken out of them. */
import { answer, type CreateOverrideRequest } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { WeeklyWindow } from './courts';

export function useWindows(courtId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['court-settings', courtId, 'windows'],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/api/courts/{courtId}/availability/windows', { params: { path: { courtId } }, signal }),
        )
      ).windows,
  });
}

export function useOverrides(courtId: string, fromDate: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['court-settings', courtId, 'overrides', fromDate],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/api/courts/{courtId}/availability/overrides', {
            params: { path: { courtId }, query: { fromDate } },
            signal,
          }),
        )
      ).overrides,
  });
}

function readAgain(queries: QueryClient, courtId: string) {
  return Promise.all([
    queries.invalidateQueries({ queryKey: ['court-settings', courtId] }),
    queries.invalidateQueries({ queryKey: ['availability', courtId] }),
    queries.invalidateQueries({ queryKey: ['holidays', 'calendar'] }),
    queries.invalidateQueries({ queryKey: ['bookings'] }),
  ]);
}

export function useSaveWindows(courtId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { windows: WeeklyWindow[]; confirmed?: boolean }) =>
      answer(api.PUT('/api/courts/{courtId}/availability/windows', { params: { path: { courtId } }, body })),
    onSettled: () => readAgain(queries, courtId),
  });
}

/** Adds a closure, or changes the one with `overrideId`. */
export function useSaveOverride(courtId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ overrideId, ...body }: CreateOverrideRequest & { overrideId?: string | undefined }) =>
      overrideId === undefined
        ? answer(
            api.POST('/api/courts/{courtId}/availability/overrides', { params: { path: { courtId } }, body }),
          )
        : answer(
            api.PUT('/api/courts/{courtId}/availability/overrides/{overrideId}', {
              params: { path: { courtId, overrideId } },
              body,
            }),
          ),
    onSettled: () => readAgain(queries, courtId),
  });
}

export function useRemoveOverride(courtId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (overrideId: string) =>
      answer(
        api.DELETE('/api/courts/{courtId}/availability/overrides/{overrideId}', {
          params: { path: { courtId, overrideId } },
        }),
      ),
    onSettled: () => readAgain(queries, courtId),
  });
}
