/** Holidays: the national ones, the owner's own, and what they close (HOL rules). */
import { answer, problemFromThrown, type Problem } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

export function useNationalHolidays() {
  const api = useApi();
  return useQuery({
    queryKey: ['holidays', 'national'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/holidays/national', { signal }))).holidays,
    staleTime: 300_000,
  });
}

export function useCustomHolidays() {
  const api = useApi();
  return useQuery({
    queryKey: ['holidays', 'custom'],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/api/holidays/custom', { params: { query: { includeInactive: true } }, signal }),
        )
      ).holidays,
  });
}

export function useHolidayCalendar(fromDate: string, toDate: string, courtId: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ['holidays', 'calendar', fromDate, toDate, courtId],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/api/holidays/calendar', { params: { query: { fromDate, toDate, courtId } }, signal }),
        )
      ).entries,
  });
}

/** What a court follows (HOL-50). */
export function useCourtHolidays(courtId: string, year: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['holidays', 'court', courtId, year],
    queryFn: async ({ signal }) =>
      (
        await answer(
          api.GET('/api/courts/{courtId}/holidays', {
            params: { path: { courtId }, query: { year } },
            signal,
          }),
        )
      ).holidays,
  });
}

function useHolidayChange<Input, Result>(send: (input: Input) => Promise<Result>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['holidays'] }),
        queries.invalidateQueries({ queryKey: ['court-settings'] }),
        queries.invalidateQueries({ queryKey: ['availability'] }),
        queries.invalidateQueries({ queryKey: ['bookings'] }),
      ]),
  });
}

export type ConflictChoice = 'SKIP' | 'CANCEL_BOOKINGS' | 'ABORT';

export interface HolidayConflict {
  courtId: string;
  courtName: string;
  date: string;
  holidayName: string;
  existingBookings: {
    bookingId?: string | null;
    customerName?: string | null;
    startTime: string;
    endTime: string;
    amount?: number | null;
  }[];
}

/** HOL-31: the bookings that a refused call names. */
export function conflictsOf(thrown: unknown): HolidayConflict[] {
  if (thrown == null) return [];
  const { conflicts } = problemFromThrown(thrown).details;
  return Array.isArray(conflicts) ? (conflicts as HolidayConflict[]) : [];
}

/** Whether it was refused for bookings that still wait for an answer or a payment (HOL-36). */
export function hasPendingBookings(problem: Problem): boolean {
  return problem.code === 'PENDING_BOOKINGS_ON_DATE';
}

export interface ApplyInput {
  holidayIds: string[];
  courtIds: string[];
  years?: number[] | undefined;
  autoRenew: boolean;
  conflictResolution: ConflictChoice;
}

export function useApplyHolidays() {
  const api = useApi();
  return useHolidayChange((body: ApplyInput) => answer(api.POST('/api/holidays/apply', { body })));
}

export interface HolidayFields {
  nameEl: string;
  nameEn: string | null;
  date: string;
  endDate: string | null;
  startTime: string | null;
  endTime: string | null;
  isRecurring: boolean;
}

export function useSaveHoliday() {
  const api = useApi();
  return useHolidayChange(
    ({
      holidayId,
      applyTo,
      ...body
    }: HolidayFields & {
      holidayId?: string | undefined;
      applyTo?: 'FUTURE_INSTANCES' | 'NONE' | undefined;
    }) =>
      holidayId === undefined
        ? answer(api.POST('/api/holidays/custom', { body }))
        : answer(
            api.PUT('/api/holidays/custom/{holidayId}', {
              params: { path: { holidayId } },
              body: { ...body, applyTo },
            }),
          ),
  );
}

export type BlocksChoice = 'KEEP' | 'DELETE_ALL' | 'DELETE_FUTURE';

/** Removes an own holiday, or with `courtId` ends any holiday on that court. */
export function useRemoveHoliday() {
  const api = useApi();
  return useHolidayChange(
    ({
      holidayId,
      courtId,
      deleteOverrides,
    }: {
      holidayId: string;
      courtId?: string | undefined;
      deleteOverrides: BlocksChoice;
    }) =>
      courtId === undefined
        ? answer(
            api.DELETE('/api/holidays/custom/{holidayId}', {
              params: { path: { holidayId }, query: { deleteOverrides } },
            }),
          )
        : answer(
            api.DELETE('/api/courts/{courtId}/holidays/{holidayId}', {
              params: { path: { courtId, holidayId }, query: { deleteOverrides } },
            }),
          ),
  );
}
