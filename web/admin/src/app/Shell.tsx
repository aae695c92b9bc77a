/** The frame of every screen: navigation (at the side, at the bottom on phones), connection, toasts. */
import { answer, type Language } from '@courtside/api';
import {
  ConnectionBanner,
  formatDate,
  formatTime,
  LanguageSwitch,
  Logo,
  LogoMark,
  NotificationBell,
  SchemeSwitch,
  useApi,
  useBookingUpdates,
  useLanguage,
  useNotificationFeed,
  useSession,
  useUnreadCount,
  type BookingStatusUpdate,
} from '@courtside/ui';
import { ActionIcon, Avatar, Group, Menu, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import {
  IconBeach,
  IconCalendarEvent,
  IconCoinEuro,
  IconDots,
  IconHourglass,
  IconLayoutDashboard,
  IconLogout,
  IconSettings,
  IconSoccerField,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatchUp, usePendingBookings } from '../data/bookings';
import { useMyCourts } from '../data/courts';
import { useReminderAlerts } from '../data/reminders';
import { accessOf } from './access';
import { Inactivity } from './Inactivity';
import { inLanguage } from './inLanguage';
import { newsOf } from './news';
import classes from './Shell.module.css';
import { Shortcuts } from './Shortcuts';
import { StaffNav } from './StaffNav';
import { Standing } from './Standing';

/** ADMIN-59: the choice is saved in the profile too, so that mails follow it. */
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

/** ADMIN-31: hears of every booking on the owner's courts, on every screen. */
function useBookingNews(enabled: boolean) {
  const { t } = useTranslation();
  const language = useLanguage();
  const queries = useQueryClient();
  const told = useRef(new Set<string>());
  useCatchUp();
  const mine = useMyCourts(enabled).data;
  /** In the reader's language; the message itself speaks the profile's. */
  const courtName = ({ courtId, courtName: sent }: BookingStatusUpdate) => {
    const court = mine?.find((known) => known.id === courtId);
    return (court && inLanguage(court.name, language)?.text) ?? sent;
  };
  useBookingUpdates((update: BookingStatusUpdate) => {
    void queries.invalidateQueries({ queryKey: ['bookings'] });
    void queries.invalidateQueries({ queryKey: ['availability', update.courtId] });
    void queries.invalidateQueries({ queryKey: ['reminders', 'alerts'] });
    const once = `${update.bookingId} ${update.status}`;
    if (told.current.has(once)) return;
    told.current.add(once);
    // What the owner does on this screen right now needs no toast.
    if (queries.isMutating({ mutationKey: ['change-booking'] }) > 0) return;
    const news = newsOf(update);
    if (news === undefined) return;
    notifications.show({
      title: t(`news.${news}`),
      message: [
        courtName(update),
        update.date !== undefined && formatDate(update.date, language, 'medium'),
        update.startTime !== undefined && formatTime(update.startTime),
      ]
        .filter(Boolean)
        .join(' · '),
      color: news === 'waiting' ? 'yellow' : news === 'booked' ? 'pine' : 'orange',
      autoClose: 8000,
    });
  }, enabled);
}

function Count({ count, words }: { count: number; words: string }) {
  if (count === 0) return null;
  return (
    <span className={classes.count}>
      <span aria-hidden>{count > 99 ? '99+' : count}</span>
      <VisuallyHidden>{words}</VisuallyHidden>
    </span>
  );
}

function PendingCount() {
  const { t } = useTranslation();
  const count = usePendingBookings().data?.length ?? 0;
  return <Count count={count} words={t('nav.waiting', { count })} />;
}

/** ADMIN-10: what the owner's reminder rules match. */
function ReminderCount() {
  const { t } = useTranslation();
  const count = useReminderAlerts().data?.totalCount ?? 0;
  return <Count count={count} words={t('nav.reminders', { count })} />;
}

function Bell() {
  const unread = useUnreadCount(true);
  const latest = useNotificationFeed(true);
  return (
    <NotificationBell
      unread={unread}
      latest={latest}
      renderRoot={(props) => <Link to="/notifications" {...props} />}
    />
  );
}

function Links({ className }: { className: string | undefined }) {
  const { t } = useTranslation();
  return (
    <>
      <Link to="/overview" className={className} activeOptions={{ includeSearch: false }}>
        <IconLayoutDashboard size={21} aria-hidden />
        {t('nav.overview')} <ReminderCount />
      </Link>
      <Link to="/calendar" className={className} activeOptions={{ includeSearch: false }}>
        <IconCalendarEvent size={21} aria-hidden />
        {t('nav.calendar')}
      </Link>
      <Link to="/pending" className={className} activeOptions={{ includeSearch: false }}>
        <IconHourglass size={21} aria-hidden />
        {t('nav.pending')} <PendingCount />
      </Link>
      <Link to="/courts" className={className} activeOptions={{ includeSearch: false }}>
        <IconSoccerField size={21} aria-hidden />
        {t('nav.courts')}
      </Link>
      <MoreLinks className={className} />
    </>
  );
}

const more = [
  ['/holidays', 'nav.holidays', IconBeach],
  ['/money', 'nav.money', IconCoinEuro],
  ['/settings', 'nav.settings', IconSettings],
] as const;

/** Beside the others on wide screens; phones have room for one more, which opens the rest. */
function MoreLinks({ className }: { className: string | undefined }) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) === true;
  if (!isPhone) {
    return more.map(([to, label, Icon]) => (
      <Link key={to} to={to} className={className} activeOptions={{ includeSearch: false }}>
        <Icon size={21} aria-hidden />
        {t(label)}
      </Link>
    ));
  }
  return (
    <Menu position="top-end" width={220}>
      <Menu.Target>
        <button type="button" className={`${className ?? ''} ${classes.moreButton}`}>
          <IconDots size={21} aria-hidden />
          {t('nav.more')}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {more.map(([to, label, Icon]) => (
          <Menu.Item
            key={to}
            leftSection={<Icon size={18} aria-hidden />}
            renderRoot={(props) => <Link to={to} {...props} />}
          >
            {t(label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountMenu() {
  const { t } = useTranslation();
  const { user, session } = useSession();
  const navigate = useNavigate();
  if (user === undefined) return null;
  const signOut = async () => {
    await session.signOut();
    await navigate({ to: '/welcome' });
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="transparent" size="lg" aria-label={t('nav.account')} radius="xl">
          <Avatar size={34} color="pine" variant="filled" name={user.name} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={650} c="var(--mantine-color-text)">
            {user.name}
          </Text>
          {user.email}
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { phase, user } = useSession();
  const saveLanguage = useSaveLanguage();
  const isOwner = phase === 'signedIn' && accessOf(user?.role) === 'owner';
  const isStaff = phase === 'signedIn' && accessOf(user?.role) === 'staff';
  useBookingNews(isOwner);

  return (
    <div className={classes.shell} data-owner={isOwner || undefined}>
      <a className="courtside-skip" href="#main">
        {t('nav.skip')}
      </a>
      <header className={classes.header}>
        <Link to="/" className={classes.home} aria-label={t('nav.home')}>
          <span className={classes.wideLogo}>
            <Logo suffix={t('nav.portal')} />
          </span>
          <span className={classes.narrowLogo}>
            <LogoMark />
            <Text component="span" fw={800} fz="lg" lts="-0.02em" c="var(--mantine-color-text)">
              {t('nav.portal')}
            </Text>
          </span>
        </Link>
        <Group gap="xs" wrap="nowrap" ml="auto">
          <LanguageSwitch onChange={saveLanguage} />
          <SchemeSwitch />
          {(isOwner || isStaff) && <Bell />}
          {phase === 'signedIn' && <AccountMenu />}
        </Group>
      </header>
      <ConnectionBanner offline={t('nav.offline')} />
      <div className={classes.body} data-staff={isStaff || undefined}>
        {isStaff && user !== undefined && <StaffNav role={user.role} />}
        {isOwner && (
          <nav className={classes.nav} aria-label={t('nav.label')}>
            <Links className={classes.link} />
          </nav>
        )}
        <main id="main" className={classes.main} tabIndex={-1}>
          {isOwner && user !== undefined && <Standing user={user} />}
          {isOwner && <Shortcuts />}
          {phase === 'signedIn' && <Inactivity />}
          {children}
        </main>
      </div>
    </div>
  );
}
