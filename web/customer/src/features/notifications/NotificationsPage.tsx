/** The customer's messages: what happened with bookings and payments, newest first (NOTE-40, APP-36). */
import { NotificationCentre } from '@courtside/ui';
import { ActionIcon } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { notificationLink } from './notificationLink';

export function NotificationsPage() {
  const { t } = useTranslation();
  const { show } = useSearch({ from: '/members/notifications' });
  const navigate = useNavigate({ from: '/notifications' });
  const router = useRouter();
  return (
    <NotificationCentre
      unreadOnly={show === 'unread'}
      onUnreadOnly={(unreadOnly) =>
        void navigate({ search: { show: unreadOnly ? 'unread' : undefined }, replace: true })
      }
      hrefOf={notificationLink}
      go={(href) => void router.navigate({ href })}
      aside={
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('settings.notifications')}
          renderRoot={(props) => <Link to="/profile/notifications" {...props} />}
        >
          <IconSettings size={22} aria-hidden />
        </ActionIcon>
      }
    />
  );
}
