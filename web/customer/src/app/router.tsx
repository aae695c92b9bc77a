/** Which address shows which screen. Screens behind a sign-in stand under `members`. */
import type { CourtType, LocationType } from '@courtside/api';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { isCity, type City } from './cities';
import { MembersOnly } from './MembersOnly';
import { NotFound } from './NotFound';
import { Shell } from './Shell';

const root = createRootRoute({
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
  notFoundComponent: NotFound,
});

const datePattern = /^\d{4}-\d{2}-\d{2}$/;
const timePattern = /^\d{2}:\d{2}$/;
const text = (value: unknown, pattern: RegExp) =>
  typeof value === 'string' && pattern.test(value) ? value : undefined;
const oneOf = <Value extends string>(value: unknown, values: readonly Value[]) =>
  values.find((known) => known === value);

export interface ExploreSearch {
  sport?: CourtType;
  place?: LocationType;
  city?: City | 'me';
  date?: string;
  time?: string;
}

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search): { to?: string } => ({
    to: typeof search.to === 'string' && search.to.startsWith('/') ? search.to : undefined,
  }),
  component: lazyRouteComponent(() => import('../features/welcome/WelcomePage'), 'WelcomePage'),
});

const callback = createRoute({
  getParentRoute: () => root,
  path: '/signin/callback',
  component: lazyRouteComponent(() => import('../features/welcome/CallbackPage'), 'CallbackPage'),
});

const members = createRoute({ getParentRoute: () => root, id: 'members', component: MembersOnly });

const explore = createRoute({
  getParentRoute: () => members,
  path: '/',
  validateSearch: (search): ExploreSearch => ({
    sport: oneOf(search.sport, ['TENNIS', 'PADEL', 'BASKETBALL', 'FOOTBALL_5X5'] as const),
    place: oneOf(search.place, ['INDOOR', 'OUTDOOR'] as const),
    city: search.city === 'me' ? 'me' : isCity(search.city) ? search.city : undefined,
    date: text(search.date, datePattern),
    time: text(search.time, timePattern),
  }),
  component: lazyRouteComponent(() => import('../features/explore/ExplorePage'), 'ExplorePage'),
});

const court = createRoute({
  getParentRoute: () => members,
  path: '/courts/$courtId',
  validateSearch: (search): { date?: string; time?: string } => ({
    date: text(search.date, datePattern),
    time: text(search.time, timePattern),
  }),
  component: lazyRouteComponent(() => import('../features/court/CourtPage'), 'CourtPage'),
});

const checkout = createRoute({
  getParentRoute: () => members,
  path: '/courts/$courtId/book',
  validateSearch: (search): { date: string; time: string } => ({
    date: text(search.date, datePattern) ?? '',
    time: text(search.time, timePattern) ?? '',
  }),
  component: lazyRouteComponent(() => import('../features/checkout/CheckoutPage'), 'CheckoutPage'),
});

const bookings = createRoute({
  getParentRoute: () => members,
  path: '/bookings',
  validateSearch: (search): { show?: 'past' } => ({ show: search.show === 'past' ? 'past' : undefined }),
  component: lazyRouteComponent(() => import('../features/bookings/BookingsPage'), 'BookingsPage'),
});

const booking = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId',
  component: lazyRouteComponent(() => import('../features/bookings/BookingPage'), 'BookingPage'),
});

const secure = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId/secure',
  component: lazyRouteComponent(() => import('../features/checkout/SecurePage'), 'SecurePage'),
});

const result = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId/result',
  component: lazyRouteComponent(() => import('../features/checkout/ResultPage'), 'ResultPage'),
});

const profile = createRoute({
  getParentRoute: () => members,
  path: '/profile',
  component: lazyRouteComponent(() => import('../features/profile/ProfilePage'), 'ProfilePage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    welcome,
    callback,
    members.addChildren([explore, court, checkout, bookings, booking, secure, result, profile]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
