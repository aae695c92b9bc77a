/** Which address of the portal shows which screen. Everything but the way in stands under `portal`. */
import { ProblemView } from '@courtside/ui';
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { returnAddress } from './access';
import { calendarSearch, dateOf, idOf } from './calendarSearch';
import { partOf, type CourtPart } from './courtParts';
import { NotFound } from './NotFound';
import { OwnersOnly, PortalOnly } from './PortalOnly';
import { Redirect } from './Redirect';
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

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search): { to?: string } => {
    const to = returnAddress(search.to);
    return { to: to === '/' ? undefined : to };
  },
  component: lazyRouteComponent(() => import('../features/welcome/WelcomePage'), 'WelcomePage'),
});

const callback = createRoute({
  getParentRoute: () => root,
  path: '/signin/callback',
  component: lazyRouteComponent(() => import('../features/welcome/CallbackPage'), 'CallbackPage'),
});

const portal = createRoute({ getParentRoute: () => root, id: 'portal', component: PortalOnly });
const owners = createRoute({ getParentRoute: () => portal, id: 'owners', component: OwnersOnly });

const start = createRoute({
  getParentRoute: () => portal,
  path: '/',
  component: () => <Redirect href="/calendar" />,
});

const calendar = createRoute({
  getParentRoute: () => owners,
  path: '/calendar',
  validateSearch: calendarSearch,
  component: lazyRouteComponent(() => import('../features/calendar/CalendarPage'), 'CalendarPage'),
});

const pending = createRoute({
  getParentRoute: () => owners,
  path: '/pending',
  validateSearch: (search): { booking?: string } => ({ booking: idOf(search.booking) }),
  component: lazyRouteComponent(() => import('../features/pending/PendingPage'), 'PendingPage'),
});

const courts = createRoute({
  getParentRoute: () => owners,
  path: '/courts',
  component: lazyRouteComponent(() => import('../features/courts/CourtsPage'), 'CourtsPage'),
});

const newCourt = createRoute({
  getParentRoute: () => owners,
  path: '/courts/new',
  component: lazyRouteComponent(() => import('../features/courts/NewCourtPage'), 'NewCourtPage'),
});

const courtDefaults = createRoute({
  getParentRoute: () => owners,
  path: '/courts/defaults',
  component: lazyRouteComponent(() => import('../features/courts/DefaultsPage'), 'DefaultsPage'),
});

const bulkCourts = createRoute({
  getParentRoute: () => owners,
  path: '/courts/bulk',
  component: lazyRouteComponent(() => import('../features/courts/BulkPage'), 'BulkPage'),
});

const courtSettings = createRoute({
  getParentRoute: () => owners,
  path: '/courts/$courtId',
  validateSearch: (search): { part?: CourtPart } => ({ part: partOf(search.part) }),
  component: lazyRouteComponent(
    () => import('../features/courts/settings/CourtSettingsPage'),
    'CourtSettingsPage',
  ),
});

const verification = createRoute({
  getParentRoute: () => owners,
  path: '/verification',
  component: lazyRouteComponent(
    () => import('../features/verification/VerificationPage'),
    'VerificationPage',
  ),
});

const overview = createRoute({
  getParentRoute: () => owners,
  path: '/overview',
  component: lazyRouteComponent(() => import('../features/overview/OverviewPage'), 'OverviewPage'),
});

const holidays = createRoute({
  getParentRoute: () => owners,
  path: '/holidays',
  validateSearch: (search): { date?: string; court?: string } => ({
    date: dateOf(search.date),
    court: idOf(search.court),
  }),
  component: lazyRouteComponent(() => import('../features/holidays/HolidaysPage'), 'HolidaysPage'),
});

const money = createRoute({
  getParentRoute: () => owners,
  path: '/money',
  component: lazyRouteComponent(() => import('../features/money/MoneyPage'), 'MoneyPage'),
});

const settings = createRoute({
  getParentRoute: () => owners,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage'), 'SettingsPage'),
});

const staff = createRoute({
  getParentRoute: () => portal,
  path: '/staff',
  component: lazyRouteComponent(() => import('../features/staff/StaffPage'), 'StaffPage'),
});

export const router = createRouter({
  basepath: '/admin',
  routeTree: root.addChildren([
    welcome,
    callback,
    portal.addChildren([
      start,
      staff,
      owners.addChildren([
        calendar,
        pending,
        courts,
        newCourt,
        courtDefaults,
        bulkCourts,
        courtSettings,
        verification,
        overview,
        holidays,
        money,
        settings,
      ]),
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
