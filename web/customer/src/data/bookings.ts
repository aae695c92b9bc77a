/** The customer's bookings: lists, one booking, and its cancellation. */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { idempotencyKeys } from '../app/services';

const upcoming = 'PENDING_PAYMENT,PENDING_CONFIRMATION,CONFIRMED';
const past = 'COMPLETED,CANCELLED,REJECTED';

export function useBookings(show: 'upcoming' | 'past') {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['bookings', 'list', show],
    initialPageParam: 0,
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET('/api/bookings', {
          params: {
            query: {
              status: show === 'upcoming' ? upcoming : past,
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
