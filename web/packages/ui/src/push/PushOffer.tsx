/**
 * Offers messages to this browser where they help, e.g. after a first booking: never by opening a page, and not again once
 * somebody said no. The browser's own question comes only after the press.
 */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconBellRinging } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BrowserPush } from './browserPush';
import { PushFailure } from './PushSettings';
import { usePushSubscription } from './usePushSubscription';

interface PushOfferProps {
  push: BrowserPush;
  /** What somebody gains here and now. */
  title: string;
  hint: string;
  marks?: Pick<Storage, 'getItem' | 'setItem'>;
}

const refusedAs = 'courtside.pushRefused';

export function PushOffer({ push, title, hint, marks = localStorage }: PushOfferProps) {
  const { t } = useTranslation('ui');
  const { phase, working, failure, turnOn } = usePushSubscription(push);
  const [refused, setRefused] = useState(() => marks.getItem(refusedAs) !== null);
  const [asked, setAsked] = useState(false);
  if (asked && phase === 'on') {
    return (
      <Alert color="pine" icon={<IconBellRinging />} role="status">
        {t('push.done')}
      </Alert>
    );
  }
  if (asked && phase === 'denied') {
    return (
      <Alert color="gray" icon={<IconBellRinging />} title={t('push.denied')} role="status">
        {t('push.deniedHint')}
      </Alert>
    );
  }
  if (refused || phase !== 'off') return null;
  return (
    <Alert color="pine" icon={<IconBellRinging />} title={title}>
      <Stack gap="sm">
        <Text size="sm">{hint}</Text>
        <PushFailure failure={failure} />
        <Group gap="xs">
          <Button
            size="xs"
            loading={working}
            onClick={() => {
              setAsked(true);
              void turnOn();
            }}
          >
            {t('push.turnOn')}
          </Button>
          <Button
            size="xs"
            variant="subtle"
            disabled={working}
            onClick={() => {
              marks.setItem(refusedAs, '1');
              setRefused(true);
            }}
          >
            {t('push.notNow')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
