/** The owner's account at Stripe: how it stands, what is on it, what was paid out; and disputes. */
import { answer, type PayoutSchedule } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

export function useStripeStatus(enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: ['stripe', 'status'],
    queryFn: ({ signal }) => answer(api.GET('/api/users/me/stripe-connect', { signal })),
    enabled,
  });
}

export function useBalance(enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['stripe', 'balance'],
    queryFn: ({ signal }) => answer(api.GET('/api/users/me/stripe-connect/balance', { signal })),
    enabled,
  });
}

export const payoutsPerPage = 20;

export function usePayouts(page: number, enabled: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ['stripe', 'payouts', page],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/users/me/stripe-connect/payouts', {
          params: { query: { page, size: payoutsPerPage } },
          signal,
        }),
      ),
    enabled,
  });
}

export function useChangeSchedule() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (schedule: PayoutSchedule) =>
      answer(api.PUT('/api/users/me/stripe-connect/payout-schedule', { body: { schedule } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['stripe'] }),
  });
}

/** Leads to Stripe's own pages and back to `path` of the portal (ADMIN-07). */
export function useStripeOnboarding(path = 'money') {
  const api = useApi();
  return useMutation({
    mutationFn: () => {
      const here = `${location.origin}${import.meta.env.BASE_URL}${path}`;
      return answer(
        api.POST('/api/users/me/stripe-connect/onboard', { body: { returnUrl: here, refreshUrl: here } }),
      );
    },
    onSuccess: ({ onboardingUrl }) => location.assign(onboardingUrl),
  });
}

/** Among the newest bookings, those whose payment is disputed: the services keep no list of their own for owners. */
export function useDisputedBookings() {
  const api = useApi();
  return useQuery({
    queryKey: ['bookings', 'disputed'],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        [0, 1].map((page) =>
          answer(
            api.GET('/api/bookings', { params: { query: { sort: 'date,desc', page, size: 100 } }, signal }),
          ),
        ),
      );
      return pages
        .flatMap(({ bookings }) => bookings)
        .filter(({ paymentStatus }) => paymentStatus === 'DISPUTED');
    },
    staleTime: 60_000,
  });
}

export function useDispute(paymentId: string | undefined) {
  const api = useApi();
  return useQuery({
    queryKey: ['dispute', paymentId],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/payments/{paymentId}/dispute', {
          params: { path: { paymentId: paymentId ?? '' } },
          signal,
        }),
      ),
    enabled: paymentId !== undefined,
  });
}

export function useSubmitEvidence(paymentId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { explanation: string; customerCommunication?: string; usageLog?: string }) =>
      answer(
        api.POST('/api/payments/{paymentId}/dispute/evidence', { params: { path: { paymentId } }, body }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['dispute', paymentId] }),
  });
}
