import { describe, expect, it, vi } from 'vitest';
import source from '../../service-worker/push.js?raw';

interface FakeClient {
  url: string;
  visibilityState: string;
  navigate: (address: string) => Promise<FakeClient>;
  focus: () => Promise<FakeClient>;
  postMessage: (message: unknown) => void;
}

/** Runs the worker's part in a world of its own; `say` waits until an event is dealt with. */
function startWorker(base: '' | '/admin', pages: FakeClient[] = []) {
  const listeners = new Map<string, (event: unknown) => void>();
  const showNotification = vi.fn((_title: string, _options: Record<string, unknown>) => Promise.resolve());
  const openWindow = vi.fn((_address: string) => Promise.resolve());
  const self = {
    addEventListener: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
    registration: { showNotification },
    clients: { matchAll: () => Promise.resolve(pages), openWindow },
  };
  // The file is a classic script of a worker, so it is run as one.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function('self', source.replace('__PUSH_BASE__', base)) as (scope: unknown) => void;
  run(self);
  const say = async (name: string, event: Record<string, unknown>) => {
    const work: Promise<unknown>[] = [];
    listeners.get(name)?.({ ...event, waitUntil: (done: Promise<unknown>) => work.push(done) });
    await Promise.all(work);
  };
  return {
    showNotification,
    openWindow,
    push: (message: unknown) => say('push', { data: { json: () => message, text: () => '' } }),
    say,
    press: (address: string | undefined) => {
      const close = vi.fn();
      return say('notificationclick', { notification: { close, data: { address } } });
    },
    shownAddress: () => (showNotification.mock.lastCall?.[1].data as { address: string }).address,
  };
}

function page(path: string, visibilityState = 'visible') {
  const client = {
    url: `https://courtside.test${path}`,
    visibilityState,
    navigate: vi.fn(() => Promise.resolve(client)),
    focus: vi.fn(() => Promise.resolve(client)),
    postMessage: vi.fn(),
  };
  return client;
}

const confirmed = {
  notificationId: 'n-1',
  title: 'Confirmed',
  body: 'Court 1',
  deepLink: '/bookings/b-1/receipt',
  data: { bookingId: 'b-1' },
};

describe('the worker that shows messages', () => {
  // NOTE-12: what arrives twice replaces itself by its id.
  it('shows title and text, and remembers where the message leads', async () => {
    const worker = startWorker('');
    await worker.push(confirmed);
    expect(worker.showNotification.mock.lastCall).toMatchObject([
      'Confirmed',
      { body: 'Court 1', tag: 'n-1', data: { address: '/bookings/b-1/receipt' } },
    ]);
  });

  it('falls back to the booking, then to all messages', async () => {
    const worker = startWorker('');
    await worker.push({ ...confirmed, deepLink: null });
    expect(worker.shownAddress()).toBe('/bookings/b-1');
    await worker.push({ title: 'Hello' });
    expect(worker.shownAddress()).toBe('/notifications');
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example'])(
    'never opens another place: %s',
    async (deepLink) => {
      const worker = startWorker('');
      await worker.push({ title: 'Hello', deepLink });
      expect(worker.shownAddress()).toBe('/notifications');
    },
  );

  it('shows something even when a message is no JSON', async () => {
    const worker = startWorker('');
    const broken = {
      json: () => {
        throw new SyntaxError('no JSON');
      },
      text: () => 'Plain words',
    };
    await worker.say('push', { data: broken });
    expect(worker.showNotification.mock.lastCall?.[0]).toBe('Plain words');
    await worker.say('push', { data: null });
    expect(worker.showNotification.mock.lastCall?.[0]).toBe('Courtside');
  });

  it('leads within its own app', async () => {
    const worker = startWorker('/admin');
    await worker.push(confirmed);
    expect(worker.shownAddress()).toBe('/admin/bookings/b-1/receipt');
    await worker.push({ ...confirmed, deepLink: '/admin/invitation?token=x' });
    expect(worker.shownAddress()).toBe('/admin/invitation?token=x');
  });

  // APP-55
  it('tells the pages of its app that something has changed', async () => {
    const own = page('/bookings', 'hidden');
    const portal = page('/admin/calendar');
    await startWorker('', [own, portal]).push(confirmed);
    expect(own.postMessage).toHaveBeenCalledWith('COURTSIDE_PUSHED');
    expect(portal.postMessage).not.toHaveBeenCalled();
  });

  it('uses the page that is in front, and opens one when there is none', async () => {
    const behind = page('/', 'hidden');
    const inFront = page('/bookings');
    const worker = startWorker('', [page('/admin/'), behind, inFront]);
    await worker.press('/bookings/b-1');
    expect(inFront.navigate).toHaveBeenCalledWith('/bookings/b-1');
    expect(inFront.focus).toHaveBeenCalled();
    expect(behind.navigate).not.toHaveBeenCalled();

    const alone = startWorker('', [page('/admin/calendar')]);
    await alone.press('/bookings/b-1');
    expect(alone.openWindow).toHaveBeenCalledWith('/bookings/b-1');
  });

  it('opens a new page when the open one cannot be led', async () => {
    const stubborn = page('/');
    stubborn.navigate.mockRejectedValue(new TypeError('not controlled'));
    const worker = startWorker('', [stubborn]);
    await worker.press(undefined);
    expect(worker.openWindow).toHaveBeenCalledWith('/');
  });
});
