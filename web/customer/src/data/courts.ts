/** Courts as the services give them: one court, and one day of it kept current by the live board. */
import { answer } from '@courtside/api';
import {
  formatTime,
  instantOf,
  useApi,
  useCourtBoard,
  useFallbackInterval,
  useLanguage,
  useLiveState,
  type GridSlot,
  type LiveSlot,
} from '@courtside/ui';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useNow } from '../app/useNow';
import { mergeDay } from './mergeDay';

export function useCourt(courtId: string) {
  const api = useApi();
  // Names come in the reader's language.
  const language = useLanguage();
  return useQuery({
    queryKey: ['courts', courtId, language],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/courts/{courtId}', { params: { path: { courtId } }, signal })),
    placeholderData: keepPreviousData,
  });
}

function dayKey(courtId: string, date: string) {
  return ['availability', courtId, date] as const;
}

/**
 * The slots of a court's day: prices from the read, states from the live board as soon as it knows the day.
 */
export function useCourtDay(courtId: string, date: string) {
  const api = useApi();
  const queries = useQueryClient();
  const board = useCourtBoard(courtId);
  const { generation } = useLiveState();
  const fallback = useFallbackInterval();
  const now = useNow();
  const read = useQuery({
    queryKey: dayKey(courtId, date),
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/courts/{courtId}/availability', {
          params: { path: { courtId }, query: { date } },
          signal,
        }),
      ),
    enabled: date !== '',
    refetchInterval: fallback,
  });

  // APP-54: what was missed while the connection was down is read again.
  useEffect(() => {
    if (generation > 1) void queries.invalidateQueries({ queryKey: ['availability', courtId] });
  }, [generation, courtId, queries]);

  const heard = board.get(date)?.slots;
  const unknownTimes = hasUnknownTimes(heard, read.data?.slots);
  useEffect(() => {
    // The day has other times than the read knew, so prices are missing: read them.
    if (unknownTimes) void queries.invalidateQueries({ queryKey: dayKey(courtId, date) });
  }, [unknownTimes, courtId, date, queries]);

  const zone = read.data?.timezone;
  const minute = Math.floor(now.getTime() / 60_000);
  const slots = useMemo((): GridSlot[] => {
    if (read.data === undefined || zone === undefined) return [];
    const now = minute * 60_000;
    return (
      mergeDay(read.data.slots, heard)
        .map((slot) => ({ slot, startsAt: instantOf(date, slot.startTime, zone).getTime() }))
        .filter(({ startsAt }) => startsAt > now)
        // BOOK-10: less than an hour ahead cannot be booked any more.
        .map(({ slot, startsAt }) => ({ ...slot, past: startsAt < now + 3_600_000 }))
    );
  }, [read.data, heard, zone, date, minute]);

  return { ...read, slots, zone, live: heard !== undefined };
}

function hasUnknownTimes(heard: LiveSlot[] | undefined, read: { startTime: string }[] | undefined): boolean {
  if (heard === undefined || read === undefined) return false;
  const known = new Set(read.map((slot) => formatTime(slot.startTime)));
  return heard.some((slot) => !known.has(formatTime(slot.startTime)));
}
