/** Sends what waits as soon as it can be: after each change, back online, and when the services are back (APP-51). */
import { answer } from '@courtside/api';
import { problemText, useLiveState } from '@courtside/ui';
import { notifications } from '@mantine/notifications';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { sendFavorite } from '../data/favorites';
import { preferencesKey, putPreferences } from '../data/preferences';
import { isRefusal, type SendOutcome, type WaitingChange } from './offlineQueue';
import { api, offlineQueue, queries } from './services';

async function send(change: WaitingChange): Promise<SendOutcome> {
  if (change.kind === 'favorite') return sendFavorite(change.courtId, change.isFavorite);
  try {
    const saved = await answer(putPreferences(api, change.change));
    queries.setQueryData(preferencesKey, saved);
  } catch (thrown) {
    if (isRefusal(thrown)) throw thrown;
    return 'away';
  }
  return 'settled';
}

export function useOfflineQueue(enabled: boolean): void {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { generation } = useLiveState();
  useEffect(() => {
    if (!enabled) return undefined;
    const drain = () => {
      if (!navigator.onLine) return;
      void offlineQueue.drain((change) =>
        send(change).catch((thrown: unknown): SendOutcome => {
          // Refused for good: what the services know shows again.
          notifications.show({
            title: t('offline.refused'),
            message: problemText(thrown, shared),
            color: 'red',
          });
          void queries.invalidateQueries({
            queryKey: change.kind === 'favorite' ? ['favorites'] : preferencesKey,
          });
          return 'settled';
        }),
      );
    };
    drain();
    window.addEventListener('online', drain);
    const leave = offlineQueue.subscribe(drain);
    return () => {
      window.removeEventListener('online', drain);
      leave();
    };
  }, [enabled, generation, t, shared]);
}
