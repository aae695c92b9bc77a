/** Which identities lead to the account, and on which devices it is open (AUTH-16, AUTH-25). */
import { beginSignIn, type ProviderSettings, type SessionSummary } from '@courtside/api';
import {
  formatInstant,
  ListSkeleton,
  ProblemView,
  problemText,
  useLanguage,
  viewerZone,
} from '@courtside/ui';
import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { providerBrands } from '../../app/providerBrands';
import { useEndSessions, useLinkedProviders, useSessions } from '../../data/account';
import { useClientConfig } from '../../data/clientConfig';
import { deviceName } from './deviceName';
import { SettingsPage } from './SettingsPage';

export function SecurityPage() {
  const { t } = useTranslation();
  return (
    <SettingsPage title={t('settings.security')}>
      <Providers />
      <Sessions />
    </SettingsPage>
  );
}

function Providers() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const linked = useLinkedProviders();
  const config = useClientConfig();
  const [leaving, setLeaving] = useState<string>();
  const [failure, setFailure] = useState<unknown>();

  const link = async (settings: ProviderSettings) => {
    setLeaving(settings.provider);
    setFailure(undefined);
    try {
      const callback = `${location.origin}/signin/callback`;
      location.assign(await beginSignIn(settings, callback, '/profile/security', 'link'));
    } catch (thrown) {
      setFailure(thrown);
      setLeaving(undefined);
    }
  };

  return (
    <Card withBorder component="section">
      <Title order={2} fz="h4" mb={4}>
        {t('security.providers')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('security.providersHint')}
      </Text>
      {linked.isPending && <ListSkeleton rows={3} height={44} />}
      {linked.isError && linked.data === undefined && (
        <ProblemView compact error={linked.error} onRetry={() => void linked.refetch()} />
      )}
      {linked.data !== undefined && (
        <Stack gap="sm">
          {config.data?.providers.map((settings) => {
            const { name, Icon } = providerBrands[settings.provider];
            const identity = linked.data.find(({ provider }) => provider === settings.provider);
            return (
              <Group key={settings.provider} wrap="nowrap" justify="space-between">
                <Group wrap="nowrap" gap="sm" miw={0}>
                  <Icon size={22} aria-hidden />
                  <div style={{ minWidth: 0 }}>
                    <Text fw={650}>{name}</Text>
                    {identity !== undefined && (
                      <Text size="sm" c="dimmed" truncate>
                        {identity.email}
                      </Text>
                    )}
                  </div>
                </Group>
                {identity === undefined ? (
                  <Button
                    size="xs"
                    variant="default"
                    loading={leaving === settings.provider}
                    disabled={!online || leaving !== undefined}
                    aria-label={t('security.linkProvider', { provider: name })}
                    onClick={() => void link(settings)}
                  >
                    {t('security.link')}
                  </Button>
                ) : (
                  <Badge variant="light" radius="sm">
                    {t('security.linked')}
                  </Badge>
                )}
              </Group>
            );
          })}
        </Stack>
      )}
      {failure !== undefined && (
        <Alert color="red" mt="sm" role="alert">
          {problemText(failure, shared)}
        </Alert>
      )}
    </Card>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const sessions = useSessions();
  const ending = useEndSessions();
  const others = sessions.data?.filter((session) => !session.current) ?? [];
  const end = (chosen: SessionSummary[]) =>
    ending.mutate(
      chosen.map(({ sessionId }) => sessionId),
      {
        onSuccess: () => notifications.show({ message: t('security.ended'), color: 'pine' }),
      },
    );
  return (
    <Card withBorder component="section">
      <Title order={2} fz="h4" mb={4}>
        {t('security.devices')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('security.devicesHint')}
      </Text>
      {sessions.isPending && <ListSkeleton rows={2} height={60} />}
      {sessions.isError && sessions.data === undefined && (
        <ProblemView compact error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      <Stack gap="md" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {sessions.data?.toReversed().map((session) => (
          <li key={session.sessionId}>
            <Device
              session={session}
              busy={ending.isPending && ending.variables.includes(session.sessionId)}
              onEnd={online && !ending.isPending ? () => end([session]) : undefined}
            />
          </li>
        ))}
      </Stack>
      {ending.isError && (
        <Alert color="red" mt="sm" role="alert">
          {problemText(ending.error, shared)}
        </Alert>
      )}
      {others.length > 1 && (
        <Group mt="md">
          <Button
            variant="default"
            disabled={!online}
            loading={ending.isPending && ending.variables.length > 1}
            onClick={() => end(others)}
          >
            {t('security.endOthers')}
          </Button>
        </Group>
      )}
    </Card>
  );
}

interface DeviceProps {
  session: SessionSummary;
  busy: boolean;
  onEnd: (() => void) | undefined;
}

function Device({ session, busy, onEnd }: DeviceProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const device = session.device == null ? t('security.unknownDevice') : deviceName(session.device);
  const Icon = /iphone|ipad|android|ios/i.test(device) ? IconDeviceMobile : IconDeviceDesktop;
  return (
    <Group wrap="nowrap" justify="space-between" align="flex-start">
      <Group wrap="nowrap" gap="sm" align="flex-start" miw={0}>
        <Icon size={22} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
        <div style={{ minWidth: 0 }}>
          <Text fw={650}>{device}</Text>
          <Text size="sm" c="dimmed">
            {t('security.lastSeen', {
              when: formatInstant(session.lastActivityAt, viewerZone(), language),
            })}
            {session.ipAddress != null && ` · ${session.ipAddress}`}
          </Text>
        </div>
      </Group>
      {session.current ? (
        <Badge variant="light" radius="sm" style={{ flexShrink: 0 }}>
          {t('security.thisDevice')}
        </Badge>
      ) : (
        <Button
          size="xs"
          variant="light"
          color="red"
          loading={busy}
          disabled={onEnd === undefined}
          style={{ flexShrink: 0 }}
          aria-label={t('security.endDevice', { device })}
          onClick={onEnd}
        >
          {t('security.end')}
        </Button>
      )}
    </Group>
  );
}
