/** Which messages someone wants, on which ways, and when to be left alone (NOTE-24, NOTE-29, FIND-35, FIND-36). */
import type { NotificationPreferences, UpdatePreferencesRequest, UserPreferences } from '@courtside/api';
import { ProblemView, PushSettings, viewerZone } from '@courtside/ui';
import { Card, Divider, Skeleton, Stack, Switch, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { push } from '../../app/services';
import { useChangePreferences, usePreferences } from '../../data/preferences';
import { messageAt, PreferenceProblem } from './PreferenceProblem';
import { SettingsPage } from './SettingsPage';
import { Span } from './Span';

type SwitchName = keyof NotificationPreferences;

const kinds: SwitchName[] = ['bookingEvents', 'favoriteCourtAlerts', 'promotionalNotifications'];
const ways: SwitchName[] = ['emailNotifications', 'pushNotifications'];
const fieldOf = (name: SwitchName) => `notificationPreferences.${name}`;
const fields = [...[...kinds, ...ways].map(fieldOf), 'doNotDisturbStart', 'doNotDisturbEnd'];
/** Quiet hours follow this clock wherever the reader is (NOTE-29). */
const quietZone = 'Europe/Athens';

export function NotificationSettingsPage() {
  const { t } = useTranslation();
  const preferences = usePreferences();
  const { change, failure } = useChangePreferences();
  return (
    <SettingsPage title={t('settings.notifications')}>
      {preferences.isPending ? (
        <Skeleton h={420} radius="lg" role="status" aria-label={t('loading', { ns: 'ui' })} />
      ) : preferences.data === undefined ? (
        <ProblemView error={preferences.error} onRetry={() => void preferences.refetch()} />
      ) : (
        <>
          <PreferenceProblem failure={failure} isWaiting={preferences.isWaiting} shownAt={fields} />
          <Parts preferences={preferences.data} failure={failure} onChange={change} />
        </>
      )}
    </SettingsPage>
  );
}

interface PartsProps {
  preferences: UserPreferences;
  failure: unknown;
  onChange: (change: UpdatePreferencesRequest) => void;
}

function Parts({ preferences, failure, onChange }: PartsProps) {
  const { t } = useTranslation();
  const switches = (names: SwitchName[]) =>
    names.map((name) => (
      <Switch
        key={name}
        label={t(`preferences.${name}`)}
        description={t(`preferences.${name}Hint`)}
        error={messageAt(failure, fieldOf(name))}
        checked={preferences.notificationPreferences[name]}
        onChange={(event) => onChange({ notificationPreferences: { [name]: event.currentTarget.checked } })}
      />
    ));
  return (
    <>
      <Card withBorder component="section">
        <Title order={2} fz="h4" mb={4}>
          {t('preferences.messages')}
        </Title>
        <Text size="sm" c="dimmed" mb="md">
          {t('preferences.messagesHint')}
        </Text>
        <Stack gap="md">{switches(kinds)}</Stack>
      </Card>
      <Card withBorder component="section">
        <Title order={2} fz="h4" mb="md">
          {t('preferences.ways')}
        </Title>
        <Stack gap="md">
          {switches(ways)}
          {preferences.notificationPreferences.pushNotifications && (
            <>
              <Divider />
              <PushSettings push={push} />
            </>
          )}
        </Stack>
      </Card>
      <Card withBorder component="section">
        <Title order={2} fz="h4" mb={4}>
          {t('preferences.quiet')}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {t('preferences.quietHint')} {viewerZone() !== quietZone && t('preferences.quietZone')}
        </Text>
        <Span
          label={t('preferences.quietOn')}
          start={preferences.doNotDisturbStart}
          end={preferences.doNotDisturbEnd}
          suggested={['23:00', '08:00']}
          mayCrossMidnight
          startError={messageAt(failure, 'doNotDisturbStart')}
          endError={messageAt(failure, 'doNotDisturbEnd')}
          onChange={(doNotDisturbStart, doNotDisturbEnd) => onChange({ doNotDisturbStart, doNotDisturbEnd })}
        />
      </Card>
    </>
  );
}
