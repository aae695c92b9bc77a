/** What the customer prefers: applied at once, sent when the network allows (FIND-33 to FIND-37, APP-51). */
import {
  answer,
  problemFromThrown,
  type ApiClient,
  type UpdatePreferencesRequest,
  type UserPreferences,
} from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { offlineQueue } from '../app/services';

export const preferencesKey = ['preferences'];

/** The generated type asks for a field that has a default; the services take any part (FIND-34). */
export function putPreferences(api: ApiClient, change: UpdatePreferencesRequest) {
  return api.PUT('/api/users/me/preferences', {
    body: change as UpdatePreferencesRequest & { maxSearchDistanceKm: number },
  });
}

export function usePreferences() {
  const api = useApi();
  return useQuery({
    queryKey: preferencesKey,
    queryFn: ({ signal }) => answer(api.GET('/api/users/me/preferences', { signal })),
    staleTime: 60_000,
  });
}

/** The preferences as they will be. */
export function withChange(before: UserPreferences, change: UpdatePreferencesRequest): UserPreferences {
  const { notificationPreferences, ...rest } = change;
  return {
    ...before,
    ...(rest as Partial<UserPreferences>),
    notificationPreferences: {
      ...before.notificationPreferences,
      ...(notificationPreferences as Partial<UserPreferences['notificationPreferences']> | null),
    },
  };
}

export function useChangePreferences() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (change: UpdatePreferencesRequest) => {
      try {
        return await answer(putPreferences(api, change));
      } catch (thrown) {
        const { kind } = problemFromThrown(thrown);
        if (kind !== 'offline' && kind !== 'unavailable') throw thrown;
        offlineQueue.add({ kind: 'preferences', change });
        return undefined;
      }
    },
    onMutate: async (change) => {
      await queries.cancelQueries({ queryKey: preferencesKey });
      const before = queries.getQueryData<UserPreferences>(preferencesKey);
      if (before !== undefined) queries.setQueryData(preferencesKey, withChange(before, change));
      return before;
    },
    onError: (_error, _change, before) => {
      if (before !== undefined) queries.setQueryData(preferencesKey, before);
    },
    onSuccess: (saved) => {
      if (saved !== undefined) queries.setQueryData(preferencesKey, saved);
    },
  });
}
