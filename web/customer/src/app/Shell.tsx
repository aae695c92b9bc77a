/** The frame of every screen: header, navigation (at the bottom on phones), connection banner, toasts. */
import {
  ConnectionBanner,
  LanguageSwitch,
  Logo,
  NotificationBell,
  SchemeSwitch,
  useApi,
  useBookingUpdates,
  useLiveState,
  useNotificationFeed,
  useSession,
  useUnreadCount,
  type BookingStatusUpdate,
} from '@courtside/ui';
import { answer, type Language } from '@courtside/api';
import { ActionIcon, Avatar, Button, Group, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCalendarEvent, IconLogout, IconSearch, IconUser } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { UpdatePrompt } from './offline/UpdatePrompt';
import classes from './Shell.module.css';
import { useOfflineQueue } from './useOfflineQueue';

/** Saves the language in the profile too, so that mails follow it (I18N-05). */
function useSaveLanguage() {
  const api = useApi();
  const { phase, session } = useSession();
  return (language: Language) => {
    if (phase !== 'signedIn') return;
    answer(api.PUT('/api/users/me', { body: { language } }))
      .then((user) => session.replaceUser(user))
      // The device keeps the choice; the profile follows with the next change.
      .catch(() => undefined);
  };
}

/** Hears of the own bookings on every screen: lists are read again and the news is told once. */
function useBookingNews(enabled: boolean) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const told = useRef(new Set<string>());
  useBookingUpdates((update: BookingStatusUpdate) => {
    void queries.invalidateQueries({ queryKey: ['bookings'] });
    const news = `${update.bookingId} ${update.status}`;
    if (told.current.has(news)) return;
    told.current.add(news);
    const key = { CONFIRMED: 'confirmed', REJECTED: 'rejected', CANCELLED: 'cancelled' }[update.status];
    // What the customer just did on this screen needs no toast.
    if (key === undefined || update.previousStatus !== 'PENDING_CONFIRMATION') return;
    notifications.show({
      title: t(`news.${key}`),
      message: update.courtName ?? '',
      color: key === 'confirmed' ? 'pine' : 'orange',
      autoClose: 8000,
    });
  }, enabled);
}

/** Whatever is on screen is read again once the services are back, so that a page mends itself (APP-47, APP-54). */
function useCatchUp() {
  const queries = useQueryClient();
  const { generation } = useLiveState();
  useEffect(() => {
    if (generation > 1) void queries.invalidateQueries();
  }, [generation, queries]);
}

/** After a change of screen the keyboard starts at its top, and a screen reader says where it is. */
function useFocusOnArrival() {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { phase, user, session } = useSession();
  const navigate = useNavigate();
  const saveLanguage = useSaveLanguage();
  const isMember = phase === 'signedIn' && user?.role === 'CUSTOMER';
  useBookingNews(isMember);
  useOfflineQueue(isMember);
  const unread = useUnreadCount(isMember);
  const latest = useNotificationFeed(isMember);
  useCatchUp();
  const main = useFocusOnArrival();
  const { pathname, href } = useLocation();
  const isSigningIn = pathname === '/welcome' || pathname.startsWith('/signin/');
  // The page that a stranger looks at is where the sign-in leads back to.
  const back = pathname === '/' ? undefined : href;

  const signOut = async () => {
    await session.signOut();
    await navigate({ to: '/welcome' });
  };

  return (
    <div className={classes.shell} data-member={isMember || undefined}>
      <a className="courtside-skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.home} aria-label={t('nav.home')}>
          <Logo />
        </Link>
        {isMember && (
          <nav className={classes.topNav} aria-label={t('nav.label')}>
            <Link to="/" className={classes.topLink} activeOptions={{ exact: true, includeSearch: false }}>
              {t('nav.explore')}
            </Link>
            <Link to="/bookings" className={classes.topLink}>
              {t('nav.bookings')}
            </Link>
          </nav>
        )}
        <Group gap="xs" wrap="nowrap" ml="auto">
          <LanguageSwitch onChange={saveLanguage} />
          <SchemeSwitch />
          {phase === 'signedOut' && !isSigningIn && (
            <Button size="xs" renderRoot={(props) => <Link to="/welcome" search={{ to: back }} {...props} />}>
              {t('nav.signIn')}
            </Button>
          )}
          {isMember && (
            <NotificationBell
              unread={unread}
              latest={latest}
              renderRoot={(props) => <Link to="/notifications" {...props} />}
            />
          )}
          {isMember && user !== undefined && (
            <Menu position="bottom-end" width={230}>
              <Menu.Target>
                <ActionIcon
                  variant="transparent"
                  size="lg"
                  aria-label={t('nav.account')}
                  className={classes.account}
                >
                  <Avatar size={34} color="pine" variant="filled" name={user.name} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Label>{user.email}</Menu.Label>
                <Menu.Item
                  leftSection={<IconUser size={16} />}
                  renderRoot={(props) => <Link to="/profile" {...props} />}
                >
                  {t('nav.profile')}
                </Menu.Item>
                <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
                  {t('nav.signOut')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
      </header>
      <UpdatePrompt />
      <ConnectionBanner offline={t('nav.offline')} />
      <main id="main" ref={main} className={classes.main} tabIndex={-1}>
        {children}
      </main>
      {isMember && (
        <nav className={classes.bottomNav} aria-label={t('nav.label')}>
          <Link to="/" className={classes.tab} activeOptions={{ exact: true, includeSearch: false }}>
            <IconSearch size={22} aria-hidden />
            {t('nav.explore')}
          </Link>
          <Link to="/bookings" className={classes.tab}>
            <IconCalendarEvent size={22} aria-hidden />
            {t('nav.bookings')}
          </Link>
          <Link to="/profile" className={classes.tab}>
            <IconUser size={22} aria-hidden />
            {t('nav.profile')}
          </Link>
        </nav>
      )}
    </div>
  );
}
