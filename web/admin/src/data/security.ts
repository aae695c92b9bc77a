/** The owner's sessions, second factor and log of actions. */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

export function useSessions() {
  const api = useApi();
  return useQuery({
    queryKey: ['security', 'sessions'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/users/me/sessions', { signal }))).sessions,
  });
}

export function useEndSession() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (sessionId: string) =>
      answer(api.DELETE('/api/users/me/sessions/{sessionId}', { params: { path: { sessionId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['security', 'sessions'] }),
  });
}

export function useSecondFactor() {
  const api = useApi();
  return useQuery({
    queryKey: ['security', '2fa'],
    queryFn: ({ signal }) => answer(api.GET('/api/users/me/2fa', { signal })),
  });
}

export function useSetUpSecondFactor() {
  const api = useApi();
  return useMutation({ mutationFn: () => answer(api.POST('/api/users/me/2fa/setup')) });
}

export function useConfirmSecondFactor() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => answer(api.POST('/api/users/me/2fa/confirm', { body: { code } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['security', '2fa'] }),
  });
}

export function useRemoveSecondFactor() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (code: string) => answer(api.DELETE('/api/users/me/2fa', { body: { code } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['security', '2fa'] }),
  });
}

export interface AuditFilter {
  from?: string | undefined;
  to?: string | undefined;
  actionType?: string | undefined;
  resourceType?: string | undefined;
  page: number;
}

export function useAuditLog(filter: AuditFilter) {
  const api = useApi();
  return useQuery({
    queryKey: ['audit-log', filter],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/audit-log', { params: { query: { ...filter, size: 25 } }, signal })),
  });
}
