/** BOOK-65: the secret address with which other calendar programs follow the bookings, its renewal and its end. */
import { formatInstant, ListSkeleton, problemText, ProblemView, useLanguage } from '@courtside/ui';
import { Alert, Anchor, Button, CopyButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCalendarFeed, useChangeCalendarFeed } from '../../data/calendarFeed';

export function CalendarFeed({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('feed.title')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {opened && <Feed />}
    </Modal>
  );
}

function Feed() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const feed = useCalendarFeed();
  const change = useChangeCalendarFeed();
  if (feed.isPending) return <ListSkeleton rows={2} height={48} />;
  if (feed.data === undefined)
    return <ProblemView compact error={feed.error} onRetry={() => void feed.refetch()} />;
  const path = change.data?.path ?? feed.data.path;
  const address = path == null ? undefined : new URL(path, location.origin).href;
  return (
    <Stack>
      <Text c="dimmed">{t('feed.lead')}</Text>
      {address !== undefined && (
        <>
          <TextInput
            label={t('feed.address')}
            readOnly
            value={address}
            onFocus={(event) => event.currentTarget.select()}
          />
          <Group gap="xs">
            <CopyButton value={address}>
              {({ copied, copy }) => (
                <Button onClick={copy}>{t(copied ? 'feed.copied' : 'feed.copy')}</Button>
              )}
            </CopyButton>
            <Anchor href={address.replace(/^https?:/, 'webcal:')}>{t('feed.subscribe')}</Anchor>
          </Group>
        </>
      )}
      {feed.data.active && (
        <Text size="sm">
          {feed.data.createdAt != null &&
            t('feed.since', { when: formatInstant(feed.data.createdAt, 'Europe/Athens', language) })}{' '}
          {address === undefined && t('feed.hidden')}
        </Text>
      )}
      {change.isError && (
        <Alert color="red" role="alert">
          {problemText(change.error, shared)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        {feed.data.active && (
          <Button
            variant="subtle"
            color="red"
            loading={change.isPending}
            onClick={() => change.mutate('remove')}
          >
            {t('feed.remove')}
          </Button>
        )}
        <Button variant="default" loading={change.isPending} onClick={() => change.mutate('renew')}>
          {t(feed.data.active ? 'feed.renew' : 'feed.make')}
        </Button>
      </Group>
      {feed.data.active && (
        <Text size="sm" c="dimmed">
          {t('feed.renewHint')}
        </Text>
      )}
    </Stack>
  );
}
