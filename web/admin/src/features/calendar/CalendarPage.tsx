/**
 * ADMIN-26: the bookings of all courts by day, week and month, with filters; it fills by itself (ADMIN-31). Phones show one
 * court at a time.
 */
import type { Booking, Court } from '@courtside/api';
import {
  addDays,
  datesFrom,
  EmptyState,
  formatDate,
  LiveMark,
  ListSkeleton,
  ProblemView,
  todayIn,
  useLanguage,
} from '@courtside/ui';
import { ActionIcon, Button, Group, Popover, SegmentedControl, Select, Switch, Title } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks';
import {
  IconCalendar,
  IconChevronLeft,
  IconChevronRight,
  IconPlus,
  IconRss,
  IconSoccerField,
} from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BookingDrawer } from '../../app/booking/BookingDrawer';
import { bookingKinds, isPaid, kindOf, takesTheCourt } from '../../app/booking/kinds';
import { calendarViews, type CalendarSearch } from '../../app/calendarSearch';
import { inLanguage } from '../../app/inLanguage';
import { useNow } from '../../app/useNow';
import { useBookingsBetween } from '../../data/bookings';
import { useMyCourts } from '../../data/courts';
import { CalendarFeed } from './CalendarFeed';
import classes from './CalendarPage.module.css';
import { DayGrid } from './DayGrid';
import { Legend } from './Legend';
import { ManualBookingDialog, type FreeSlot } from './ManualBookingDialog';
import { MonthGrid } from './MonthGrid';
import { MoveDialog } from './MoveDialog';
import type { MoveTarget } from './moving';
import { mondayOf, monthDates, nextMonth } from './overview';
import { WeekOverview } from './WeekOverview';

const usualZone = 'Europe/Athens';
const noBookings: Booking[] = [];

export function CalendarPage() {
  const { t } = useTranslation();
  const courts = useMyCourts();
  if (courts.isPending) {
    return (
      <div className={classes.page}>
        <ListSkeleton rows={6} />
      </div>
    );
  }
  if (courts.data === undefined) {
    return <ProblemView error={courts.error} onRetry={() => void courts.refetch()} />;
  }
  if (courts.data.length === 0) {
    return (
      <>
        <Title order={1} fz="h2" className={classes.lonelyTitle}>
          {t('calendar.title')}
        </Title>
        <EmptyState
          icon={<IconSoccerField size={52} stroke={1.3} />}
          title={t('courts.none')}
          hint={t('courts.noneHint')}
          action={
            <Button mt="sm" renderRoot={(props) => <Link to="/courts/new" {...props} />}>
              {t('courts.new')}
            </Button>
          }
        />
      </>
    );
  }
  return <Calendar courts={courts.data} />;
}

function Calendar({ courts }: { courts: Court[] }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const search = useSearch({ from: '/portal/owners/calendar' });
  const navigate = useNavigate({ from: '/calendar' });
  const isPhone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) === true;
  const now = useNow();
  const zone = courts[0]?.timezone ?? usualZone;
  const today = todayIn(zone, now);
  const date = search.date ?? today;
  const view = search.view ?? 'day';
  const monday = mondayOf(date);
  const month = monthDates(date);
  const [from, to] =
    view === 'day'
      ? [date, date]
      : view === 'week'
        ? [monday, addDays(monday, 6)]
        : [month[0] ?? date, month.at(-1) ?? date];
  const bookings = useBookingsBetween(from, to, view === 'day' ? undefined : search.court);
  const [showCancelled, setShowCancelled] = useState(false);
  const [adding, setAdding] = useState<FreeSlot>();
  const [moving, setMoving] = useState<{ booking: Booking; target: MoveTarget }>();
  const [feedOpen, feed] = useDisclosure(false);

  const change = (part: Partial<CalendarSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const goTo = useCallback(
    (chosen: string) =>
      void navigate({
        search: (before) => ({ ...before, date: chosen === today ? undefined : chosen }),
        replace: true,
      }),
    [navigate, today],
  );
  const openDay = (chosen: string) =>
    change({ date: chosen === today ? undefined : chosen, view: undefined });
  const openBooking = useCallback(
    (booking: string | undefined) =>
      void navigate({ search: (before) => ({ ...before, booking }), replace: true }),
    [navigate],
  );
  const drop = useCallback(
    (booking: Booking, { courtId, date: onto, startTime }: FreeSlot) =>
      setMoving({ booking, target: { courtId: courtId ?? booking.courtId, date: onto, startTime } }),
    [],
  );
  const step = (direction: 1 | -1) =>
    goTo(
      view === 'day'
        ? addDays(date, direction)
        : view === 'week'
          ? addDays(date, 7 * direction)
          : nextMonth(date, direction),
    );
  useHotkeys([
    ['ArrowLeft', () => step(-1)],
    ['ArrowRight', () => step(1)],
    ['T', () => goTo(today)],
    ['N', () => setAdding({ courtId: search.court ?? courts[0]?.id, date })],
  ]);

  const chosenCourt = courts.find((court) => court.id === search.court);
  const nameOf = useCallback((court: Court) => inLanguage(court.name, language)?.text ?? '', [language]);
  const ofType = useMemo(
    () => courts.filter((court) => search.type === undefined || court.courtType === search.type),
    [courts, search.type],
  );
  const phoneCourt = chosenCourt ?? ofType[0] ?? courts[0];
  // A phone has room for one column; a week in detail is always one court's.
  const onlyCourt = chosenCourt ?? (isPhone && view !== 'month' ? phoneCourt : undefined);
  const shownCourts = useMemo(() => (onlyCourt === undefined ? ofType : [onlyCourt]), [onlyCourt, ofType]);
  const shown = useMemo(() => {
    const ids = new Set(shownCourts.map(({ id }) => id));
    return (bookings.data ?? noBookings).filter(
      (booking) =>
        ids.has(booking.courtId) &&
        (showCancelled || search.status === 'cancelled' || takesTheCourt(booking)) &&
        (search.status === undefined || kindOf(booking) === search.status) &&
        (search.pay === undefined || isPaid(booking) === (search.pay === 'paid')),
    );
  }, [bookings.data, shownCourts, showCancelled, search.status, search.pay]);
  const columns = useMemo(
    () =>
      view === 'week' && onlyCourt !== undefined
        ? datesFrom(monday, 7).map((day) => ({ court: onlyCourt, date: day }))
        : shownCourts.map((court) => ({ court, date })),
    [view, onlyCourt, monday, date, shownCourts],
  );
  const sports = [...new Set(courts.map((court) => court.courtType))];
  const title =
    view === 'day'
      ? formatDate(date, language, 'medium')
      : view === 'week'
        ? `${formatDate(from, language, 'dayMonth')} – ${formatDate(to, language, 'dayMonth')}`
        : formatDate(date, language, 'month');

  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <Title order={1} fz="h2">
          {t('calendar.title')}
        </Title>
        <SegmentedControl
          aria-label={t('calendar.view')}
          value={view}
          data={calendarViews.map((value) => ({ value, label: t(`calendar.views.${value}`) }))}
          onChange={(value) => change({ view: value === 'day' ? undefined : value })}
        />
        <Group gap={6} wrap="nowrap" className={classes.days}>
          <ActionIcon
            variant="default"
            size={38}
            aria-label={t(`calendar.before.${view}`)}
            onClick={() => step(-1)}
          >
            <IconChevronLeft size={19} />
          </ActionIcon>
          <DayChoice date={date} title={title} onChoose={goTo} />
          <ActionIcon
            variant="default"
            size={38}
            aria-label={t(`calendar.after.${view}`)}
            onClick={() => step(1)}
          >
            <IconChevronRight size={19} />
          </ActionIcon>
          <Button variant="default" h={38} px="sm" disabled={date === today} onClick={() => goTo(today)}>
            {shared('days.today')}
          </Button>
        </Group>
        <Group gap={6} wrap="nowrap" className={classes.action}>
          <ActionIcon variant="default" size={38} aria-label={t('feed.title')} onClick={feed.open}>
            <IconRss size={18} />
          </ActionIcon>
          <Button
            h={38}
            leftSection={<IconPlus size={17} aria-hidden />}
            onClick={() => setAdding({ courtId: (onlyCourt ?? ofType[0])?.id, date })}
          >
            {t('manual.open')}
          </Button>
        </Group>
      </div>

      <div className={classes.filters}>
        {courts.length > 1 && (
          <Select
            size="xs"
            aria-label={t('calendar.court')}
            value={(isPhone && view !== 'month' ? phoneCourt?.id : search.court) ?? 'all'}
            data={[
              ...(isPhone && view !== 'month' ? [] : [{ value: 'all', label: t('calendar.allCourts') }]),
              ...courts.map((court) => ({
                value: court.id,
                label: t('calendar.courtWithCount', {
                  name: nameOf(court),
                  count: (bookings.data ?? noBookings).filter(
                    (booking) => booking.courtId === court.id && takesTheCourt(booking),
                  ).length,
                }),
              })),
            ]}
            allowDeselect={false}
            onChange={(court) => change({ court: court === null || court === 'all' ? undefined : court })}
          />
        )}
        {sports.length > 1 && (
          <Select
            size="xs"
            aria-label={t('form.courtType')}
            value={search.type ?? 'all'}
            data={[
              { value: 'all', label: t('calendar.allSports') },
              ...sports.map((sport) => ({ value: sport, label: shared(`sport.${sport}`) })),
            ]}
            allowDeselect={false}
            onChange={(type) => change({ type: sports.find((sport) => sport === type), court: undefined })}
          />
        )}
        <Select
          size="xs"
          aria-label={t('calendar.status')}
          value={search.status ?? 'all'}
          data={[
            { value: 'all', label: t('calendar.allStatuses') },
            ...bookingKinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) })),
          ]}
          allowDeselect={false}
          onChange={(status) => change({ status: bookingKinds.find((kind) => kind === status) })}
        />
        <Select
          size="xs"
          aria-label={t('calendar.payment')}
          value={search.pay ?? 'all'}
          data={[
            { value: 'all', label: t('calendar.allPayments') },
            { value: 'paid', label: t('calendar.paid') },
            { value: 'unpaid', label: t('calendar.unpaid') },
          ]}
          allowDeselect={false}
          onChange={(pay) => change({ pay: pay === 'paid' || pay === 'unpaid' ? pay : undefined })}
        />
        <Switch
          size="sm"
          label={t('calendar.showCancelled')}
          checked={showCancelled}
          onChange={(event) => setShowCancelled(event.currentTarget.checked)}
        />
        <LiveMark />
        {!isPhone && <Legend />}
      </div>

      {bookings.isError && bookings.data === undefined ? (
        <ProblemView error={bookings.error} onRetry={() => void bookings.refetch()} />
      ) : view === 'month' ? (
        <MonthGrid date={date} today={today} bookings={shown} loading={bookings.isPending} onDay={openDay} />
      ) : view === 'week' && onlyCourt === undefined ? (
        <WeekOverview
          courts={shownCourts}
          nameOf={nameOf}
          from={monday}
          today={today}
          bookings={shown}
          loading={bookings.isPending}
          onOpen={openBooking}
          onDay={openDay}
          onCourt={(court) => change({ court })}
        />
      ) : (
        <DayGrid
          key={view === 'week' || isPhone ? onlyCourt?.id : 'all'}
          columns={columns}
          by={view === 'week' ? 'day' : 'court'}
          nameOf={nameOf}
          bookings={shown}
          loading={bookings.isPending}
          now={now}
          onOpen={openBooking}
          onAdd={setAdding}
          onDrop={drop}
        />
      )}
      {isPhone && <Legend />}
      <BookingDrawer
        bookingId={search.booking}
        onClose={() => openBooking(undefined)}
        onMove={(booking) =>
          setMoving({
            booking,
            target: { courtId: booking.courtId, date: booking.date, startTime: undefined },
          })
        }
      />
      <ManualBookingDialog
        slot={adding}
        courts={courts}
        nameOf={nameOf}
        now={now}
        onClose={() => setAdding(undefined)}
      />
      {moving !== undefined && (
        <MoveDialog
          booking={moving.booking}
          target={moving.target}
          courts={courts}
          nameOf={nameOf}
          onClose={() => {
            setMoving(undefined);
            openBooking(undefined);
          }}
        />
      )}
      <CalendarFeed opened={feedOpen} onClose={feed.close} />
    </div>
  );
}

interface DayChoiceProps {
  date: string;
  title: string;
  onChoose: (date: string) => void;
}

function DayChoice({ date, title, onChoose }: DayChoiceProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [opened, picker] = useDisclosure(false);
  return (
    <Popover opened={opened} onChange={(open) => !open && picker.close()} trapFocus withArrow shadow="md">
      <Popover.Target>
        <Button
          variant="default"
          h={38}
          leftSection={<IconCalendar size={17} aria-hidden />}
          aria-label={t('calendar.choose', { date: formatDate(date, language, 'full') })}
          aria-haspopup="dialog"
          aria-expanded={opened}
          onClick={picker.toggle}
          className={classes.date}
        >
          {title}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <DatePicker
          locale={language}
          hideOutsideDates
          weekendDays={[]}
          value={date}
          defaultDate={date}
          ariaLabels={{ nextMonth: t('calendar.nextMonth'), previousMonth: t('calendar.previousMonth') }}
          onChange={(chosen) => {
            picker.close();
            if (chosen !== null) onChoose(chosen);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
