/** The person's messages by day, newest first: unread ones stand out, one that leads somewhere is a link as a whole. */
import { ActionIcon, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import {
  IconBell,
  IconBuildingStadium,
  IconCalendarEvent,
  IconCheck,
  IconClock,
  IconCloudRain,
  IconCoinEuro,
  IconHeart,
  IconHourglass,
  IconMessage,
  IconShieldLock,
  IconUsers,
} from '@tabler/icons-react';
import { useId, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays, formatDate, localParts, todayIn, viewerZone } from '../formats';
import { useLanguage } from '../i18n';
import { byDay, type AppNotification } from './inbox';
import { subjectOf, type MessageSubject } from './kinds';
import classes from './NotificationList.module.css';

const icons: Record<MessageSubject, typeof IconBell> = {
  booking: IconCalendarEvent,
  money: IconCoinEuro,
  reminder: IconClock,
  waitlist: IconHourglass,
  match: IconUsers,
  account: IconShieldLock,
  support: IconMessage,
  weather: IconCloudRain,
  court: IconBuildingStadium,
  favorite: IconHeart,
  other: IconBell,
};

interface ItemHandlers {
  /** Where a message leads, as an address that can be opened in another tab too; undefined when it leads nowhere. */
  hrefOf: (notification: AppNotification) => string | undefined;
  onOpen: (notification: AppNotification, href: string) => void;
  onRead: (notification: AppNotification) => void;
}

interface NotificationListProps extends ItemHandlers {
  notifications: readonly AppNotification[];
  now: Date;
}

export function NotificationList({ notifications, now, ...handlers }: NotificationListProps) {
  const { t } = useTranslation('ui');
  const language = useLanguage();
  const zone = viewerZone();
  const ownId = useId();
  const today = todayIn(zone, now);
  const dayName = (date: string) => {
    if (date === today) return t('days.today');
    return date === addDays(today, -1) ? t('days.yesterday') : formatDate(date, language, 'full');
  };
  return (
    <Stack gap="lg">
      {byDay(notifications, zone).map(({ date, messages }) => (
        <section key={date} aria-labelledby={`${ownId}-${date}`}>
          <Title order={2} fz="sm" c="dimmed" mb={6} id={`${ownId}-${date}`}>
            {dayName(date)}
          </Title>
          <ul className={classes.list}>
            {messages.map((notification) => (
              <Item key={notification.id} notification={notification} zone={zone} {...handlers} />
            ))}
          </ul>
        </section>
      ))}
    </Stack>
  );
}

interface ItemProps extends ItemHandlers {
  notification: AppNotification;
  zone: string;
}

function Item({ notification, zone, hrefOf, onOpen, onRead }: ItemProps) {
  const { t } = useTranslation('ui');
  const { title, body, read, createdAt } = notification;
  const href = hrefOf(notification);
  const Icon = icons[subjectOf(notification.notificationType)];
  const open = (event: MouseEvent) => {
    if (href === undefined) return;
    // Another tab or window is the browser's business.
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      if (!read) onRead(notification);
      return;
    }
    event.preventDefault();
    onOpen(notification, href);
  };
  const heading = (
    <>
      {!read && <VisuallyHidden>{t('notifications.isUnread')} </VisuallyHidden>}
      {title}
    </>
  );
  return (
    <li className={classes.item} data-unread={read ? undefined : true} data-notification={notification.id}>
      <span className={classes.sign} aria-hidden>
        <Icon size={20} />
      </span>
      <div className={classes.words}>
        <Text fw={read ? 600 : 750}>
          {href === undefined ? (
            heading
          ) : (
            <a href={href} className={classes.link} onClick={open}>
              {heading}
            </a>
          )}
        </Text>
        {body !== '' && body !== title && <Text size="sm">{body}</Text>}
        <Text size="xs" c="dimmed" mt={2} component="time" dateTime={createdAt} display="block">
          {localParts(new Date(createdAt), zone).time}
        </Text>
      </div>
      {!read && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          className={classes.read}
          aria-label={t('notifications.markOne', { title })}
          onClick={() => onRead(notification)}
        >
          <IconCheck size={18} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
}
