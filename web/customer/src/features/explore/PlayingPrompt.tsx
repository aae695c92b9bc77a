/** Asks newcomers once when they like to play, without standing in the way of anything. */
import { ActionIcon, Alert, Button, Group } from '@mantine/core';
import { IconBallTennis, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../../data/preferences';

const dismissedAs = 'courtside.playingPromptSeen';

export function PlayingPrompt() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const [dismissed, setDismissed] = useState(() => localStorage.getItem(dismissedAs) !== null);
  const preferences = usePreferences().data;
  const isSet =
    preferences === undefined ||
    preferences.preferredDays.length > 0 ||
    preferences.preferredStartTime != null;
  if (dismissed || isSet) return null;
  const dismiss = () => {
    localStorage.setItem(dismissedAs, '1');
    setDismissed(true);
  };
  return (
    <Alert color="pine" mt="md" icon={<IconBallTennis />} title={t('prompt.title')}>
      <Group justify="space-between" wrap="nowrap" align="flex-end">
        <span>{t('prompt.hint')}</span>
        <Group gap="xs" wrap="nowrap">
          <Button
            size="xs"
            variant="light"
            renderRoot={(props) => <Link to="/profile/preferences" {...props} onClick={dismiss} />}
          >
            {t('prompt.go')}
          </Button>
          <ActionIcon variant="subtle" aria-label={shared('close')} onClick={dismiss}>
            <IconX size={16} />
          </ActionIcon>
        </Group>
      </Group>
    </Alert>
  );
}
