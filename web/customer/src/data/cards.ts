/** The customer's cards. They live at Stripe; we know brand, last digits and expiry (PAY-14 to PAY-17). */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

const key = ['payment-methods'];

export function useSavedCards() {
  const api = useApi();
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await answer(api.GET('/api/payments/methods', { signal }))).methods,
  });
}

/** A secret that lets the hosted form save one card for the caller. */
export function useSetupIntent() {
  const api = useApi();
  return useQuery({
    queryKey: ['setup-intent'],
    queryFn: async ({ signal }) =>
      (await answer(api.POST('/api/payments/setup-intent', { signal }))).clientSecret,
    // Each opened form saves a card of its own.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

/** Keeps the card of a finished setup intent. */
export function useKeepCard() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (setupIntentId: string) =>
      answer(api.POST('/api/payments/methods', { body: { setupIntentId } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: key }),
  });
}
