/** The bell of the header: how many messages are unread, and what has just come for who cannot see it. */
import { ActionIcon, VisuallyHidden } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { NotificationMessage } from './data';
import classes from './NotificationBell.module.css';

interface NotificationBellProps {
  /** Undefined as long as nobody said. */
  unread: number | undefined;
  latest?: NotificationMessage;
  /** The link to the messages, e.g. `(props) => <Link to="/notifications" {...props} />`. */
  renderRoot: (props: Record<string, unknown>) => ReactNode;
}

export function NotificationBell({ unread = 0, latest, renderRoot }: NotificationBellProps) {
  const { t } = useTranslation('ui');
  return (
    <>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.bell}
        aria-label={unread === 0 ? t('notifications.title') : t('notifications.unread', { count: unread })}
        data-unread={unread}
        renderRoot={renderRoot}
      >
        <IconBell size={22} aria-hidden />
        {unread > 0 && (
          <span className={classes.count} aria-hidden>
            {unread > 99 ? '99+' : unread}
          </span>
        )}
      </ActionIcon>
      <VisuallyHidden role="status">
        {latest !== undefined && t('notifications.arrived', { title: latest.title })}
      </VisuallyHidden>
    </>
  );
}
