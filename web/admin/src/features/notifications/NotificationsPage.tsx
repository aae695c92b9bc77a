/** ADMIN-09, ADMIN-31: the messages to an owner or to staff, with the way to what they are about. */
import { NotificationCentre, PushOffer, useSession } from '@courtside/ui';
import { ActionIcon } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { accessOf } from '../../app/access';
import { messageAddress } from '../../app/messageAddress';
import { push } from '../../app/services';

/** Where the portal stands, without the slash at its end. */
const base = import.meta.env.BASE_URL.replace(/\/$/, '');

export function NotificationsPage() {
  const { t } = useTranslation();
  const { user } = useSession();
  const router = useRouter();
  const navigate = useNavigate({ from: '/notifications' });
  const { unread = false } = useSearch({ from: '/portal/notifications' });
  const isOwner = accessOf(user?.role) === 'owner';
  return (
    <NotificationCentre
      unreadOnly={unread}
      onUnreadOnly={(only) => void navigate({ search: { unread: only || undefined }, replace: true })}
      hrefOf={(message) => {
        const address = messageAddress(message);
        return address === undefined ? undefined : base + address;
      }}
      go={(href) => void router.navigate({ href: href.slice(base.length) })}
      aside={
        isOwner && (
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t('messages.settings')}
            renderRoot={(props) => <Link to="/settings" search={{ part: 'notifications' }} {...props} />}
          >
            <IconSettings size={20} aria-hidden />
          </ActionIcon>
        )
      }
    >
      {isOwner && <PushOffer push={push} title={t('messages.offer')} hint={t('messages.offerHint')} />}
    </NotificationCentre>
  );
}
