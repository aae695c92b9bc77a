/**
 * What the customer prefers (FIND-33 to FIND-37, APP-51). What was chosen here counts at once: changes on their way, and
 * those that wait for the network, lie over what the services said. One that is refused simply lifts off again.
 */
import {
  answer,
  problemFromThrown,
  type ApiClient,
  type UpdatePreferencesRequest,
  type UserPreferences,
} from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import type { WaitingChange } from '../app/offlineQueue';
import { offlineQueue } from '../app/services';

export const preferencesKey = ['preferences'];
const saving = ['save-preferences'];

/** The generated type asks for a field that has a default; the services take any part (FIND-34). */
export function putPreferences(api: ApiClient, change: UpdatePreferencesRequest) {
  return api.PUT('/api/users/me/preferences', {
    body: change as UpdatePreferencesRequest & { maxSearchDistanceKm: number },
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

export function waitingPreferences(waiting: readonly WaitingChange[]): UpdatePreferencesRequest[] {
  return waiting.flatMap((change) => (change.kind === 'preferences' ? [change.change] : []));
}

export function usePreferences() {
  const api = useApi();
  const query = useQuery({
    queryKey: preferencesKey,
    queryFn: ({ signal }) => answer(api.GET('/api/users/me/preferences', { signal })),
    staleTime: 60_000,
  });
  const waiting = waitingPreferences(useSyncExternalStore(offlineQueue.subscribe, offlineQueue.snapshot));
  const onTheWay = useMutationState({
    filters: { mutationKey: saving, status: 'pending' },
    select: ({ state }) => state.variables as UpdatePreferencesRequest,
  });
  return {
    data: query.data && [...waiting, ...onTheWay].reduce(withChange, query.data),
    error: query.error,
    isPending: query.isPending,
    refetch: query.refetch,
    /** Something chosen here is not yet known to the services. */
    isWaiting: waiting.length > 0,
  };
}

/** What a change is about, by the names that the services give it. */
function fieldsOf({ notificationPreferences, ...rest }: UpdatePreferencesRequest): string[] {
  const switches = Object.keys(notificationPreferences ?? {});
  return [...Object.keys(rest), ...switches.map((name) => `notificationPreferences.${name}`)];
}

/** A message stays at its field while others are changed; a reason that belongs to no field goes with the next change. */
function outlives(failure: unknown, change: UpdatePreferencesRequest): boolean {
  const { fields } = problemFromThrown(failure);
  const changed = fieldsOf(change);
  return fields.length > 0 && fields.every(({ field }) => !changed.includes(field));
}

/** Saves one change after the other. `failure` is the last one that was refused, as long as it matters. */
export function useChangePreferences() {
  const api = useApi();
  const queries = useQueryClient();
  const [failure, setFailure] = useState<unknown>();
  const { mutate } = useMutation({
    mutationKey: saving,
    scope: { id: 'preferences' },
    mutationFn: async (change: UpdatePreferencesRequest) => {
      const later = () => offlineQueue.add({ kind: 'preferences', change });
      // What waits already is older: it goes first.
      if (waitingPreferences(offlineQueue.snapshot()).length > 0 && later()) return undefined;
      try {
        return await answer(putPreferences(api, change));
      } catch (thrown) {
        const { kind } = problemFromThrown(thrown);
        if ((kind === 'offline' || kind === 'unavailable') && later()) return undefined;
        throw thrown;
      }
    },
    onMutate: () => queries.cancelQueries({ queryKey: preferencesKey }),
    onSuccess: async (saved) => {
      if (saved === undefined) return;
      await queries.cancelQueries({ queryKey: preferencesKey });
      queries.setQueryData(preferencesKey, saved);
    },
    onError: (thrown) => setFailure(thrown),
  });
  const change = (wanted: UpdatePreferencesRequest) => {
    setFailure((known: unknown) => (known !== undefined && outlives(known, wanted) ? known : undefined));
    mutate(wanted);
  };
  return { change, failure };
}
