/** The customer's cards. They live at Stripe; we know brand, last digits and expiry (PAY-14 to PAY-17). */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useStripe } from './clientConfig';

const key = ['payment-methods'];

export function useSavedCards() {
  const api = useApi();
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await answer(api.GET('/api/payments/methods', { signal }))).methods,
  });
}

/** Goes to the provider's page to type a card; it leads to the screen that keeps it, and from there back. */
export function useTypeNewCard() {
  const api = useApi();
  const stripe = useStripe();
  return useMutation({
    mutationFn: async () => {
      if (stripe === undefined) throw new Error('the payment provider is not known yet');
      const { clientSecret } = await answer(api.POST('/api/payments/setup-intent'));
      const back = new URL('/cards/added', location.origin);
      back.searchParams.set('to', location.pathname + location.search);
      location.assign(stripe.cardPageUrl(clientSecret, back.toString()));
    },
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
