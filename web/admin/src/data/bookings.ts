/** The owner's bookings: one day of all courts, what waits for an answer, one booking, and its changes. */
import {
  answer,
  problemFromThrown,
  type ApiClient,
  type Booking,
  type BulkActionRequest,
  type CreateManualBookingRequest,
  type ExternalMethod,
} from '@courtside/api';
import { useApi, useFallbackInterval, useLiveState } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { idempotencyKeys } from '../app/services';

const largestPage = 100;

type Page = { bookings: Booking[]; totalPages: number };

/** Reads every page: a day and a queue are looked at as a whole. */
async function allPages(read: (page: number) => Promise<Page>): Promise<Booking[]> {
  const first = await read(0);
  const rest = await Promise.all(
    Array.from({ length: Math.max(0, first.totalPages - 1) }, (_unused, index) => read(index + 1)),
  );
  return [first, ...rest].flatMap((page) => page.bookings);
}

/** The bookings of all own courts, or of one, from a day to a day. */
export function useBookingsBetween(fromDate: string, toDate: string, courtId?: string) {
  const api = useApi();
  const fallback = useFallbackInterval();
  return useQuery({
    queryKey: ['bookings', 'between', fromDate, toDate, courtId],
    queryFn: ({ signal }) =>
      allPages((page) =>
        answer(
          api.GET('/api/bookings', {
            params: { query: { fromDate, toDate, courtId, sort: 'date,asc', page, size: largestPage } },
            signal,
          }),
        ),
      ),
    refetchInterval: fallback,
  });
}

/** BOOK-32: what waits for the owner, the most urgent first. Also feeds the badge in the navigation. */
export function usePendingBookings(enabled = true) {
  const api = useApi();
  const fallback = useFallbackInterval();
  return useQuery({
    queryKey: ['bookings', 'pending'],
    queryFn: ({ signal }) =>
      allPages((page) =>
        answer(api.GET('/api/bookings/pending', { params: { query: { page, size: largestPage } }, signal })),
      ),
    select: byDeadline,
    refetchInterval: fallback,
    enabled,
  });
}

function byDeadline(bookings: Booking[]): Booking[] {
  const deadline = (booking: Booking) =>
    booking.confirmationDeadline == null ? Infinity : Date.parse(booking.confirmationDeadline);
  return [...bookings].sort((one, other) => deadline(one) - deadline(other));
}

export function useBooking(bookingId: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ['bookings', 'one', bookingId],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/bookings/{bookingId}', { params: { path: { bookingId: bookingId ?? '' } }, signal }),
      ),
    enabled: bookingId !== undefined,
  });
}

/** APP-54 for the portal: what was missed while the connection was down is read again. */
export function useCatchUp() {
  const queries = useQueryClient();
  const { generation } = useLiveState();
  useEffect(() => {
    if (generation <= 1) return;
    void queries.invalidateQueries({ queryKey: ['bookings'] });
    void queries.invalidateQueries({ queryKey: ['availability'] });
    void queries.invalidateQueries({ queryKey: ['reminders', 'alerts'] });
    void queries.invalidateQueries({ queryKey: ['notifications'] });
  }, [generation, queries]);
}

/** One change of a booking. The key stays the same until an answer came, so a retry never acts twice. */
function useChange<Input, Result>(
  action: (input: Input) => string,
  send: (api: ApiClient, input: Input, headers: { 'X-Idempotency-Key': string }) => Promise<Result>,
) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationKey: ['change-booking'],
    mutationFn: (input: Input) =>
      send(api, input, { 'X-Idempotency-Key': idempotencyKeys.keyFor(action(input), input) }),
    onSuccess: (_result, input) => idempotencyKeys.settle(action(input)),
    onError: (thrown, input) => {
      // Without an answer the change may have happened: the next try is the same one.
      const { kind } = problemFromThrown(thrown);
      if (!['offline', 'slow', 'unavailable', 'failure'].includes(kind)) {
        idempotencyKeys.settle(action(input));
      }
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['bookings'] }),
        queries.invalidateQueries({ queryKey: ['availability'] }),
        queries.invalidateQueries({ queryKey: ['reminders', 'alerts'] }),
      ]),
  });
}

export function useConfirmBooking() {
  return useChange(
    ({ bookingId }: { bookingId: string; message?: string }) => `confirm ${bookingId}`,
    (api, { bookingId, message }, headers) =>
      answer(
        api.POST('/api/bookings/{bookingId}/confirm', {
          params: { path: { bookingId } },
          headers,
          body: message === undefined ? {} : { message },
        }),
      ),
  );
}

export function useRejectBooking() {
  return useChange(
    ({ bookingId }: { bookingId: string; reason: string }) => `reject ${bookingId}`,
    (api, { bookingId, reason }, headers) =>
      answer(
        api.POST('/api/bookings/{bookingId}/reject', {
          params: { path: { bookingId } },
          headers,
          body: { reason },
        }),
      ),
  );
}

export function useCancelBooking() {
  return useChange(
    ({ bookingId }: { bookingId: string; reason?: string }) => `cancel ${bookingId}`,
    (api, { bookingId, reason }, headers) =>
      answer(
        api.POST('/api/bookings/{bookingId}/cancel', {
          params: { path: { bookingId }, header: headers },
          body: reason === undefined ? {} : { reason },
        }),
      ),
  );
}

export function useManualBooking() {
  return useChange(
    (_body: CreateManualBookingRequest) => 'manual',
    (api, body, headers) => answer(api.POST('/api/bookings/manual', { headers, body })),
  );
}

/** BOOK-50. */
export function useMarkPaid() {
  return useChange(
    ({ bookingId }: { bookingId: string; paymentMethod: ExternalMethod; notes?: string }) =>
      `paid ${bookingId}`,
    (api, { bookingId, paymentMethod, notes }, headers) =>
      answer(
        api.POST('/api/bookings/{bookingId}/mark-paid', {
          params: { path: { bookingId } },
          headers,
          body: { paymentMethod, notes },
        }),
      ),
  );
}

/** BOOK-63. */
export function useFlagNoShow() {
  return useChange(
    ({ bookingId }: { bookingId: string }) => `no-show ${bookingId}`,
    (api, { bookingId }, headers) =>
      answer(
        api.POST('/api/bookings/{bookingId}/no-show', { params: { path: { bookingId } }, headers, body: {} }),
      ),
  );
}

/** BOOK-31: each booking by itself; the answer tells one by one. */
export function useAnswerMany() {
  return useChange(
    (_input: BulkActionRequest) => 'bulk',
    (api, body, headers) => answer(api.POST('/api/bookings/bulk-action', { headers, body })),
  );
}

/**
 * Moves a booking that the owner has entered: it is entered at its new time first and called off at the old one after, so
 * that it is never lost. `oldStands` tells that the second step failed.
 */
export function useMoveManualBooking() {
  const queries = useQueryClient();
  const api = useApi();
  return useMutation({
    mutationKey: ['change-booking'],
    mutationFn: async (wanted: { booking: Booking; courtId: string; date: string; startTime: string }) => {
      const { booking, courtId, date, startTime } = wanted;
      const path = { bookingId: booking.id };
      const detail = await answer(api.GET('/api/bookings/{bookingId}', { params: { path } }));
      const action = `move ${booking.id}`;
      const entered = await answer(
        api.POST('/api/bookings/manual', {
          headers: { 'X-Idempotency-Key': idempotencyKeys.keyFor(action, { courtId, date, startTime }) },
          body: {
            courtId,
            date,
            startTime,
            durationMinutes: booking.durationMinutes,
            customerName: detail.customerName,
            customerPhone: detail.customerPhone,
            customerEmail: detail.customerEmail,
            notes: detail.notes,
          },
        }),
      );
      const newId = 'bookingId' in entered ? entered.bookingId : undefined;
      const paid = detail.externalPayment;
      try {
        if (paid != null && newId !== undefined) {
          await answer(
            api.POST('/api/bookings/{bookingId}/mark-paid', {
              params: { path: { bookingId: newId } },
              body: { paymentMethod: paid.method, notes: paid.notes },
            }),
          );
        }
        await answer(
          api.POST('/api/bookings/{bookingId}/cancel', {
            params: { path, header: { 'X-Idempotency-Key': idempotencyKeys.keyFor(`${action} old`, path) } },
            body: {},
          }),
        );
      } catch {
        return { oldStands: true };
      }
      idempotencyKeys.settle(action);
      idempotencyKeys.settle(`${action} old`);
      return { oldStands: false };
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['bookings'] }),
        queries.invalidateQueries({ queryKey: ['availability'] }),
      ]),
  });
}
