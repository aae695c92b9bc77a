import { createApi, Session, type UserPreferences } from '@courtside/api';
import { CourtsideProviders, createQueryClient, LiveConnection, startI18n } from '@courtside/ui';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { offlineQueue } from '../../app/services';
import el from '../../texts/el.json';
import en from '../../texts/en.json';
import { NotificationSettingsPage } from './NotificationSettingsPage';

const user = { id: 'u', email: 'maria@courtside.test', name: 'Maria', role: 'CUSTOMER', language: 'en' };

/** Keeps preferences as the service does. `next` is how it answers the next changes instead. */
class Service {
  kept: UserPreferences = {
    maxSearchDistanceKm: 10,
    preferredDays: [],
    doNotDisturbStart: null,
    doNotDisturbEnd: null,
    notificationPreferences: {
      bookingEvents: true,
      favoriteCourtAlerts: true,
      promotionalNotifications: true,
      emailNotifications: true,
      pushNotifications: true,
    },
  };
  next: (() => Promise<Response> | undefined)[] = [];
  changes: Record<string, unknown>[] = [];

  answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === '/api/auth/login') return Response.json({ accessToken: 'token', expiresIn: 900, user });
    if (request.method === 'GET') return Response.json(this.kept);
    const change = (await request.json()) as Record<string, unknown>;
    this.changes.push(change);
    const instead = await this.next.shift()?.();
    if (instead !== undefined) return instead;
    const { notificationPreferences, ...rest } = change;
    this.kept = {
      ...this.kept,
      ...rest,
      notificationPreferences: {
        ...this.kept.notificationPreferences,
        ...(notificationPreferences as object | undefined),
      },
    };
    return Response.json(this.kept);
  };
}

const refusal = (field: string) =>
  Promise.resolve(
    Response.json(
      {
        error: 'VALIDATION_ERROR',
        message: 'Please check.',
        details: { errors: [{ field, message: 'is wrong' }] },
      },
      { status: 400 },
    ),
  );

/** The description of a switch belongs to what it is called. */
const named = (label: string) => new RegExp(`^${label}`);

async function open(kept: Partial<UserPreferences> = {}) {
  const service = new Service();
  Object.assign(service.kept, kept);
  const where = { baseUrl: 'http://app.test', language: () => 'en' as const, fetch: service.answer };
  const session = new Session({ ...where, exclusively: (work) => work() });
  await session.signIn('GOOGLE', 'identity');
  const router = createRouter({
    history: createMemoryHistory({ initialEntries: ['/'] }),
    routeTree: createRootRoute({ component: NotificationSettingsPage }),
  });
  render(
    <CourtsideProviders
      api={createApi({ ...where, session })}
      session={session}
      live={new LiveConnection(session)}
      queries={createQueryClient()}
    >
      {/* The registered router type is the app's own. */}
      <RouterProvider router={router as never} />
    </CourtsideProviders>,
  );
  await screen.findByLabelText(named(en.preferences.bookingEvents));
  return service;
}

const theSwitch = (name: string) => screen.getByLabelText<HTMLInputElement>(named(name));

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal('scrollTo', () => undefined);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = () => undefined;
      unobserve = () => undefined;
      disconnect = () => undefined;
    },
  );
  await startI18n({ el, en });
});
beforeEach(() => offlineQueue.clear());
afterEach(cleanup);

describe('the settings of messages', () => {
  // FIND-35, APP-51: what is chosen counts at once.
  it('change before the service has answered', async () => {
    const service = await open();
    let letGo: () => void = () => undefined;
    service.next = [() => new Promise<undefined>((done) => (letGo = () => done(undefined))) as never];
    await userEvent.click(theSwitch(en.preferences.promotionalNotifications));
    expect(theSwitch(en.preferences.promotionalNotifications).checked).toBe(false);
    letGo();
    await waitFor(() => expect(service.kept.notificationPreferences.promotionalNotifications).toBe(false));
    expect(service.changes).toEqual([{ notificationPreferences: { promotionalNotifications: false } }]);
  });

  // APP-40: the message stands at its field; only the refused change is taken back.
  it('take back what is refused and keep the rest', async () => {
    const service = await open();
    service.next = [() => refusal('notificationPreferences.emailNotifications')];
    await userEvent.click(theSwitch(en.preferences.emailNotifications));
    await userEvent.click(theSwitch(en.preferences.favoriteCourtAlerts));
    await waitFor(() => expect(service.changes).toHaveLength(2));
    await waitFor(() => expect(theSwitch(en.preferences.emailNotifications).checked).toBe(true));
    expect(theSwitch(en.preferences.favoriteCourtAlerts).checked).toBe(false);
    expect(service.kept.notificationPreferences.favoriteCourtAlerts).toBe(false);
    expect(await screen.findByText('is wrong')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  // APP-51: nothing is lost while the services are away.
  it('keep on the device what cannot be sent', async () => {
    const service = await open();
    service.next = [() => Promise.resolve(new Response('{}', { status: 503 }))];
    await userEvent.click(theSwitch(en.preferences.bookingEvents));
    expect(await screen.findByText(en.preferences.waiting)).toBeTruthy();
    // A later change waits behind the earlier one.
    await userEvent.click(theSwitch(en.preferences.bookingEvents));
    await waitFor(() => expect(offlineQueue.snapshot()).toHaveLength(2));
    expect(service.changes).toHaveLength(1);
    expect(theSwitch(en.preferences.bookingEvents).checked).toBe(true);
    expect(localStorage.getItem('courtside.waitingChanges')).toContain('bookingEvents');
  });

  // NOTE-29: the hours may have been set elsewhere, to the minute, and go over midnight.
  it('show quiet hours as they are and switch them off', async () => {
    const service = await open({ doNotDisturbStart: '23:30:00', doNotDisturbEnd: '07:00:00' });
    expect(theSwitch(en.preferences.quietOn).checked).toBe(true);
    expect(screen.getByRole<HTMLInputElement>('combobox', { name: en.preferences.from }).value).toBe('23:30');
    expect(screen.getByText(/The hours are those of Athens/)).toBeTruthy();
    await userEvent.click(theSwitch(en.preferences.quietOn));
    await waitFor(() => expect(service.kept.doNotDisturbStart).toBeNull());
    expect(service.changes).toEqual([{ doNotDisturbStart: null, doNotDisturbEnd: null }]);
  });

  // NOTE-27: the switch of this device belongs to push as a whole.
  it('offer this device only while devices are wanted at all', async () => {
    await open();
    expect(theSwitch('On this device')).toBeTruthy();
    await userEvent.click(theSwitch(en.preferences.pushNotifications));
    await waitFor(() => expect(screen.queryByLabelText(named('On this device'))).toBeNull());
  });
});
