/** Says softly whether what is on screen updates by itself (APP-53). */
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLiveState } from '../live/hooks';
import classes from './LiveMark.module.css';

export function LiveMark() {
  const { t } = useTranslation('ui');
  const { phase } = useLiveState();
  const shown = phase === 'idle' ? 'connecting' : phase;
  return (
    <Group gap={6} wrap="nowrap" role="status">
      <span className={classes.dot} data-phase={shown} aria-hidden />
      <Text size="sm" c="dimmed">
        {t(`live.${shown}`)}
      </Text>
    </Group>
  );
}
