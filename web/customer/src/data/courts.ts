/** Courts as the services give them: one court, and one day of it kept current by the live board. */
import { answer, type CourtDetail, type PublicCourt } from '@courtside/api';
import {
  formatTime,
  instantOf,
  useApi,
  useCourtBoard,
  useFallbackInterval,
  useLanguage,
  useLiveState,
  useSession,
  type GridSlot,
  type LiveSlot,
} from '@courtside/ui';
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useNow } from '../app/useNow';
import { leastAheadMs } from './leastAhead';
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

/** What a court's page shows. Strangers are told of a club, members of favourites and the owner (FIND-58). */
export type ShownCourt = Omit<PublicCourt, 'clubId' | 'clubName'> &
  Partial<Pick<PublicCourt, 'clubId' | 'clubName'>> &
  Partial<Pick<CourtDetail, 'isFavorite' | 'ownerName'>>;

export function useIsMember(): boolean {
  const { phase, user } = useSession();
  return phase === 'signedIn' && user?.role === 'CUSTOMER';
}

/** A court as the person may see it, signed in or not (APP-64). */
export function useShownCourt(courtId: string) {
  const api = useApi();
  const language = useLanguage();
  const isMember = useIsMember();
  return useQuery({
    queryKey: isMember ? ['courts', courtId, language] : ['public', 'courts', courtId],
    queryFn: ({ signal }): Promise<ShownCourt> => {
      const params = { path: { courtId } };
      return isMember
        ? answer(api.GET('/api/courts/{courtId}', { params, signal }))
        : answer(api.GET('/api/public/courts/{courtId}', { params, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

/** Strangers hear nothing live, so the page reads by itself (APP-64). */
const strangersLookEveryMs = 30_000;

function dayKey(courtId: string, date: string, isMember = true) {
  return isMember
    ? (['availability', courtId, date] as const)
    : (['public', 'availability', courtId, date] as const);
}

/**
 * The slots of a court's day: prices from the read, states from the live board as soon as it knows the day.
 */
export function useCourtDay(courtId: string, date: string) {
  const api = useApi();
  const queries = useQueryClient();
  const isMember = useIsMember();
  const board = useCourtBoard(isMember ? courtId : undefined);
  const { generation } = useLiveState();
  const fallback = useFallbackInterval();
  const now = useNow();
  const read = useQuery({
    queryKey: dayKey(courtId, date, isMember),
    queryFn: ({ signal }) => {
      const params = { path: { courtId }, query: { date } };
      return isMember
        ? answer(api.GET('/api/courts/{courtId}/availability', { params, signal }))
        : answer(api.GET('/api/public/courts/{courtId}/availability', { params, signal }));
    },
    enabled: date !== '',
    refetchInterval: isMember ? fallback : strangersLookEveryMs,
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
    return mergeDay(read.data.slots, heard)
      .map((slot) => ({ slot, startsAt: instantOf(date, slot.startTime, zone).getTime() }))
      .filter(({ startsAt }) => startsAt > now)
      .map(({ slot, startsAt }) => ({ ...slot, past: startsAt < now + leastAheadMs }));
  }, [read.data, heard, zone, date, minute]);

  return { ...read, slots, zone, live: heard !== undefined };
}

function hasUnknownTimes(heard: LiveSlot[] | undefined, read: { startTime: string }[] | undefined): boolean {
  if (heard === undefined || read === undefined) return false;
  const known = new Set(read.map((slot) => formatTime(slot.startTime)));
  return heard.some((slot) => !known.has(formatTime(slot.startTime)));
}
