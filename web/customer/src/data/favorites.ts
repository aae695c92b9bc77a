/**
 * Favourite courts. A heart changes at once, also without a network: what waits in the queue counts before what
 * the services said (APP-51, FIND-30).
 */
import { answer, type FavoriteCourt } from '@courtside/api';
import { useApi, useLanguage } from '@courtside/ui';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { api, offlineQueue, queries } from '../app/services';
import { isRefusal, type SendOutcome } from '../app/offlineQueue';

const key = ['favorites'];

export function useFavorites() {
  const client = useApi();
  const language = useLanguage();
  return useQuery({
    // Names come in the reader's language.
    queryKey: [...key, language],
    queryFn: async ({ signal }) =>
      (await answer(client.GET('/api/users/me/favorites', { signal }))).favorites,
  });
}

function useWaiting() {
  return useSyncExternalStore(offlineQueue.subscribe, offlineQueue.snapshot);
}

export interface Favorite {
  isFavorite: boolean;
  /** Chosen here, not yet known to the services. */
  isWaiting: boolean;
  /** False when no more changes can wait. */
  toggle: () => boolean;
}

/** `said` is what the court's own answer says, for as long as the list is not there. */
export function useFavorite(courtId: string, said: boolean): Favorite {
  const list = useFavorites().data;
  const waiting = useWaiting().findLast((change) => change.kind === 'favorite' && change.courtId === courtId);
  const known = list === undefined ? said : list.some((court) => court.id === courtId);
  const isFavorite = waiting?.kind === 'favorite' ? waiting.isFavorite : known;
  return {
    isFavorite,
    isWaiting: waiting !== undefined,
    toggle: () => offlineQueue.add({ kind: 'favorite', courtId, isFavorite: !isFavorite }),
  };
}

/** Tells the services; throws what they refuse. */
export async function sendFavorite(courtId: string, isFavorite: boolean): Promise<SendOutcome> {
  const params = { params: { path: { courtId } } };
  try {
    await (isFavorite
      ? answer(api.PUT('/api/users/me/favorites/{courtId}', params))
      : answer(api.DELETE('/api/users/me/favorites/{courtId}', params)));
  } catch (thrown) {
    if (isRefusal(thrown)) throw thrown;
    return 'away';
  }
  if (!isFavorite) {
    queries.setQueriesData<FavoriteCourt[]>({ queryKey: key }, (before) =>
      before?.filter((court) => court.id !== courtId),
    );
  }
  await queries.invalidateQueries({ queryKey: key });
  return 'settled';
}
