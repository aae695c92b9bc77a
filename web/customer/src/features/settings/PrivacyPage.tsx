/** A copy of all own data, the terms, and leaving for good with what that means (AUTH-36 to AUTH-44). */
import type { DataExport } from '@courtside/api';
import {
  formatDate,
  formatInstant,
  formatTime,
  ListSkeleton,
  ProblemView,
  problemText,
  useLanguage,
  useSession,
  viewerZone,
} from '@courtside/ui';
import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Checkbox,
  Group,
  List,
  Loader,
  Modal,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { IconDownload } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TermsText } from '../../app/TermsText';
import { useDataExports, useDeleteAccount, useRequestExport } from '../../data/account';
import { useBookings } from '../../data/bookings';
import { SettingsPage } from './SettingsPage';

export function PrivacyPage() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const [termsOpen, terms] = useDisclosure(false);
  const [leaving, dialog] = useDisclosure(false);
  return (
    <SettingsPage title={t('settings.privacy')}>
      <Exports />
      <Card withBorder component="section">
        <Group justify="space-between">
          <Title order={2} fz="h4">
            {t('terms.title')}
          </Title>
          <Button variant="default" size="xs" onClick={terms.open}>
            {t('register.read')}
          </Button>
        </Group>
      </Card>
      <Card withBorder component="section">
        <Title order={2} fz="h4" mb={4}>
          {t('leave.title')}
        </Title>
        <Text size="sm" c="dimmed" mb="md">
          {t('leave.hint')}
        </Text>
        <Group>
          <Button variant="light" color="red" onClick={dialog.open}>
            {t('leave.open')}
          </Button>
        </Group>
      </Card>
      <Modal
        opened={termsOpen}
        onClose={terms.close}
        title={t('terms.title')}
        size="lg"
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        <TermsText />
      </Modal>
      <LeaveDialog opened={leaving} onClose={dialog.close} />
    </SettingsPage>
  );
}

function Exports() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const exports = useDataExports();
  const request = useRequestExport();
  return (
    <Card withBorder component="section">
      <Title order={2} fz="h4" mb={4}>
        {t('export.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('export.hint')}
      </Text>
      {exports.isPending && <ListSkeleton rows={1} height={44} />}
      {exports.isError && exports.data === undefined && (
        <ProblemView compact error={exports.error} onRetry={() => void exports.refetch()} />
      )}
      <Stack gap="sm" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {exports.data?.slice(0, 3).map((made) => (
          <li key={made.exportId}>
            <Export made={made} />
          </li>
        ))}
      </Stack>
      {request.isError && (
        <Alert color="red" mt="sm" role="alert">
          {problemText(request.error, shared)}
        </Alert>
      )}
      <Group mt="md">
        <Button
          variant="default"
          loading={request.isPending}
          disabled={!online}
          onClick={() => request.mutate()}
        >
          {t('export.request')}
        </Button>
      </Group>
    </Card>
  );
}

function Export({ made }: { made: DataExport }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{formatInstant(made.requestedAt, viewerZone(), language)}</Text>
      {made.downloadUrl != null ? (
        <Button
          size="xs"
          variant="light"
          component="a"
          href={made.downloadUrl}
          download
          leftSection={<IconDownload size={16} />}
        >
          {t('export.download')}
        </Button>
      ) : made.status === 'PENDING' || made.status === 'RUNNING' ? (
        <Group gap={6} role="status">
          <Loader size={14} />
          <Text size="sm" c="dimmed">
            {t('export.making')}
          </Text>
        </Group>
      ) : (
        <Badge variant="default" radius="sm">
          {t(made.status === 'FAILED' ? 'export.failed' : 'export.expired')}
        </Badge>
      )}
    </Group>
  );
}

/** What ends, is given back and stays, before anything happens. */
function LeaveDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const { session } = useSession();
  const navigate = useNavigate();
  const ahead = useBookings('upcoming');
  const leave = useDeleteAccount();
  const [understood, setUnderstood] = useState(false);
  const bookings = ahead.data?.pages[0];
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('leave.sure')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <Stack>
        <List spacing={6}>
          <List.Item>{t('leave.atOnce')}</List.Item>
          <List.Item>
            {t('leave.bookings', { count: bookings?.totalElements ?? 0 })}
            {bookings !== undefined && bookings.bookings.length > 0 && (
              <List size="sm" c="dimmed" withPadding>
                {bookings.bookings.slice(0, 5).map((booking) => (
                  <List.Item key={booking.id}>
                    {booking.courtName}, {formatDate(booking.date, language)}, {formatTime(booking.startTime)}
                  </List.Item>
                ))}
              </List>
            )}
          </List.Item>
          <List.Item>{t('leave.person')}</List.Item>
          <List.Item>{t('leave.kept')}</List.Item>
        </List>
        <Text size="sm" c="dimmed">
          {t('leave.exportFirst')}{' '}
          <Anchor component="button" type="button" size="sm" onClick={onClose}>
            {t('export.title')}
          </Anchor>
        </Text>
        <Checkbox
          checked={understood}
          onChange={(event) => setUnderstood(event.currentTarget.checked)}
          label={t('leave.understood')}
        />
        {leave.isError && (
          <Alert color="red" role="alert">
            {problemText(leave.error, shared)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('leave.stay')}
          </Button>
          <Button
            color="red"
            disabled={!understood || !online}
            loading={leave.isPending || leave.isSuccess}
            onClick={() =>
              leave.mutate(undefined, {
                onSuccess: () =>
                  void session.signOut().then(() => navigate({ to: '/welcome', search: { left: true } })),
              })
            }
          >
            {t('leave.confirm')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
