/** What the messages of both apps look like, with fixed ones. */
import { Group } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AppNotification } from '../notifications/inbox';
import { NotificationBell } from '../notifications/NotificationBell';
import { NotificationList } from '../notifications/NotificationList';
import { PreferencesGrid } from '../notifications/PreferencesGrid';

const now = new Date('2026-11-23T18:00:00Z');

export function Bells() {
  return (
    <Group gap="lg">
      {[0, 3, 120].map((unread) => (
        <NotificationBell
          key={unread}
          unread={unread}
          renderRoot={(props) => <a href="#bell" {...props} />}
        />
      ))}
    </Group>
  );
}

export function Messages() {
  const { t } = useTranslation('ui');
  const message = (number: number, read: boolean, notificationType: string): AppNotification => ({
    id: String(number),
    notificationType,
    title: t(read ? 'paymentStatus.CAPTURED' : 'bookingStatus.CONFIRMED'),
    body: t('gallery.sureLead'),
    urgency: 'STANDARD',
    read,
    data: read ? {} : { deepLink: '#message' },
    createdAt: new Date(now.getTime() - number * 18 * 3_600_000).toISOString(),
  });
  return (
    <NotificationList
      notifications={[message(0, false, 'BOOKING_CONFIRMED'), message(1, true, 'PAYMENT_RECEIVED')]}
      now={now}
      hrefOf={({ data }) => data.deepLink}
      onOpen={() => undefined}
      onRead={() => undefined}
    />
  );
}

export function Preferences() {
  const { t } = useTranslation('ui');
  const [off, setOff] = useState<string[]>([]);
  return (
    <PreferencesGrid
      label={t('notifications.title')}
      kindTitle={t('gallery.notes')}
      rows={[
        { kind: 'bookings', label: t('gallery.bookings'), hint: t('gallery.sureLead') },
        { kind: 'price', label: t('gallery.price') },
      ]}
      ways={[
        { way: 'here', label: t('push.here') },
        { way: 'court', label: t('gallery.court') },
      ]}
      isOn={(kind, way) => !off.includes(kind + way)}
      heldBy={(kind, way) =>
        kind === 'bookings' && way === 'court' ? t('notifications.noneHint') : undefined
      }
      onChange={(kind, way, on) =>
        setOff((before) => (on ? before.filter((one) => one !== kind + way) : [...before, kind + way]))
      }
    />
  );
}
