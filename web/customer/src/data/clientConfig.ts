/** What the services tell every client at its start: where to sign in, which Stripe, which map. */
import { answer, StripeInBrowser, type ClientConfig } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

export function useClientConfig() {
  const api = useApi();
  return useQuery({
    queryKey: ['client-config'],
    queryFn: ({ signal }): Promise<ClientConfig> => answer(api.GET('/api/client-config', { signal })),
    staleTime: Infinity,
  });
}

export function useStripe(): StripeInBrowser | undefined {
  const key = useClientConfig().data?.stripePublishableKey;
  return useMemo(() => (key === undefined ? undefined : new StripeInBrowser(key)), [key]);
}
