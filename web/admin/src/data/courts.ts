/** The owner's courts, their day with what is free, and making a new one. */
import { answer, type ApiClient, type Court, type CreateCourtRequest, type DayOfWeek } from '@courtside/api';
import {
  formatTime,
  useApi,
  useCourtBoard,
  useFallbackInterval,
  type LiveSlot,
  type LiveSlotStatus,
} from '@courtside/ui';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

export function useMyCourts(enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: ['courts', 'mine'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/courts/owner/me', { signal }))).courts,
    select: inOrder,
    staleTime: 60_000,
    enabled,
  });
}

/** By name, `Court 2` before `Court 10`. */
function inOrder(courts: Court[]): Court[] {
  const nameOf = (court: Court) => court.name.el ?? court.name.en ?? '';
  return [...courts].sort((one, other) => nameOf(one).localeCompare(nameOf(other), 'el', { numeric: true }));
}

export interface DaySlot {
  startTime: string;
  endTime: string;
  status: LiveSlotStatus;
}

export function dayQuery(api: ApiClient, courtId: string, date: string) {
  return queryOptions({
    queryKey: ['availability', courtId, date],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/courts/{courtId}/availability', {
          params: { path: { courtId }, query: { date } },
          signal,
        }),
      ),
  });
}

/** The live board knows holds at once; days beyond its two weeks come from the read alone (LIVE-42). */
export function daySlots(
  read: readonly { startTime: string; endTime: string; status: string }[] | undefined,
  heard: readonly LiveSlot[] | undefined,
): DaySlot[] {
  return (heard ?? read ?? []).map((slot) => ({
    startTime: formatTime(slot.startTime),
    endTime: formatTime(slot.endTime),
    status: slot.status === 'TEMPORARILY_HELD' ? 'HELD' : (slot.status as LiveSlotStatus),
  }));
}

export function useCourtDay(courtId: string | undefined, date: string) {
  const api = useApi();
  const board = useCourtBoard(courtId);
  const fallback = useFallbackInterval();
  const read = useQuery({
    ...dayQuery(api, courtId ?? '', date),
    enabled: courtId !== undefined,
    refetchInterval: fallback,
  });
  const heard = board.get(date)?.slots;
  const slots = useMemo(() => daySlots(read.data?.slots, heard), [read.data, heard]);
  return { ...read, slots };
}

export interface WeeklyWindow {
  dayOfWeek: DayOfWeek;
  startTime: string;
  endTime: string;
}

export function useCreateCourt() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateCourtRequest) => answer(api.POST('/api/courts', { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['courts'] }),
  });
}

export function useReplaceWindows() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ courtId, windows }: { courtId: string; windows: WeeklyWindow[] }) =>
      answer(
        api.PUT('/api/courts/{courtId}/availability/windows', {
          params: { path: { courtId } },
          body: { windows },
        }),
      ),
    onSettled: (_result, _error, { courtId }) =>
      queries.invalidateQueries({ queryKey: ['availability', courtId] }),
  });
}
