/** Which address shows which screen. Screens behind a sign-in stand under `members`, those for all under `open`. */
import type { CourtType, LocationType } from '@courtside/api';
import { ProblemView } from '@courtside/ui';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { isCity, type City } from './cities';
import { Home } from './Home';
import { MembersOnly, OpenToAll } from './MembersOnly';
import { NotFound } from './NotFound';
import { Shell } from './Shell';

const root = createRootRoute({
  component: () => (
    <Shell>
      <Outlet />
    </Shell>
  ),
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <ProblemView error={error} onRetry={reset} />,
});

// Addresses can be typed and shared, so whatever does not parse is as if it were not there.
const dateOf = (value: unknown) =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
const timeOf = (value: unknown) =>
  typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : undefined;
const oneOf = <Value extends string>(value: unknown, values: readonly Value[]) =>
  values.find((known) => known === value);

const numberOf = (value: unknown, least: number, most: number) =>
  typeof value === 'number' && value >= least && value <= most ? value : undefined;

const sportOf = (value: unknown) => oneOf(value, ['TENNIS', 'PADEL', 'BASKETBALL', 'FOOTBALL_5X5'] as const);

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** An id that cannot be one leads to "nothing here" without asking the server. */
function onlyIds(params: object): void {
  // The router knows a missing page by this thrown value.
  if (Object.values(params).some((id) => !uuidPattern.test(String(id)))) throw notFound();
}

export interface ExploreSearch {
  sport?: CourtType;
  place?: LocationType;
  city?: City | 'me';
  date?: string;
  time?: string;
  /** Words of a name or an address. */
  words?: string;
  /** Highest price in whole euros, lowest average of stars, distance in kilometres. */
  price?: number;
  rating?: number;
  km?: number;
  free?: true;
  /** Favourites only. */
  liked?: true;
}

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search): { to?: string; left?: true } => ({
    left: search.left === true ? true : undefined,
    to: typeof search.to === 'string' && /^\/(?!\/)/.test(search.to) ? search.to : undefined,
  }),
  component: lazyRouteComponent(() => import('../features/welcome/WelcomePage'), 'WelcomePage'),
});

const callback = createRoute({
  getParentRoute: () => root,
  path: '/signin/callback',
  component: lazyRouteComponent(() => import('../features/welcome/CallbackPage'), 'CallbackPage'),
});

const unlock = createRoute({
  getParentRoute: () => root,
  path: '/unlock',
  // Whatever it is, the services say whether the link is good.
  validateSearch: (search): { token: string } => ({
    token: typeof search.token === 'string' || typeof search.token === 'number' ? String(search.token) : '',
  }),
  component: lazyRouteComponent(() => import('../features/welcome/UnlockPage'), 'UnlockPage'),
});

const members = createRoute({ getParentRoute: () => root, id: 'members', component: MembersOnly });

const open = createRoute({ getParentRoute: () => root, id: 'open', component: OpenToAll });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: (search): ExploreSearch => ({
    sport: sportOf(search.sport),
    place: oneOf(search.place, ['INDOOR', 'OUTDOOR'] as const),
    city: search.city === 'me' ? 'me' : isCity(search.city) ? search.city : undefined,
    date: dateOf(search.date),
    time: timeOf(search.time),
    price: numberOf(search.price, 1, 1000),
    rating: numberOf(search.rating, 1, 5),
    km: numberOf(search.km, 1, 500),
    free: search.free === true ? true : undefined,
    liked: search.liked === true ? true : undefined,
    words: typeof search.words === 'string' && search.words !== '' ? search.words.slice(0, 100) : undefined,
  }),
  component: Home,
});

const court = createRoute({
  getParentRoute: () => open,
  path: '/courts/$courtId',
  validateSearch: (search): { date?: string; time?: string } => ({
    date: dateOf(search.date),
    time: timeOf(search.time),
  }),
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/court/CourtPage'), 'CourtPage'),
});

const club = createRoute({
  getParentRoute: () => open,
  path: '/clubs/$clubId',
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/club/ClubPage'), 'ClubPage'),
});

const checkout = createRoute({
  getParentRoute: () => members,
  path: '/courts/$courtId/book',
  // What was chosen stands in the address, so that it outlives a reload, the bank, and signing in again.
  validateSearch: (
    search,
  ): { date?: string; time?: string; card?: string; people?: number; weeks?: number } => ({
    people: numberOf(search.people, 1, 100),
    weeks: numberOf(search.weeks, 2, 12),
    date: dateOf(search.date),
    time: timeOf(search.time),
    card: typeof search.card === 'string' ? search.card : undefined,
  }),
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/checkout/CheckoutPage'), 'CheckoutPage'),
});

const bookings = createRoute({
  getParentRoute: () => members,
  path: '/bookings',
  validateSearch: (search): { show?: 'past' | 'cancelled'; sport?: CourtType } => ({
    show: oneOf(search.show, ['past', 'cancelled'] as const),
    sport: sportOf(search.sport),
  }),
  component: lazyRouteComponent(() => import('../features/bookings/BookingsPage'), 'BookingsPage'),
});

const booking = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId',
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/bookings/BookingPage'), 'BookingPage'),
});

const secure = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId/secure',
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/checkout/SecurePage'), 'SecurePage'),
});

const result = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId/result',
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/checkout/ResultPage'), 'ResultPage'),
});

const move = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId/move',
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/bookings/MovePage'), 'MovePage'),
});

const receipt = createRoute({
  getParentRoute: () => members,
  path: '/bookings/$bookingId/receipt',
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/bookings/ReceiptPage'), 'ReceiptPage'),
});

const series = createRoute({
  getParentRoute: () => members,
  path: '/series/$groupId',
  beforeLoad: ({ params }) => onlyIds(params),
  component: lazyRouteComponent(() => import('../features/checkout/SeriesPage'), 'SeriesPage'),
});

const addedCard = createRoute({
  getParentRoute: () => members,
  path: '/cards/added',
  // The names are the provider's.
  validateSearch: (search): { to: string; setup_intent?: string; redirect_status?: string } => ({
    to: typeof search.to === 'string' && /^\/(?!\/)/.test(search.to) ? search.to : '/profile',
    setup_intent: typeof search.setup_intent === 'string' ? search.setup_intent : undefined,
    redirect_status: typeof search.redirect_status === 'string' ? search.redirect_status : undefined,
  }),
  component: lazyRouteComponent(() => import('../features/cards/AddedCardPage'), 'AddedCardPage'),
});

const profile = createRoute({
  getParentRoute: () => members,
  path: '/profile',
  component: lazyRouteComponent(() => import('../features/settings/ProfilePage'), 'ProfilePage'),
});

const preferences = createRoute({
  getParentRoute: () => members,
  path: '/profile/preferences',
  component: lazyRouteComponent(() => import('../features/settings/PreferencesPage'), 'PreferencesPage'),
});

const security = createRoute({
  getParentRoute: () => members,
  path: '/profile/security',
  component: lazyRouteComponent(() => import('../features/settings/SecurityPage'), 'SecurityPage'),
});

const privacy = createRoute({
  getParentRoute: () => members,
  path: '/profile/privacy',
  component: lazyRouteComponent(() => import('../features/settings/PrivacyPage'), 'PrivacyPage'),
});

const notificationSettings = createRoute({
  getParentRoute: () => members,
  path: '/profile/notifications',
  component: lazyRouteComponent(
    () => import('../features/settings/NotificationSettingsPage'),
    'NotificationSettingsPage',
  ),
});

const notifications = createRoute({
  getParentRoute: () => members,
  path: '/notifications',
  validateSearch: (search): { show?: 'unread' } => ({ show: oneOf(search.show, ['unread'] as const) }),
  component: lazyRouteComponent(
    () => import('../features/notifications/NotificationsPage'),
    'NotificationsPage',
  ),
});

// Messages name these addresses, which hold for all apps; the screens stand elsewhere in this one.
const messageSeries = createRoute({
  getParentRoute: () => members,
  path: '/bookings/recurring/$groupId',
  beforeLoad: ({ params }) => {
    // The router leads on by this thrown value.
    throw redirect({ to: '/series/$groupId', params, replace: true });
  },
});

const messageExports = createRoute({
  getParentRoute: () => members,
  path: '/account/data-exports',
  beforeLoad: () => {
    throw redirect({ to: '/profile/privacy', replace: true });
  },
});

const favorites = createRoute({
  getParentRoute: () => members,
  path: '/favorites',
  component: lazyRouteComponent(() => import('../features/favorites/FavoritesPage'), 'FavoritesPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    welcome,
    callback,
    unlock,
    home,
    open.addChildren([court, club]),
    members.addChildren([
      checkout,
      bookings,
      booking,
      secure,
      result,
      move,
      receipt,
      series,
      addedCard,
      profile,
      preferences,
      security,
      privacy,
      notificationSettings,
      notifications,
      messageSeries,
      messageExports,
      favorites,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
