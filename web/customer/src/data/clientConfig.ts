/** Stripe as this page may use it, with the key that the services name. */
import { StripeInBrowser } from '@courtside/api';
import { useClientConfig } from '@courtside/ui';
import { useMemo } from 'react';

export { useClientConfig } from '@courtside/ui';

export function useStripe(): StripeInBrowser | undefined {
  const key = useClientConfig().data?.stripePublishableKey;
  return useMemo(() => (key === undefined ? undefined : new StripeInBrowser(key)), [key]);
}
