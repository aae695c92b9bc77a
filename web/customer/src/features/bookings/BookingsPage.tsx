/** My bookings: what comes, what was, and what was called off, of all sports or one. */
import type { Booking, CourtType } from '@courtside/api';
import {
  EmptyState,
  formatDate,
  formatMoney,
  formatTimeRange,
  ListSkeleton,
  ProblemView,
  SportIcon,
  sportColors,
  StatusBadge,
  useLanguage,
} from '@courtside/ui';
import { Button, Container, Group, SegmentedControl, Select, Stack, Text, Title } from '@mantine/core';
import { IconCalendarPlus, IconRepeat } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataAge } from '../../app/DataAge';
import { useBookings } from '../../data/bookings';
import classes from './BookingsPage.module.css';

const sports: CourtType[] = ['PADEL', 'TENNIS', 'BASKETBALL', 'FOOTBALL_5X5'];

export function BookingsPage() {
  const { t } = useTranslation();
  const { show = 'upcoming', sport } = useSearch({ from: '/members/bookings' });
  const navigate = useNavigate({ from: '/bookings' });
  const list = useBookings(show, sport);
  const { t: shared } = useTranslation('ui');
  const bookings = list.data?.pages.flatMap((page) => page.bookings);
  return (
    <Container size="sm" py="lg">
      <title>{`${t('bookings.title')} · Courtside`}</title>
      <Group justify="space-between" mb="md">
        <Title order={1} fz="h2">
          {t('bookings.title')}
        </Title>
        <SegmentedControl
          aria-label={t('bookings.show')}
          value={show}
          data={[
            { value: 'upcoming', label: t('bookings.upcoming') },
            { value: 'past', label: t('bookings.past') },
            { value: 'cancelled', label: t('bookings.cancelled') },
          ]}
          onChange={(value) =>
            void navigate({
              search: (before) => ({ ...before, show: value === 'upcoming' ? undefined : value }),
              replace: true,
            })
          }
        />
      </Group>
      <Select
        aria-label={t('explore.sport')}
        mb="md"
        maw={220}
        value={sport ?? 'ANY'}
        data={[
          { value: 'ANY', label: t('bookings.allSports') },
          ...sports.map((value) => ({ value, label: shared(`sport.${value}`) })),
        ]}
        allowDeselect={false}
        onChange={(value) =>
          void navigate({
            search: (before) => ({
              ...before,
              sport: value === 'ANY' || value === null ? undefined : value,
            }),
            replace: true,
          })
        }
      />
      <DataAge query={list} />
      {list.isPending && <ListSkeleton rows={4} />}
      {list.isError && bookings === undefined && (
        <ProblemView error={list.error} onRetry={() => void list.refetch()} />
      )}
      {bookings?.length === 0 && (
        <EmptyState
          icon={<IconCalendarPlus size={48} stroke={1.4} />}
          title={t(`bookings.none.${show}`)}
          hint={t('bookings.noneHint')}
          action={
            <Button mt="sm" renderRoot={(props) => <Link to="/" {...props} />}>
              {t('bookings.find')}
            </Button>
          }
        />
      )}
      <Stack gap="sm" component="ul" className={classes.list}>
        {bookings?.map((booking) => (
          <li key={booking.id}>
            <BookingRow booking={booking} />
          </li>
        ))}
      </Stack>
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            {t('bookings.more')}
          </Button>
        </Group>
      )}
    </Container>
  );
}

function BookingRow({ booking }: { booking: Booking }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Link to="/bookings/$bookingId" params={{ bookingId: booking.id }} className={classes.row}>
      <div className={classes.day} style={{ backgroundColor: sportColors[booking.courtType] }}>
        <span>{formatDate(booking.date, language, 'weekday')}</span>
        <strong>{Number(booking.date.slice(8, 10))}</strong>
        <span>{formatDate(booking.date, language, 'dayMonth').replace(/[\d.\s]/g, '')}</span>
      </div>
      <div className={classes.words}>
        <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
          <Text fw={700} lineClamp={2}>
            {booking.courtName}
          </Text>
          <StatusBadge status={booking.status} />
        </Group>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Group gap={6} c="dimmed" wrap="nowrap">
            <SportIcon sport={booking.courtType} size={16} />
            <Text size="sm">{formatTimeRange(booking.startTime, booking.endTime)}</Text>
            {booking.isRecurring && <IconRepeat size={16} aria-label={t('series.part')} />}
          </Group>
          <Text size="sm" fw={650}>
            {formatMoney(booking.totalAmountCents, language)}
          </Text>
        </Group>
      </div>
    </Link>
  );
}
