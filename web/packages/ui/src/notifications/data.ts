/**
 * Reading the person's messages (NOTE-40, NOTE-41) and hearing of new ones (NOTE-12). The services count what is unread:
 * a message on the socket only makes the counting and the list be read again, so both agree with them at any time.
 */
import { answer, problemFromThrown } from '@courtside/api';
import { useDocumentVisibility } from '@mantine/hooks';
import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { toastProblem } from '../components/toast';
import { useDestination, useFallbackInterval } from '../live/hooks';
import { useApi, useSession } from '../providers';
import { isUnread, nextPage, withRead, type Inbox, type MessageData } from './inbox';

const root = ['notifications'];
const listKey = [...root, 'list'];
const unreadKey = [...root, 'unread'];
const pageSize = 20;

export function useNotifications(unreadOnly: boolean) {
  const api = useApi();
  // Messages come in the language of the profile, not in that of the call (NOTE-08).
  const language = useSession().user?.language;
  return useInfiniteQuery({
    queryKey: [...listKey, unreadOnly ? 'unread' : 'all', language ?? 'en'],
    initialPageParam: 0,
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET('/api/notifications', {
          params: { query: { unreadOnly, page: pageParam, size: pageSize } },
          signal,
        }),
      ),
    getNextPageParam: nextPage,
    placeholderData: keepPreviousData,
  });
}

/** How many messages are unread; undefined as long as nobody said. */
export function useUnreadCount(enabled: boolean): number | undefined {
  const api = useApi();
  const fallback = useFallbackInterval();
  return useQuery({
    queryKey: unreadKey,
    enabled,
    queryFn: async ({ signal }) => {
      const query = { unreadOnly: true, page: 0, size: 1 };
      return (await answer(api.GET('/api/notifications', { params: { query }, signal }))).unreadCount;
    },
    // A count can wait longer than what is free on a court.
    refetchInterval: fallback === false ? false : fallback * 3,
  }).data;
}

/** As it comes on the socket. */
export interface NotificationMessage {
  messageType: 'NOTIFICATION';
  notificationId: string;
  notificationType: string;
  urgency: string;
  title: string;
  body: string;
  data?: MessageData | null;
  timestamp: string;
}

/**
 * Hears of new messages while the page is in front: in the background they go to the devices instead (NOTE-04), and the
 * worker tells when one did. The latest one is returned, each once however often it came.
 */
export function useNotificationFeed(enabled: boolean): NotificationMessage | undefined {
  const queries = useQueryClient();
  const isInFront = useDocumentVisibility() === 'visible';
  const [latest, setLatest] = useState<NotificationMessage>();
  const heard = useRef(new Set<string>());
  const hears = enabled && isInFront;
  useDestination(hears ? '/user/queue/notifications' : undefined, (message) => {
    const notification = message as NotificationMessage;
    if (notification.messageType !== 'NOTIFICATION') return;
    void queries.invalidateQueries({ queryKey: root });
    if (heard.current.has(notification.notificationId)) return;
    heard.current.add(notification.notificationId);
    setLatest(notification);
  });
  useEffect(() => {
    if (!enabled || !('serviceWorker' in navigator)) return undefined;
    const hear = ({ data }: MessageEvent<unknown>) => {
      if (data !== 'COURTSIDE_PUSHED') return;
      void queries.invalidateQueries({ queryKey: root });
      void queries.invalidateQueries({ queryKey: ['bookings'] });
    };
    navigator.serviceWorker.addEventListener('message', hear);
    return () => navigator.serviceWorker.removeEventListener('message', hear);
  }, [enabled, queries]);
  const wasHidden = useRef(false);
  useEffect(() => {
    if (!enabled) return;
    if (!isInFront) wasHidden.current = true;
    else if (wasHidden.current) {
      wasHidden.current = false;
      void queries.invalidateQueries({ queryKey: root });
    }
  }, [enabled, isInFront, queries]);
  return latest;
}

const marking = ['mark-notifications'];

/** Shows what is read at once; `undo` brings back what was there. */
async function markHere(queries: QueryClient, id: string | undefined): Promise<() => void> {
  await queries.cancelQueries({ queryKey: root });
  const before = queries.getQueriesData({ queryKey: root });
  const lists = queries.getQueriesData<Inbox>({ queryKey: listKey });
  const isNews = id === undefined || lists.some(([, inbox]) => isUnread(inbox, id));
  queries.setQueriesData<Inbox>({ queryKey: listKey }, (inbox) => inbox && withRead(inbox, id));
  queries.setQueryData<number>(unreadKey, (count) => {
    if (count === undefined) return undefined;
    return id === undefined ? 0 : Math.max(0, count - (isNews ? 1 : 0));
  });
  return () => before.forEach(([key, data]) => queries.setQueryData(key, data));
}

/** Marks one message as read, or all of them when none is named. */
export function useMarkRead() {
  const api = useApi();
  const queries = useQueryClient();
  const { t } = useTranslation('ui');
  return useMutation({
    mutationKey: marking,
    mutationFn: (id: string | undefined) =>
      id === undefined
        ? answer(api.POST('/api/notifications/read-all'))
        : answer(
            api.POST('/api/notifications/{notificationId}/read', {
              params: { path: { notificationId: id } },
            }),
          ),
    onMutate: (id) => markHere(queries, id),
    onError: (thrown, _id, undo) => {
      undo?.();
      // One that is gone needs no reading any more; it leaves the list by itself.
      if (problemFromThrown(thrown).kind !== 'gone') toastProblem(thrown, t('notifications.notMarked'));
    },
    onSettled: () => {
      // Only once the last press is answered, or an earlier answer would bring a later one's message back.
      if (queries.isMutating({ mutationKey: marking }) > 1) return undefined;
      return queries.invalidateQueries({ queryKey: root });
    },
  });
}
