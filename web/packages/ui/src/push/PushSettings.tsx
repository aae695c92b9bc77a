/** The switch for messages to this very browser, with what stands in the way when it cannot be switched. */
import { Problem } from '@courtside/api';
import { Alert, Stack, Switch, Text } from '@mantine/core';
import { IconBellOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { problemText } from '../components/ProblemView';
import type { BrowserPush } from './browserPush';
import { usePushSubscription } from './usePushSubscription';

/** The services' words when they gave some; a browser's own are not for people. */
export function PushFailure({ failure }: { failure: unknown }) {
  const { t } = useTranslation('ui');
  if (failure === undefined) return null;
  return (
    <Alert color="red" role="alert">
      {failure instanceof Problem ? problemText(failure, t) : t('push.failed')}
    </Alert>
  );
}

export function PushSettings({ push }: { push: BrowserPush }) {
  const { t } = useTranslation('ui');
  const { phase, working, failure, turnOn, turnOff } = usePushSubscription(push);
  if (phase === 'unsupported' || phase === 'denied') {
    return (
      <Alert color="gray" icon={<IconBellOff />} title={t(`push.${phase}`)}>
        {t(`push.${phase}Hint`)}
      </Alert>
    );
  }
  return (
    <Stack gap="sm">
      <Switch
        label={t('push.here')}
        description={t('push.hereHint')}
        checked={phase === 'on'}
        disabled={working || phase === 'unknown'}
        onChange={(event) => void (event.currentTarget.checked ? turnOn() : turnOff())}
      />
      {working && (
        <Text size="sm" c="dimmed" role="status">
          {t('push.working')}
        </Text>
      )}
      <PushFailure failure={failure} />
    </Stack>
  );
}
