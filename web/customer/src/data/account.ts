/** The account beyond the profile: identities, devices, the copy of all data, and leaving (AUTH-30 to AUTH-44). */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

const providersKey = ['account', 'providers'];
const sessionsKey = ['account', 'sessions'];
const exportsKey = ['account', 'exports'];

export function useLinkedProviders() {
  const api = useApi();
  return useQuery({
    queryKey: providersKey,
    queryFn: async ({ signal }) => (await answer(api.GET('/api/auth/providers', { signal }))).providers,
  });
}

export function useSessions() {
  const api = useApi();
  return useQuery({
    queryKey: sessionsKey,
    queryFn: async ({ signal }) => (await answer(api.GET('/api/users/me/sessions', { signal }))).sessions,
  });
}

/** Signs devices out, one after the other. */
export function useEndSessions() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (sessionIds: string[]) => {
      for (const sessionId of sessionIds) {
        await answer(api.DELETE('/api/users/me/sessions/{sessionId}', { params: { path: { sessionId } } }));
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsKey }),
  });
}

const exportIsMade = (status: string) => status === 'PENDING' || status === 'RUNNING';

/** The copies; looked at again while one is being made. */
export function useDataExports() {
  const api = useApi();
  return useQuery({
    queryKey: exportsKey,
    queryFn: async ({ signal }) => (await answer(api.GET('/api/users/me/data-exports', { signal }))).exports,
    refetchInterval: (query) =>
      query.state.data?.some(({ status }) => exportIsMade(status)) === true ? 3_000 : false,
  });
}

export function useRequestExport() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST('/api/users/me/data-export')),
    onSettled: () => queries.invalidateQueries({ queryKey: exportsKey }),
  });
}

export function useDeleteAccount() {
  const api = useApi();
  return useMutation({ mutationFn: () => answer(api.POST('/api/users/me/delete')) });
}
