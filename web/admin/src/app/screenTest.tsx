/** Shows a screen of the portal in a test: signed in by role, with answers of the test's own. */
import { createApi, Session, type AuthResponse, type Role } from '@courtside/api';
import { CourtsideProviders, createQueryClient, LiveConnection, startI18n } from '@courtside/ui';
import { render } from '@testing-library/react';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
  type AnyRoute,
} from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { vi } from 'vitest';
import el from '../texts/el.json';
import en from '../texts/en.json';

export interface Call {
  method: string;
  path: string;
  body: unknown;
}

const signedIn = (role: Role): AuthResponse => ({
  accessToken: 'token',
  expiresIn: 900,
  user: {
    id: 'u',
    email: 'person@example.test',
    name: 'Person',
    role,
    language: 'en',
    verified: true,
    stripeConnected: false,
    subscriptionStatus: 'NONE',
    createdAt: '2026-01-01T00:00:00Z',
  },
});

export async function prepare() {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal('scrollTo', () => undefined);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  // Fields that grow with their text ask when fonts are there.
  Object.defineProperty(document, 'fonts', { value: new EventTarget(), configurable: true });
  await startI18n({ el, en });
}

interface Shown {
  role: Role;
  /** The routes above it, e.g. `portal`; their ids are part of its own. */
  below: string[];
  path: string;
  screen: () => ReactNode;
  /** The body of each answer, or a whole answer. */
  respond: (call: Call) => unknown;
}

/** Shows a screen at an address and answers the calls that it makes, in their order. */
export async function showScreen({ role, below, path, screen, respond }: Shown): Promise<Call[]> {
  const calls: Call[] = [];
  const session = new Session({
    baseUrl: 'http://portal.test',
    language: () => 'en',
    fetch: () => Promise.resolve(Response.json(signedIn(role))),
    exclusively: (work) => work(),
  });
  await session.signIn('GOOGLE', 'identity');
  const api = createApi({
    session,
    language: () => 'en',
    baseUrl: 'http://portal.test',
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      const text = await request.text();
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      const call = { method: request.method, path: pathname + search, body };
      calls.push(call);
      const found = respond(call);
      return found instanceof Response ? found : Response.json(found);
    },
  });
  const root = createRootRoute({ component: Outlet });
  const [pathname = path] = path.split('?');
  const parents: AnyRoute[] = [root];
  for (const id of below) {
    const [parent = root] = parents.slice(-1);
    parents.push(createRoute({ getParentRoute: () => parent, id, component: Outlet }));
  }
  const [innermost = root] = parents.slice(-1);
  let tree: AnyRoute = createRoute({ getParentRoute: () => innermost, path: pathname, component: screen });
  for (const parent of parents.reverse()) tree = parent.addChildren([tree]) as AnyRoute;
  const router = createRouter({
    history: createMemoryHistory({ initialEntries: [path] }),
    routeTree: tree,
  });
  render(
    <CourtsideProviders
      api={api}
      session={session}
      live={new LiveConnection(session)}
      queries={createQueryClient()}
    >
      {/* The registered router type is the portal's own. */}
      <RouterProvider router={router as never} />
    </CourtsideProviders>,
  );
  return calls;
}
