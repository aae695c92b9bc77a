/**
 * The person's messages as the query cache holds them. Pure: how pages become one list, and what reading changes in them
 * before the services have answered.
 */
import type { NotificationPage } from '@courtside/api';
import type { InfiniteData } from '@tanstack/react-query';
import { localParts } from '../formats';

/** What a message is about, and the path a tap leads to. */
export interface MessageData {
  bookingId?: string;
  courtId?: string;
  matchId?: string;
  paymentId?: string;
  ticketId?: string;
  deepLink?: string;
}

type OnTheWire = NotificationPage['notifications'][number];
export type AppNotification = Omit<OnTheWire, 'data'> & { data: MessageData };

export type Inbox = InfiniteData<NotificationPage>;

/** The next page to ask for; undefined when all is there. */
export function nextPage({ page, size, totalElements }: NotificationPage): number | undefined {
  return (page + 1) * size < totalElements ? page + 1 : undefined;
}

/** All pages as one list. A message that came meanwhile moves the later ones on, so one may stand on two pages. */
export function listed(inbox: Inbox | undefined): AppNotification[] | undefined {
  if (inbox === undefined) return undefined;
  const seen = new Set<string>();
  return inbox.pages
    .flatMap((page) => page.notifications as AppNotification[])
    .filter(({ id }) => !seen.has(id) && seen.add(id));
}

export function isUnread(inbox: Inbox | undefined, id: string): boolean {
  return inbox?.pages.some((page) => page.notifications.some((one) => one.id === id && !one.read)) ?? false;
}

/** The messages with one of them read, or all when none is named. */
export function withRead(inbox: Inbox, id?: string): Inbox {
  const readIsNew = id !== undefined && isUnread(inbox, id) ? 1 : 0;
  return {
    ...inbox,
    pages: inbox.pages.map((page) => ({
      ...page,
      unreadCount: id === undefined ? 0 : Math.max(0, page.unreadCount - readIsNew),
      notifications: page.notifications.map((one) =>
        id === undefined || one.id === id ? { ...one, read: true } : one,
      ),
    })),
  };
}

export interface MessageDay {
  date: string;
  messages: AppNotification[];
}

/** Under the days on which they came, by the reader's own clock. */
export function byDay(messages: readonly AppNotification[], zone: string): MessageDay[] {
  const days: MessageDay[] = [];
  for (const message of messages) {
    const { date } = localParts(new Date(message.createdAt), zone);
    const last = days.at(-1);
    if (last?.date === date) last.messages.push(message);
    else days.push({ date, messages: [message] });
  }
  return days;
}
