import { createApi, Session } from '@courtside/api';
import { notifications } from '@mantine/notifications';
import { act, cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeLanguage, startI18n } from '../i18n';
import type { LiveConnection, LiveState } from '../live/connection';
import { CourtsideProviders, createQueryClient } from '../providers';
import { useNotificationFeed, useUnreadCount } from './data';
import type { AppNotification } from './inbox';
import { NotificationBell } from './NotificationBell';
import { NotificationCentre } from './NotificationCentre';

const user = { id: 'u', email: 'maria@courtside.test', name: 'Maria', role: 'CUSTOMER', language: 'en' };

function message(number: number, more: Partial<AppNotification> = {}): AppNotification {
  return {
    id: `n-${number}`,
    notificationType: 'BOOKING_CONFIRMED',
    title: `Message ${number}`,
    body: `Words ${number}`,
    urgency: 'CRITICAL',
    read: false,
    data: { deepLink: `/bookings/${number}` },
    createdAt: new Date(Date.UTC(2026, 10, 1, 12, number)).toISOString(),
    ...more,
  };
}

/** A mailbox that answers as the service does. */
class Service {
  messages: AppNotification[] = [];
  refuses = false;
  away = false;
  reads = 0;

  answer = (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/api/auth/login')
      return Promise.resolve(Response.json({ accessToken: 'token', expiresIn: 900, user }));
    if (this.away) return Promise.resolve(Response.json({ error: 'X', message: 'Broken' }, { status: 422 }));
    if (request.method === 'GET') return Promise.resolve(Response.json(this.page(searchParams)));
    if (this.refuses)
      return Promise.resolve(Response.json({ error: 'X', message: 'Not now' }, { status: 409 }));
    const one = /notifications\/([^/]+)\/read$/.exec(pathname)?.[1];
    this.messages = this.messages.map((known) =>
      one === undefined || known.id === one ? { ...known, read: true } : known,
    );
    return Promise.resolve(new Response(null, { status: 204 }));
  };

  private page(query: URLSearchParams) {
    this.reads += 1;
    const [page, size] = [Number(query.get('page')), Number(query.get('size'))];
    const wanted = this.messages.filter(({ read }) => query.get('unreadOnly') !== 'true' || !read);
    return {
      notifications: wanted.slice(page * size, (page + 1) * size),
      unreadCount: this.messages.filter(({ read }) => !read).length,
      totalElements: wanted.length,
      page,
      size,
    };
  }
}

/** The live connection without a network: `say` is what the server says. */
class FakeLive {
  private readonly listeners = new Map<string, (message: unknown) => void>();
  private readonly state: LiveState = { phase: 'live', downSince: undefined, generation: 1 };
  subscribe = () => () => undefined;
  snapshot = () => this.state;
  retryNow = () => undefined;
  watch = (destination: string, listener: (message: unknown) => void) => {
    this.listeners.set(destination, listener);
    return () => this.listeners.delete(destination);
  };
  hears = (destination: string) => this.listeners.has(destination);
  say = (notificationId: string, title: string) =>
    act(() => {
      this.listeners.get('/user/queue/notifications')?.({
        messageType: 'NOTIFICATION',
        notificationId,
        notificationType: 'BOOKING_CONFIRMED',
        urgency: 'CRITICAL',
        title,
        body: '',
        timestamp: '2026-11-01T12:00:00Z',
      });
    });
}

function Page({ onGo }: { onGo: (href: string) => void }) {
  const [unreadOnly, setUnreadOnly] = useState(false);
  const unread = useUnreadCount(true);
  const latest = useNotificationFeed(true);
  return (
    <>
      <NotificationBell
        unread={unread}
        latest={latest}
        renderRoot={(props) => <a href="/notifications" {...props} />}
      />
      <NotificationCentre
        unreadOnly={unreadOnly}
        onUnreadOnly={setUnreadOnly}
        hrefOf={({ data }) => data.deepLink}
        go={onGo}
      />
    </>
  );
}

async function open(messages: AppNotification[], away = false) {
  const service = new Service();
  service.messages = messages;
  service.away = away;
  const where = { baseUrl: 'http://courtside.test', language: () => 'en' as const, fetch: service.answer };
  const session = new Session({ ...where, exclusively: (work) => work() });
  await session.signIn('GOOGLE', 'identity');
  const live = new FakeLive();
  const go = vi.fn();
  render(
    <CourtsideProviders
      api={createApi({ ...where, session })}
      session={session}
      live={live as unknown as LiveConnection}
      queries={createQueryClient()}
    >
      <Page onGo={go} />
    </CourtsideProviders>,
  );
  return { service, live, go };
}

const bell = (name: string) => screen.findByRole('link', { name });

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => undefined;
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
  await startI18n({ el: {}, en: {} });
});
beforeEach(() => changeLanguage('en'));
afterEach(() => {
  // Toasts outlive the page they were shown on.
  notifications.clean();
  cleanup();
});

describe('the page of messages', () => {
  // NOTE-40, NOTE-41
  it('lists the newest first, and a tap reads a message and follows it', async () => {
    const { service, go } = await open([message(2), message(1, { read: true })]);
    const items = await screen.findAllByRole('listitem');
    expect(items.map((item) => within(item).getByRole('link').textContent)).toEqual([
      'Unread: Message 2',
      'Message 1',
    ]);
    await bell('Notifications, 1 unread');
    await userEvent.click(within(items[0] as HTMLElement).getByRole('link'));
    expect(go).toHaveBeenCalledWith('/bookings/2');
    await bell('Notifications');
    expect(service.messages.every(({ read }) => read)).toBe(true);
  });

  // NOTE-17: a message that leads nowhere is text.
  it('shows a message without a path as text that can be marked', async () => {
    await open([message(1, { notificationType: 'SOMETHING_NEW', data: {} })]);
    const item = await screen.findByRole('listitem');
    expect(within(item).queryByRole('link')).toBeNull();
    await userEvent.click(within(item).getByRole('button', { name: 'Mark as read: Message 1' }));
    await bell('Notifications');
  });

  it('marks all at once, and takes it back when the service refuses', async () => {
    const { service } = await open([message(3), message(2), message(1)]);
    await bell('Notifications, 3 unread');
    service.refuses = true;
    await userEvent.click(screen.getByRole('button', { name: 'Mark all as read' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Not now');
    await bell('Notifications, 3 unread');
    service.refuses = false;
    await userEvent.click(screen.getByRole('button', { name: 'Mark all as read' }));
    await bell('Notifications');
    expect(screen.getByRole('button', { name: 'Mark all as read' })).toHaveProperty('disabled', true);
  });

  // NOTE-12: the bell and the list follow the socket, and a repeated message is nothing new.
  it('hears of a new message and shows it once', async () => {
    const { service, live } = await open([message(1)]);
    await bell('Notifications, 1 unread');
    service.messages = [message(2), message(1)];
    live.say('n-2', 'Message 2');
    live.say('n-2', 'Message 2');
    await bell('Notifications, 2 unread');
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(2));
    expect(screen.getByText('New notification: Message 2')).toBeTruthy();
  });

  // NOTE-04: in the background, messages go to the devices; back in front, the page catches up.
  it('leaves the socket while the page is in the background', async () => {
    const { service, live } = await open([]);
    expect(await screen.findByText('Nothing here yet')).toBeTruthy();
    expect(live.hears('/user/queue/notifications')).toBe(true);
    const turn = (state: string) =>
      act(() => {
        vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state as DocumentVisibilityState);
        document.dispatchEvent(new Event('visibilitychange'));
      });
    turn('hidden');
    expect(live.hears('/user/queue/notifications')).toBe(false);
    service.messages = [message(1)];
    turn('visible');
    expect(live.hears('/user/queue/notifications')).toBe(true);
    await bell('Notifications, 1 unread');
  });

  it('loads further pages, and only the unread ones when asked', async () => {
    const many = Array.from({ length: 23 }, (_unused, number) =>
      message(number, { read: number > 2 }),
    ).reverse();
    await open(many);
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(20));
    await userEvent.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(23));
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
    await userEvent.click(screen.getByRole('radio', { name: 'Unread' }));
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(3));
  });

  it('says what went wrong and tries again', async () => {
    const { service } = await open([message(1)], true);
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Broken');
    service.away = false;
    await userEvent.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('listitem')).toBeTruthy();
  });
});
