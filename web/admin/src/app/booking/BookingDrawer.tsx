/** One booking with everything the owner may know of it, and what can be done about it (ADMIN-29). */
import type { BookingDetail } from '@courtside/api';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatTimeRange,
  instantOf,
  ListSkeleton,
  ProblemView,
  SportIcon,
  StatusBadge,
  useLanguage,
} from '@courtside/ui';
import { Alert, Anchor, Button, Divider, Drawer, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useDisclosure, useMediaQuery, useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconMail, IconPhone, IconUsers } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useBooking, useCancelBooking } from '../../data/bookings';
import { useNow } from '../useNow';
import { Answer } from './Answer';
import { Countdown } from './Countdown';
import { OwnerActions } from './OwnerActions';
import { ReasonDialog } from './ReasonDialog';
import { useBookerName } from './useBookerName';

interface BookingDrawerProps {
  bookingId: string | undefined;
  onClose: () => void;
  /** Where bookings can be moved: the calendar. */
  onMove?: (booking: BookingDetail) => void;
}

export function BookingDrawer({ bookingId, onClose, onMove }: BookingDrawerProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const isPhone = useMediaQuery('(max-width: 48em)');
  const booking = useBooking(bookingId);
  return (
    <Drawer
      opened={bookingId !== undefined}
      onClose={onClose}
      position={isPhone === true ? 'bottom' : 'right'}
      size={isPhone === true ? '92%' : 460}
      title={
        <Text component="h2" fw={750} fz="lg">
          {t('booking.title')}
        </Text>
      }
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {booking.isPending && <ListSkeleton rows={4} />}
      {booking.isError && booking.data === undefined && (
        <ProblemView compact error={booking.error} onRetry={() => void booking.refetch()} />
      )}
      {booking.data !== undefined && (
        <BookingFacts key={booking.data.id} booking={booking.data} onMove={onMove} />
      )}
    </Drawer>
  );
}

function BookingFacts({ booking, onMove }: { booking: BookingDetail; onMove: BookingDrawerProps['onMove'] }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const name = useBookerName()(booking);
  const [message, setMessage] = useState('');
  const isPending = booking.status === 'PENDING_CONFIRMATION';
  return (
    <Stack gap="md" pb="lg">
      <Group justify="space-between">
        <StatusBadge status={booking.status} size="lg" />
        {isPending && booking.confirmationDeadline != null && (
          <Countdown deadline={booking.confirmationDeadline} zone={booking.timezone} />
        )}
      </Group>
      <div>
        <Text fw={750} fz="xl">
          {formatTimeRange(booking.startTime, booking.endTime)}
        </Text>
        <Text>{formatDate(booking.date, language, 'full')}</Text>
        <Group gap={6} c="dimmed" wrap="nowrap" mt={4}>
          <SportIcon sport={booking.courtType} size={17} style={{ flexShrink: 0 }} />
          <Text size="sm">{booking.courtName}</Text>
        </Group>
      </div>

      <Section title={t(booking.isManual ? 'booking.guest' : 'booking.customer')}>
        <Text fw={650}>{name}</Text>
        {booking.customerPhone != null && (
          <Contact icon={<IconPhone size={16} aria-hidden />}>
            <Anchor href={`tel:${booking.customerPhone.replaceAll(/\s/g, '')}`}>
              {booking.customerPhone}
            </Anchor>
          </Contact>
        )}
        {booking.customerEmail != null && (
          <Contact icon={<IconMail size={16} aria-hidden />}>
            <Anchor href={`mailto:${booking.customerEmail}`}>{booking.customerEmail}</Anchor>
          </Contact>
        )}
        {booking.numberOfPeople != null && (
          <Contact icon={<IconUsers size={16} aria-hidden />}>
            {t('booking.people', { count: booking.numberOfPeople })}
          </Contact>
        )}
        {booking.notes != null && booking.notes !== '' && (
          <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
            {booking.notes}
          </Text>
        )}
      </Section>

      <Money booking={booking} />
      {booking.noShow && <Alert color="orange">{t('noShow.flagged')}</Alert>}
      <OwnerActions booking={booking} onMove={onMove} />
      {booking.paymentTimeline.length > 0 && (
        <Section title={t('booking.paymentLine')}>
          <Stack gap={6} component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
            {booking.paymentTimeline.map(({ event, timestamp }) => (
              <li key={`${event} ${timestamp}`}>
                <Group justify="space-between" gap="xs" wrap="nowrap">
                  <Text size="sm">{t(`paymentEvent.${event}`, { defaultValue: event })}</Text>
                  <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                    {formatInstant(timestamp, booking.timezone, language)}
                  </Text>
                </Group>
              </li>
            ))}
          </Stack>
        </Section>
      )}

      {isPending && (
        <Alert color="yellow" title={t('answer.title')}>
          <Stack gap="sm">
            <Text size="sm">{t('answer.lead')}</Text>
            <Textarea
              label={t('answer.message')}
              value={message}
              maxLength={500}
              autosize
              minRows={1}
              onChange={(event) => setMessage(event.currentTarget.value)}
            />
            <Answer booking={booking} message={message} />
          </Stack>
        </Alert>
      )}

      <Section title={t('booking.history')}>
        <Stack gap={8} component="ol" m={0} p={0} style={{ listStyle: 'none' }}>
          {booking.statusHistory.map((step) => (
            <li key={`${step.status} ${step.changedAt}`}>
              <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
                <Text size="sm">
                  <b>{shared(`bookingStatus.${step.status}`)}</b> · {t(`actor.${step.changedBy}`)}
                  {step.reason != null && step.reason !== '' && (
                    <Text component="span" display="block" size="sm" c="dimmed">
                      {step.reason}
                    </Text>
                  )}
                </Text>
                <Text size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                  {formatInstant(step.changedAt, booking.timezone, language)}
                </Text>
              </Group>
            </li>
          ))}
        </Stack>
      </Section>
      <Text size="sm" c="dimmed">
        {t('booking.reference', { id: booking.id.slice(-8).toUpperCase() })}
      </Text>
      <Cancellation booking={booking} />
    </Stack>
  );
}

function Money({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const line = (label: string, cents: number, strong = false) => (
    <Group justify="space-between">
      <Text c={strong ? undefined : 'dimmed'} fw={strong ? 700 : 400}>
        {label}
      </Text>
      <Text fw={strong ? 750 : 500}>{formatMoney(cents, language)}</Text>
    </Group>
  );
  return (
    <Section title={t('booking.money')}>
      {booking.isManual ? (
        <Stack gap={4}>
          <Text size="sm" c="dimmed">
            {shared(`paymentStatus.${booking.paymentStatus}`)}
          </Text>
          {booking.externalPayment != null && (
            <Text size="sm">
              {[t(`paid.methods.${booking.externalPayment.method}`), booking.externalPayment.notes]
                .filter(Boolean)
                .join(' · ')}
            </Text>
          )}
        </Stack>
      ) : (
        <Stack gap={4}>
          {line(t('booking.price'), booking.totalAmountCents)}
          {line(t('booking.fee'), -booking.platformFeeCents)}
          {booking.refundedAmountCents > 0 && line(t('booking.refunded'), -booking.refundedAmountCents)}
          <Divider my={2} />
          {line(t('booking.net'), booking.courtOwnerNetCents, true)}
          <Text size="sm" c="dimmed">
            {shared(`paymentStatus.${booking.paymentStatus}`)}
          </Text>
        </Stack>
      )}
    </Section>
  );
}

function Cancellation({ booking }: { booking: BookingDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { online } = useNetwork();
  const now = useNow(30_000);
  const cancellation = useCancelBooking();
  const [opened, dialog] = useDisclosure(false);
  const isOver = instantOf(booking.date, booking.endTime, booking.timezone) <= now;
  // A pending booking is rejected rather than cancelled.
  if (booking.status !== 'CONFIRMED' || isOver) return null;

  const cancel = (reason: string) =>
    cancellation.mutate(
      { bookingId: booking.id, reason: reason === '' ? undefined : reason },
      {
        onSuccess: (result) => {
          dialog.close();
          notifications.show({
            color: 'pine',
            title: t('cancel.done'),
            message:
              result.refundAmountCents > 0
                ? t('cancel.refunded', { amount: formatMoney(result.refundAmountCents, language) })
                : '',
          });
        },
      },
    );

  return (
    <>
      <Button
        variant="light"
        color="red"
        disabled={!online}
        onClick={() => {
          cancellation.reset();
          dialog.open();
        }}
      >
        {t('cancel.open')}
      </Button>
      <ReasonDialog
        opened={opened}
        onClose={dialog.close}
        title={t('cancel.title')}
        lead={
          booking.isManual
            ? t('cancel.leadManual')
            : t('cancel.leadAmount', { amount: formatMoney(booking.courtOwnerNetCents, language) })
        }
        required={false}
        confirm={t('cancel.open')}
        working={cancellation.isPending}
        error={cancellation.error}
        onConfirm={cancel}
      />
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <Divider mb="sm" />
      <Title order={3} fz="sm" c="dimmed" fw={650} mb={6}>
        {title}
      </Title>
      <Stack gap={4}>{children}</Stack>
    </section>
  );
}

function Contact({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <Group gap={8} wrap="nowrap" c="dimmed">
      {icon}
      <Text size="sm" c="var(--mantine-color-text)">
        {children}
      </Text>
    </Group>
  );
}
