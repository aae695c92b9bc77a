/** Placing the booking: one idempotency key per attempt with the same input, kept across retries (APP-44). */
import { answer, type CreateBookingRequest } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { idempotencyKeys } from '../../app/services';
import { wasAnswered } from '../../data/bookings';
import { rememberSecret } from './secrets';

const action = 'book';

export function useBook() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (body: CreateBookingRequest) => {
      const booking = await answer(
        api.POST('/api/bookings', {
          params: { header: { 'X-Idempotency-Key': idempotencyKeys.keyFor(action, body) } },
          body,
        }),
      );
      if (booking.paymentIntentClientSecret != null) {
        rememberSecret(booking.id, booking.paymentIntentClientSecret);
      }
      return booking;
    },
    onSuccess: () => idempotencyKeys.settle(action),
    onError: (thrown) => {
      // An answer settles the attempt; without one the charge may have happened, so the key is kept.
      if (wasAnswered(thrown)) idempotencyKeys.settle(action);
    },
    onSettled: (_booking, _error, body) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['bookings'] }),
        queries.invalidateQueries({ queryKey: ['availability', body.courtId] }),
      ]),
  });
}
