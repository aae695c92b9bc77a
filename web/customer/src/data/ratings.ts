/** Reviews of a court, and the customer's own after playing (COURT-43 to COURT-45). */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { idempotencyKeys } from '../app/services';

const pageSize = 5;

export function useRatings(courtId: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: ['ratings', courtId],
    initialPageParam: 0,
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET('/api/courts/{courtId}/ratings', {
          params: { path: { courtId }, query: { page: pageParam, size: pageSize } },
          signal,
        }),
      ),
    getNextPageParam: (last) => ((last.page + 1) * last.size < last.totalReviews ? last.page + 1 : undefined),
  });
}

export interface OwnRating {
  bookingId: string;
  rating: number;
  comment?: string;
}

export function useRate(courtId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (rating: OwnRating) =>
      answer(
        api.POST('/api/courts/{courtId}/ratings', {
          params: { path: { courtId } },
          headers: { 'X-Idempotency-Key': idempotencyKeys.keyFor(`rate ${rating.bookingId}`, rating) },
          body: rating,
        }),
      ),
    onSuccess: (_review, rating) => idempotencyKeys.settle(`rate ${rating.bookingId}`),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['ratings', courtId] }),
        queries.invalidateQueries({ queryKey: ['courts', courtId] }),
      ]),
  });
}
