/** ADMIN-11, ADMIN-12, NOTE-56: what the owner's reminder rules match right now, each with what can be done about it. */
import type { ReminderAlert } from '@courtside/api';
import {
  formatDate,
  formatTimeRange,
  ListSkeleton,
  ProblemView,
  toastDone,
  toastProblem,
  useLanguage,
} from '@courtside/ui';
import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconMail, IconPhone } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BookingDrawer } from '../../app/booking/BookingDrawer';
import { PaidDialog } from '../../app/booking/PaidDialog';
import { Panel } from '../../app/Panel';
import { useDismissAlert, useReminderAlerts } from '../../data/reminders';
import { draftAddress } from './attention';
import classes from './OverviewPage.module.css';

export function Alerts() {
  const { t } = useTranslation();
  const alerts = useReminderAlerts();
  const [opened, setOpened] = useState<string>();
  const [paid, setPaid] = useState<string>();
  const found = alerts.data;
  return (
    <Panel title={t('alerts.title')} lead={t('alerts.lead')}>
      {alerts.isPending && <ListSkeleton rows={2} height={56} />}
      {alerts.isError && found === undefined && (
        <ProblemView compact error={alerts.error} onRetry={() => void alerts.refetch()} />
      )}
      {found?.alerts.length === 0 && <Text c="dimmed">{t('alerts.none')}</Text>}
      <ul className={classes.attention} aria-label={t('alerts.title')}>
        {found?.alerts.map((alert) => (
          <Alert key={alert.alertId} alert={alert} onView={setOpened} onPaid={setPaid} />
        ))}
      </ul>
      {found !== undefined && found.totalCount > found.alerts.length && (
        <Text size="sm" c="dimmed">
          {t('alerts.more', { count: found.totalCount - found.alerts.length })}
        </Text>
      )}
      <Text size="sm">
        <Anchor renderRoot={(props) => <Link to="/settings" search={{ part: 'reminders' }} {...props} />}>
          {t('alerts.rules')}
        </Anchor>
      </Text>
      <BookingDrawer bookingId={opened} onClose={() => setOpened(undefined)} />
      <PaidDialog bookingId={paid} opened={paid !== undefined} onClose={() => setPaid(undefined)} />
    </Panel>
  );
}

interface AlertProps {
  alert: ReminderAlert;
  onView: (bookingId: string) => void;
  onPaid: (bookingId: string) => void;
}

function Alert({ alert, onView, onPaid }: AlertProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const dismiss = useDismissAlert();
  const { booking, actions } = alert;
  const what =
    booking == null
      ? alert.courtName
      : `${formatDate(booking.date, language, 'medium')}, ${formatTimeRange(booking.startTime, booking.endTime)}`;
  const who = booking == null ? t('alerts.emptyCourt') : (booking.customerName ?? t('alerts.guest'));
  const may = (action: ReminderAlert['actions'][number]) => actions.includes(action);
  const named = (action: string) => t('alerts.actionOn', { action, what: `${what}, ${who}` });
  const mail = booking?.contact?.emailDraft;
  const call = booking?.contact?.callLink;
  return (
    <li>
      <div>
        <Text fw={650}>
          {what} · {who}
        </Text>
        <Text size="sm" c="dimmed">
          {booking == null ? alert.reason : `${alert.reason} · ${alert.courtName}`}
        </Text>
      </div>
      <Group gap="xs">
        {booking != null && may('ANSWER') && (
          <Button
            size="xs"
            aria-label={named(t('alerts.answer'))}
            renderRoot={(props) => <Link to="/pending" search={{ booking: booking.bookingId }} {...props} />}
          >
            {t('alerts.answer')}
          </Button>
        )}
        {booking != null && may('MARK_PAID') && (
          <Button
            size="xs"
            aria-label={named(t('alerts.markPaid'))}
            onClick={() => onPaid(booking.bookingId)}
          >
            {t('alerts.markPaid')}
          </Button>
        )}
        {may('CONTACT') && mail != null && (
          <Button
            size="xs"
            variant="default"
            component="a"
            href={draftAddress(mail)}
            leftSection={<IconMail size={15} aria-hidden />}
            aria-label={named(t('alerts.mail'))}
          >
            {t('alerts.mail')}
          </Button>
        )}
        {may('CONTACT') && call != null && (
          <Button
            size="xs"
            variant="default"
            component="a"
            href={call}
            leftSection={<IconPhone size={15} aria-hidden />}
            aria-label={named(t('alerts.call'))}
          >
            {t('alerts.call')}
          </Button>
        )}
        {/* Cancelling starts there too: what the customer gets back stands beside its button. */}
        {booking != null ? (
          <Button
            size="xs"
            variant="default"
            aria-label={named(t('alerts.view'))}
            onClick={() => onView(booking.bookingId)}
          >
            {t('alerts.view')}
          </Button>
        ) : (
          <Button
            size="xs"
            variant="default"
            aria-label={named(t('alerts.view'))}
            renderRoot={(props) => (
              <Link to="/courts/$courtId" params={{ courtId: alert.courtId }} {...props} />
            )}
          >
            {t('alerts.view')}
          </Button>
        )}
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          loading={dismiss.isPending}
          aria-label={named(t('alerts.dismiss'))}
          onClick={() =>
            dismiss.mutate(alert.alertId, {
              onSuccess: () => toastDone(t('alerts.dismissed'), t('alerts.dismissedHint')),
              onError: (thrown) => toastProblem(thrown),
            })
          }
        >
          {t('alerts.dismiss')}
        </Button>
      </Group>
    </li>
  );
}
