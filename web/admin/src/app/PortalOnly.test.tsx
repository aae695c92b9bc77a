import { createApi, Session, type AuthResponse, type Role } from '@courtside/api';
import { CourtsideProviders, createQueryClient, LiveConnection, startI18n } from '@courtside/ui';
import { cleanup, render, screen } from '@testing-library/react';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import el from '../texts/el.json';
import en from '../texts/en.json';
import { OwnersOnly, PortalOnly } from './PortalOnly';

beforeAll(async () => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal('scrollTo', () => undefined);
  await startI18n({ el, en });
});
afterEach(cleanup);

async function openCalendar(role: Role | undefined) {
  const answer = (): AuthResponse => ({
    accessToken: 'token',
    expiresIn: 900,
    user: {
      id: 'u',
      email: 'person@example.test',
      name: 'Person',
      role: role ?? 'CUSTOMER',
      language: 'en',
      verified: true,
      stripeConnected: true,
      subscriptionStatus: 'ACTIVE',
      createdAt: '2026-01-01T00:00:00Z',
    },
  });
  const session = new Session({
    baseUrl: 'http://portal.test',
    language: () => 'en',
    fetch: () => Promise.resolve(Response.json(answer())),
    exclusively: (work) => work(),
  });
  if (role === undefined) await session.resume();
  else await session.signIn('GOOGLE', 'identity');

  const root = createRootRoute({ component: Outlet });
  const screenAt = (path: string, words: string) =>
    createRoute({ getParentRoute: () => root, path, component: () => words });
  const portal = createRoute({ getParentRoute: () => root, id: 'portal', component: PortalOnly });
  const owners = createRoute({ getParentRoute: () => portal, id: 'owners', component: OwnersOnly });
  const calendar = createRoute({
    getParentRoute: () => owners,
    path: '/calendar',
    component: () => 'the calendar',
  });
  const staff = createRoute({
    getParentRoute: () => portal,
    path: '/staff',
    component: () => 'the desk of staff',
  });
  const router = createRouter({
    history: createMemoryHistory({ initialEntries: ['/calendar'] }),
    routeTree: root.addChildren([
      screenAt('/welcome', 'the way in'),
      portal.addChildren([staff, owners.addChildren([calendar])]),
    ]),
  });
  const live = new LiveConnection(session);
  render(
    <CourtsideProviders
      api={createApi({ session, language: () => 'en' })}
      session={session}
      live={live}
      queries={createQueryClient()}
    >
      {/* The registered router type is the portal's own. */}
      <RouterProvider router={router as never} />
    </CourtsideProviders>,
  );
  return router;
}

describe('the gate of the portal', () => {
  // ADMIN-01, ADMIN-44
  it('lets owners through', async () => {
    await openCalendar('COURT_OWNER');
    expect(await screen.findByText('the calendar')).toBeTruthy();
  });

  it('shows players where their app is, and nothing of the portal', async () => {
    await openCalendar('CUSTOMER');
    const link = await screen.findByRole('link', { name: en.otherRole.app });
    expect(link.getAttribute('href')).toBe('/');
    expect(screen.queryByText('the calendar')).toBeNull();
  });

  it.each(['SUPPORT_AGENT', 'PLATFORM_ADMIN'] as const)('takes %s to the desk of staff', async (role) => {
    await openCalendar(role);
    expect(await screen.findByText('the desk of staff')).toBeTruthy();
    expect(screen.queryByText('the calendar')).toBeNull();
  });

  // ADMIN-49: strangers sign in first and come back to the same address.
  it('sends strangers to the way in, with the address to come back to', async () => {
    const router = await openCalendar(undefined);
    expect(await screen.findByText('the way in')).toBeTruthy();
    expect(router.state.location.href).toContain('to=%2Fcalendar');
  });
});
