/** ADMIN-26, day view: all courts side by side, one at a time on phones; it fills by itself (ADMIN-31). */
import type { Booking, Court } from '@courtside/api';
import {
  addDays,
  EmptyState,
  formatDate,
  LiveMark,
  ListSkeleton,
  ProblemView,
  todayIn,
  useLanguage,
} from '@courtside/ui';
import { ActionIcon, Button, Group, Popover, Select, Switch, Title } from '@mantine/core';
import { DatePicker } from '@mantine/dates';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import {
  IconCalendar,
  IconChevronLeft,
  IconChevronRight,
  IconPlus,
  IconSoccerField,
} from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BookingDrawer } from '../../app/booking/BookingDrawer';
import { takesTheCourt } from '../../app/booking/kinds';
import { inLanguage } from '../../app/inLanguage';
import { useNow } from '../../app/useNow';
import { useDayBookings } from '../../data/bookings';
import { useMyCourts } from '../../data/courts';
import classes from './CalendarPage.module.css';
import { DayGrid } from './DayGrid';
import { Legend } from './Legend';
import { ManualBookingDialog, type FreeSlot } from './ManualBookingDialog';

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
  const bookings = useDayBookings(date);
  const [showCancelled, setShowCancelled] = useState(false);
  const [adding, setAdding] = useState<FreeSlot>();
  const [pickerOpen, picker] = useDisclosure(false);

  const goTo = (chosen: string) =>
    void navigate({
      search: (before) => ({ ...before, date: chosen === today ? undefined : chosen }),
      replace: true,
    });
  const openBooking = (booking: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, booking }), replace: true });

  const shownCourt = courts.find((court) => court.id === search.court) ?? courts[0];
  const shownCourts = isPhone && shownCourt !== undefined ? [shownCourt] : courts;
  const all = bookings.data ?? noBookings;
  const shown = showCancelled ? all : all.filter(takesTheCourt);
  const nameOf = (court: Court) => inLanguage(court.name, language)?.text ?? '';

  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <Title order={1} fz="h2">
          {t('calendar.title')}
        </Title>
        <Group gap={6} wrap="nowrap" className={classes.days}>
          <ActionIcon
            variant="default"
            size={38}
            aria-label={t('calendar.previous')}
            onClick={() => goTo(addDays(date, -1))}
          >
            <IconChevronLeft size={19} />
          </ActionIcon>
          <Popover
            opened={pickerOpen}
            onChange={(open) => !open && picker.close()}
            trapFocus
            withArrow
            shadow="md"
          >
            <Popover.Target>
              <Button
                variant="default"
                h={38}
                leftSection={<IconCalendar size={17} aria-hidden />}
                aria-label={t('calendar.choose', { date: formatDate(date, language, 'full') })}
                aria-haspopup="dialog"
                aria-expanded={pickerOpen}
                onClick={picker.toggle}
                className={classes.date}
              >
                {formatDate(date, language, 'medium')}
              </Button>
            </Popover.Target>
            <Popover.Dropdown>
              <DatePicker
                locale={language}
                hideOutsideDates
                weekendDays={[]}
                value={date}
                defaultDate={date}
                ariaLabels={{
                  nextMonth: t('calendar.nextMonth'),
                  previousMonth: t('calendar.previousMonth'),
                }}
                onChange={(chosen) => {
                  picker.close();
                  if (chosen !== null) goTo(chosen);
                }}
              />
            </Popover.Dropdown>
          </Popover>
          <ActionIcon
            variant="default"
            size={38}
            aria-label={t('calendar.next')}
            onClick={() => goTo(addDays(date, 1))}
          >
            <IconChevronRight size={19} />
          </ActionIcon>
          <Button variant="default" h={38} px="sm" disabled={date === today} onClick={() => goTo(today)}>
            {shared('days.today')}
          </Button>
        </Group>
        <div className={classes.action}>
          <Button
            h={38}
            leftSection={<IconPlus size={17} aria-hidden />}
            onClick={() => setAdding({ courtId: shownCourt?.id, date })}
          >
            {t('manual.open')}
          </Button>
        </div>
      </div>

      {isPhone && courts.length > 1 && (
        <Select
          mb="sm"
          aria-label={t('calendar.court')}
          value={shownCourt?.id ?? null}
          data={courts.map((court) => ({
            value: court.id,
            label: t('calendar.courtWithCount', {
              name: nameOf(court),
              count: all.filter((booking) => booking.courtId === court.id && takesTheCourt(booking)).length,
            }),
          }))}
          allowDeselect={false}
          onChange={(court) =>
            void navigate({ search: (before) => ({ ...before, court: court ?? undefined }), replace: true })
          }
        />
      )}
      <div className={classes.aids}>
        {!isPhone && <Legend />}
        <LiveMark />
        <Switch
          size="sm"
          label={t('calendar.showCancelled')}
          checked={showCancelled}
          onChange={(event) => setShowCancelled(event.currentTarget.checked)}
        />
      </div>

      {bookings.isError && bookings.data === undefined ? (
        <ProblemView error={bookings.error} onRetry={() => void bookings.refetch()} />
      ) : (
        <DayGrid
          key={isPhone ? shownCourt?.id : 'all'}
          courts={shownCourts}
          nameOf={nameOf}
          date={date}
          bookings={shown}
          loading={bookings.isPending}
          now={now}
          onOpen={openBooking}
          onAdd={setAdding}
        />
      )}
      {isPhone && <Legend />}
      <BookingDrawer bookingId={search.booking} onClose={() => openBooking(undefined)} />
      <ManualBookingDialog
        slot={adding}
        courts={courts}
        nameOf={nameOf}
        now={now}
        onClose={() => setAdding(undefined)}
      />
    </div>
  );
}
