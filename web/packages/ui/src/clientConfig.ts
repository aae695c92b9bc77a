/** What the services tell every client at its start: where to sign in, which Stripe, which map. */
import { answer, type ClientConfig } from '@courtside/api';
import { useQuery } from '@tanstack/react-query';
import { useApi } from './providers';

export function useClientConfig() {
  const api = useApi();
  return useQuery({
    queryKey: ['client-config'],
    queryFn: ({ signal }): Promise<ClientConfig> => answer(api.GET('/api/client-config', { signal })),
    staleTime: Infinity,
  });
}
