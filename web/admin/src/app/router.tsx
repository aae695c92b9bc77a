/** Which address of the portal shows which screen. Everything but the way in stands under `portal`. */
import type { Role } from '@courtside/api';
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
import { MessageAddress } from './MessageAddress';
import { messagePaths } from './messageAddress';
import { NotFound } from './NotFound';
import { OwnersOnly, PortalOnly } from './PortalOnly';
import { Redirect } from './Redirect';
import { settingsParts, type SettingsPart } from './settingsParts';
import { Shell } from './Shell';

const pageOf = (value: unknown) =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= 100_000 ? Number(value) : undefined;
const oneOf = <Value extends string>(value: unknown, values: readonly Value[]) =>
  values.find((known) => known === value);
const wordsOf = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value.slice(0, 100) : undefined;
/** Of a link in a mail; tokens of digits alone are read as numbers. Whatever it is, the services say whether it is good. */
const tokenOf = ({ token }: Record<string, unknown>): { token: string } => ({
  token: typeof token === 'string' || typeof token === 'number' ? String(token).slice(0, 200) : '',
});

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

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  validateSearch: tokenOf,
  component: lazyRouteComponent(() => import('../features/welcome/InvitationPage'), 'InvitationPage'),
});

const callback = createRoute({
  getParentRoute: () => root,
  path: '/signin/callback',
  component: lazyRouteComponent(() => import('../features/welcome/CallbackPage'), 'CallbackPage'),
});

const unlock = createRoute({
  getParentRoute: () => root,
  path: '/unlock',
  validateSearch: tokenOf,
  component: lazyRouteComponent(() => import('../features/welcome/UnlockPage'), 'UnlockPage'),
});

/** For who builds the apps: linked from nowhere. */
const gallery = createRoute({
  getParentRoute: () => root,
  path: '/gallery',
  component: lazyRouteComponent(() => import('@courtside/ui/gallery'), 'Gallery'),
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
  validateSearch: (search): { part?: SettingsPart } => ({ part: oneOf(search.part, settingsParts) }),
  component: lazyRouteComponent(() => import('../features/settings/SettingsPage'), 'SettingsPage'),
});

/** Owners and staff have messages alike. */
const notifications = createRoute({
  getParentRoute: () => portal,
  path: '/notifications',
  validateSearch: (search): { unread?: boolean } => ({ unread: search.unread === true || undefined }),
  component: lazyRouteComponent(
    () => import('../features/notifications/NotificationsPage'),
    'NotificationsPage',
  ),
});

const pushed = messagePaths.map((path) =>
  createRoute({ getParentRoute: () => portal, path, component: MessageAddress }),
);

const staff = createRoute({
  getParentRoute: () => portal,
  path: '/staff',
  component: lazyRouteComponent(() => import('../features/staff/StaffPage'), 'StaffPage'),
});

const verifications = createRoute({
  getParentRoute: () => portal,
  path: '/staff/verifications',
  validateSearch: (search): { state?: 'PENDING_REVIEW' | 'APPROVED' | 'REJECTED'; page?: number } => ({
    state: oneOf(search.state, ['PENDING_REVIEW', 'APPROVED', 'REJECTED'] as const),
    page: pageOf(search.page),
  }),
  component: lazyRouteComponent(() => import('../features/staff/VerificationsPage'), 'VerificationsPage'),
});

const businessVerification = createRoute({
  getParentRoute: () => portal,
  path: '/staff/verifications/$requestId',
  component: lazyRouteComponent(() => import('../features/staff/VerificationPage'), 'VerificationPage'),
});

export interface PeopleSearch {
  words?: string;
  role?: Role;
  status?: 'ACTIVE' | 'SUSPENDED' | 'DELETED';
  page?: number;
}

const users = createRoute({
  getParentRoute: () => portal,
  path: '/staff/users',
  validateSearch: (search): PeopleSearch => ({
    words: wordsOf(search.words),
    role: oneOf(search.role, ['CUSTOMER', 'COURT_OWNER', 'SUPPORT_AGENT', 'PLATFORM_ADMIN'] as const),
    status: oneOf(search.status, ['ACTIVE', 'SUSPENDED', 'DELETED'] as const),
    page: pageOf(search.page),
  }),
  component: lazyRouteComponent(() => import('../features/staff/UsersPage'), 'UsersPage'),
});

const staffMoney = createRoute({
  getParentRoute: () => portal,
  path: '/staff/money',
  validateSearch: (search): { tab?: 'disputes' | 'holds' | 'reviews' | 'flagged' } => ({
    tab: oneOf(search.tab, ['disputes', 'holds', 'reviews', 'flagged'] as const),
  }),
  component: lazyRouteComponent(() => import('../features/staff/MoneyPage'), 'MoneyPage'),
});

const nationalHolidays = createRoute({
  getParentRoute: () => portal,
  path: '/staff/holidays',
  component: lazyRouteComponent(() => import('../features/staff/HolidaysPage'), 'HolidaysPage'),
});

export interface LettersSearch {
  service?: 'transaction' | 'platform';
  state?: 'PARKED' | 'REPLAYING' | 'HANDLED' | 'DISCARDED' | 'ALL';
  page?: number;
}

const deadLetters = createRoute({
  getParentRoute: () => portal,
  path: '/staff/dead-letters',
  validateSearch: (search): LettersSearch => ({
    service: oneOf(search.service, ['transaction', 'platform'] as const),
    state: oneOf(search.state, ['PARKED', 'REPLAYING', 'HANDLED', 'DISCARDED', 'ALL'] as const),
    page: pageOf(search.page),
  }),
  component: lazyRouteComponent(() => import('../features/staff/DeadLettersPage'), 'DeadLettersPage'),
});

export interface AuditSearch {
  owner?: string;
  action?: string;
  resource?: string;
  from?: string;
  to?: string;
  page?: number;
}

const audit = createRoute({
  getParentRoute: () => portal,
  path: '/staff/audit',
  validateSearch: (search): AuditSearch => ({
    owner: idOf(search.owner),
    action: wordsOf(search.action),
    resource: wordsOf(search.resource),
    from: dateOf(search.from),
    to: dateOf(search.to),
    page: pageOf(search.page),
  }),
  component: lazyRouteComponent(() => import('../features/staff/AuditPage'), 'AuditPage'),
});

const staffScreens = [
  staff,
  verifications,
  businessVerification,
  users,
  staffMoney,
  nationalHolidays,
  deadLetters,
  audit,
] as const;

export const router = createRouter({
  basepath: '/admin',
  routeTree: root.addChildren([
    welcome,
    invitation,
    callback,
    unlock,
    gallery,
    portal.addChildren([
      start,
      notifications,
      ...pushed,
      ...staffScreens,
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
