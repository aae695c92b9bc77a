/** The customer's bookings: lists, one booking and what can be done with it, and weekly series. */
import {
  answer,
  problemFromThrown,
  type ApiClient,
  type CourtType,
  type Receipt,
  type RecurringBookingRequest,
} from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { idempotencyKeys } from '../app/services';
import { useStripe } from './clientConfig';

export type BookingsShown = 'upcoming' | 'past' | 'cancelled';

const statuses: Record<BookingsShown, string> = {
  upcoming: 'PENDING_PAYMENT,PENDING_CONFIRMATION,CONFIRMED',
  past: 'COMPLETED',
  cancelled: 'CANCELLED,REJECTED',
};

export function useBookings(show: BookingsShown, courtType?: CourtType) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['bookings', 'list', show, courtType ?? 'any'],
    initialPageParam: 0,
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET('/api/bookings', {
          params: {
            query: {
              status: statuses[show],
              courtType,
              sort: show === 'upcoming' ? 'date,asc' : 'date,desc',
              page: pageParam,
              size: 20,
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (last) => (last.page + 1 < last.totalPages ? last.page + 1 : undefined),
  });
}

/** APP-35: a payment that a crash or a closed page interrupted. */
export function useUnfinishedPayments() {
  const api = useApi();
  return useQuery({
    queryKey: ['bookings', 'unfinished'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/bookings', { params: { query: { status: 'PENDING_PAYMENT' } }, signal })),
  });
}

export function useBooking(bookingId: string, refetchEveryMs?: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['bookings', 'one', bookingId],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/bookings/{bookingId}', { params: { path: { bookingId } }, signal })),
    refetchInterval: refetchEveryMs ?? false,
  });
}

export function useCancelBooking(bookingId: string) {
  const api = useApi();
  const queries = useQueryClient();
  const action = `cancel ${bookingId}`;
  return useMutation({
    mutationFn: (body: { reason?: string }) =>
      answer(
        api.POST('/api/bookings/{bookingId}/cancel', {
          params: {
            path: { bookingId },
            header: { 'X-Idempotency-Key': idempotencyKeys.keyFor(action, body) },
          },
          body,
        }),
      ),
    onSuccess: () => idempotencyKeys.settle(action),
    onSettled: () => queries.invalidateQueries({ queryKey: ['bookings'] }),
  });
}

export function useRefund(paymentId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['bookings', 'refund', paymentId],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/payments/{paymentId}/refund', { params: { path: { paymentId } }, signal })),
    // Money on its way is looked after; what has arrived stays.
    refetchInterval: (query) =>
      query.state.data === undefined || query.state.data.status === 'COMPLETED' ? false : 15_000,
  });
}

export function useReceipt(bookingId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['bookings', 'receipt', bookingId],
    // The answer is JSON because JSON was asked for; the document knows both kinds.
    queryFn: async ({ signal }) => (await answer(receiptOf(api, bookingId, signal))) as Receipt,
    staleTime: Infinity,
  });
}

function receiptOf(api: ApiClient, bookingId: string, signal: AbortSignal) {
  return api.GET('/api/bookings/{bookingId}/receipt', {
    params: { path: { bookingId } },
    headers: { Accept: 'application/json' },
    signal,
  });
}

/** Saves the receipt as a PDF on the device. */
export function useReceiptFile(bookingId: string) {
  const api = useApi();
  return useMutation({
    mutationFn: async (number: string) => {
      const file = await answer(
        api.GET('/api/bookings/{bookingId}/receipt', {
          params: { path: { bookingId } },
          headers: { Accept: 'application/pdf' },
          parseAs: 'blob',
        }),
      );
      const address = URL.createObjectURL(file);
      const link = document.createElement('a');
      link.href = address;
      link.download = `courtside-${number}.pdf`;
      link.click();
      URL.revokeObjectURL(address);
    },
  });
}

/** Moves a booking; the same wish keeps its key until it is answered (APP-44). */
export function useMoveBooking(bookingId: string) {
  const api = useApi();
  const queries = useQueryClient();
  const action = `move ${bookingId}`;
  return useMutation({
    mutationFn: (body: { newDate: string; newStartTime: string }) =>
      answer(
        api.PUT('/api/bookings/{bookingId}/modify', {
          params: { path: { bookingId } },
          headers: { 'X-Idempotency-Key': idempotencyKeys.keyFor(action, body) },
          body,
        }),
      ),
    onSuccess: () => idempotencyKeys.settle(action),
    onError: (thrown) => {
      if (wasAnswered(thrown)) idempotencyKeys.settle(action);
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['bookings'] }),
        queries.invalidateQueries({ queryKey: ['availability'] }),
      ]),
  });
}

/** Confirms the payment of a difference; `leaving` when the bank has a question first. */
export function usePayDifference(bookingId: string) {
  const stripe = useStripe();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (secret: string): Promise<'leaving' | 'paid'> => {
      if (stripe === undefined) throw new Error('the payment provider is not known yet');
      const intent = await stripe.authenticate(secret, `${location.origin}/bookings/${bookingId}`);
      if (intent.redirectUrl === undefined) return 'paid';
      location.assign(intent.redirectUrl);
      return 'leaving';
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['bookings'] }),
  });
}

export function useBookSeries() {
  const api = useApi();
  const queries = useQueryClient();
  const action = 'book series';
  return useMutation({
    mutationFn: (body: RecurringBookingRequest) =>
      answer(
        api.POST('/api/bookings/recurring', {
          headers: { 'X-Idempotency-Key': idempotencyKeys.keyFor(action, body) },
          body,
        }),
      ),
    onSuccess: () => idempotencyKeys.settle(action),
    onError: (thrown) => {
      if (wasAnswered(thrown)) idempotencyKeys.settle(action);
    },
    onSettled: (_result, _error, body) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['bookings'] }),
        queries.invalidateQueries({ queryKey: ['availability', body.courtId] }),
      ]),
  });
}

export function useSeries(recurringGroupId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['bookings', 'series', recurringGroupId],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/bookings/recurring/{recurringGroupId}', {
          params: { path: { recurringGroupId } },
          signal,
        }),
      ),
  });
}

export function useCancelSeries(recurringGroupId: string) {
  const api = useApi();
  const queries = useQueryClient();
  const action = `cancel series ${recurringGroupId}`;
  return useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/bookings/recurring/{recurringGroupId}/cancel', {
          params: { path: { recurringGroupId } },
          headers: { 'X-Idempotency-Key': idempotencyKeys.keyFor(action, {}) },
          body: {},
        }),
      ),
    onSuccess: () => idempotencyKeys.settle(action),
    onSettled: () => queries.invalidateQueries({ queryKey: ['bookings'] }),
  });
}

/** Without an answer nobody knows what happened, so the key is kept for the next try. */
export function wasAnswered(thrown: unknown): boolean {
  return !['offline', 'slow', 'unavailable', 'failure'].includes(problemFromThrown(thrown).kind);
}
