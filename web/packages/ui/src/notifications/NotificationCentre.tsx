/** The page of messages, the same in both apps: what is unread, all pages of the list, and the way to what they are about. */
import { Button, Container, Group, SegmentedControl, Title } from '@mantine/core';
import { IconBellCheck, IconChecks } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../components/EmptyState';
import { ListSkeleton } from '../components/ListSkeleton';
import { ProblemView } from '../components/ProblemView';
import { useMarkRead, useNotifications, useUnreadCount } from './data';
import { listed, type AppNotification } from './inbox';
import { NotificationList } from './NotificationList';

interface NotificationCentreProps {
  unreadOnly: boolean;
  onUnreadOnly: (unreadOnly: boolean) => void;
  /** Where a message leads; undefined when it leads nowhere in this app. */
  hrefOf: (notification: AppNotification) => string | undefined;
  /** Goes to an address of the app without loading the page anew. */
  go: (href: string) => void;
  /** Beside the heading: the way to the settings. */
  aside?: ReactNode;
  /** Above the list: what else belongs here, e.g. the offer to switch push on. */
  children?: ReactNode;
}

export function NotificationCentre({
  unreadOnly,
  onUnreadOnly,
  hrefOf,
  go,
  aside,
  children,
}: NotificationCentreProps) {
  const { t } = useTranslation('ui');
  const inbox = useNotifications(unreadOnly);
  const unread = useUnreadCount(true);
  const marking = useMarkRead();
  const notifications = listed(inbox.data);
  const read = ({ id, read: isRead }: AppNotification) => {
    if (!isRead) marking.mutate(id);
  };
  return (
    <Container size="sm" py="lg">
      <title>{`${t('notifications.title')} · Courtside`}</title>
      <Group justify="space-between" mb="md" wrap="nowrap">
        <Title order={1} fz="h2">
          {t('notifications.title')}
        </Title>
        {aside}
      </Group>
      {children}
      <Group justify="space-between" mb="md" gap="sm">
        <SegmentedControl
          aria-label={t('notifications.show')}
          value={unreadOnly ? 'unread' : 'all'}
          data={[
            { value: 'all', label: t('notifications.all') },
            { value: 'unread', label: t('notifications.onlyUnread') },
          ]}
          onChange={(value) => onUnreadOnly(value === 'unread')}
        />
        <Button
          variant="default"
          leftSection={<IconChecks size={18} aria-hidden />}
          disabled={unread === undefined || unread === 0}
          onClick={() => marking.mutate(undefined)}
        >
          {t('notifications.markAll')}
        </Button>
      </Group>
      {inbox.isPending && <ListSkeleton rows={5} height={84} />}
      {inbox.isError && notifications === undefined && (
        <ProblemView error={inbox.error} onRetry={() => void inbox.refetch()} />
      )}
      {notifications?.length === 0 && (
        <EmptyState
          icon={<IconBellCheck size={48} stroke={1.4} />}
          title={t(unreadOnly ? 'notifications.noneUnread' : 'notifications.none')}
          hint={t(unreadOnly ? 'notifications.noneUnreadHint' : 'notifications.noneHint')}
        />
      )}
      {notifications !== undefined && notifications.length > 0 && (
        <NotificationList
          notifications={notifications}
          now={new Date(inbox.dataUpdatedAt)}
          hrefOf={hrefOf}
          onRead={read}
          onOpen={(notification, href) => {
            read(notification);
            go(href);
          }}
        />
      )}
      {inbox.isFetchNextPageError && <ProblemView compact error={inbox.error} />}
      {inbox.hasNextPage && (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={inbox.isFetchingNextPage}
            onClick={() => void inbox.fetchNextPage()}
          >
            {t('notifications.more')}
          </Button>
        </Group>
      )}
    </Container>
  );
}
