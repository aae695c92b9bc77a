/** ADMIN-27: what waits for the owner, the most urgent first, each with its countdown. */
import type { Booking } from '@courtside/api';
import {
  EmptyState,
  formatDate,
  formatMoney,
  formatTimeRange,
  ListSkeleton,
  LiveMark,
  ProblemView,
  SportIcon,
  sportColors,
  useLanguage,
} from '@courtside/ui';
import { Anchor, Checkbox, Container, Group, Text, Title } from '@mantine/core';
import { IconConfetti } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Answer } from '../../app/booking/Answer';
import { BookingDrawer } from '../../app/booking/BookingDrawer';
import { Countdown } from '../../app/booking/Countdown';
import { useBookerName } from '../../app/booking/useBookerName';
import { usePendingBookings } from '../../data/bookings';
import { AnswerMany } from './AnswerMany';
import classes from './PendingPage.module.css';

export function PendingPage() {
  const { t } = useTranslation();
  const { booking } = useSearch({ from: '/portal/owners/pending' });
  const navigate = useNavigate({ from: '/pending' });
  const pending = usePendingBookings();
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <Container size="md" py="lg">
      <Group justify="space-between" mb={4}>
        <Title order={1} fz="h2">
          {t('pending.title')}
        </Title>
        <LiveMark />
      </Group>
      <Text c="dimmed" mb="md">
        {t('pending.lead')}
      </Text>
      {pending.isPending && <ListSkeleton rows={3} height={112} />}
      {pending.isError && pending.data === undefined && (
        <ProblemView error={pending.error} onRetry={() => void pending.refetch()} />
      )}
      {pending.data?.length === 0 && (
        <EmptyState
          icon={<IconConfetti size={48} stroke={1.4} />}
          title={t('pending.none')}
          hint={t('pending.noneHint')}
        />
      )}
      {(pending.data?.length ?? 0) > 1 && (
        <AnswerMany bookings={pending.data ?? []} chosen={chosen} onChoose={setChosen} />
      )}
      <ul className={classes.list} aria-label={t('pending.title')}>
        {pending.data?.map((item) => (
          <PendingItem
            key={item.id}
            booking={item}
            chosen={(pending.data?.length ?? 0) > 1 ? chosen.includes(item.id) : undefined}
            onChoose={(on) =>
              setChosen((before) => (on ? [...before, item.id] : before.filter((id) => id !== item.id)))
            }
          />
        ))}
      </ul>
      <BookingDrawer bookingId={booking} onClose={() => void navigate({ search: {}, replace: true })} />
    </Container>
  );
}

interface PendingItemProps {
  booking: Booking;
  /** Undefined where there is nothing to choose among. */
  chosen: boolean | undefined;
  onChoose: (on: boolean) => void;
}

function PendingItem({ booking, chosen, onChoose }: PendingItemProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useBookerName()(booking);
  const titleId = `pending-${booking.id}`;
  return (
    <li className={classes.item}>
      {chosen !== undefined && (
        <Checkbox
          checked={chosen}
          aria-label={t('pending.choose')}
          aria-describedby={titleId}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      )}
      <div className={classes.sport} style={{ backgroundColor: sportColors[booking.courtType] }} aria-hidden>
        <SportIcon sport={booking.courtType} size={24} />
      </div>
      <div className={classes.words} id={titleId}>
        <Text fw={750}>
          {formatDate(booking.date, language, 'medium')},{' '}
          {formatTimeRange(booking.startTime, booking.endTime)}
        </Text>
        <Text size="sm">{booking.courtName}</Text>
        <Group gap="xs" mt={2}>
          <Text size="sm" fw={650}>
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {t('pending.held', {
              amount: formatMoney(booking.heldAmountCents ?? booking.totalAmountCents, language),
            })}
          </Text>
          <Anchor
            size="sm"
            aria-describedby={titleId}
            renderRoot={(props) => <Link to="/pending" search={{ booking: booking.id }} replace {...props} />}
          >
            {t('pending.details')}
          </Anchor>
        </Group>
      </div>
      <div className={classes.answer}>
        {booking.confirmationDeadline != null && (
          <Countdown deadline={booking.confirmationDeadline} zone={booking.timezone} />
        )}
        <Answer booking={booking} describedBy={titleId} />
      </div>
    </li>
  );
}
