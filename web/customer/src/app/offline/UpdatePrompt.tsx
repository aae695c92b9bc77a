/** Says that a newer version is there; it starts when the person wants, never under their hands. */
import { Button } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '../Shell.module.css';
import { appUpdates } from './registration';

export function UpdatePrompt() {
  const { t } = useTranslation();
  const isThere = useSyncExternalStore(appUpdates.subscribe, appUpdates.snapshot);
  if (!isThere) return null;
  return (
    <div className={classes.update} role="status">
      <IconSparkles size={18} aria-hidden /> {t('update.there')}
      <Button size="compact-sm" onClick={() => appUpdates.start()}>
        {t('update.start')}
      </Button>
    </div>
  );
}
