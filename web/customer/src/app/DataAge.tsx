/** Says how old what is shown is, while it cannot be read anew; after a day it warns (APP-49). */
import { Alert } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { IconClock } from '@tabler/icons-react';
import { formatInstant, useLanguage, viewerZone } from '@courtside/ui';
import { useTranslation } from 'react-i18next';
import { keptForMs } from './keptReads';
import { useNow } from './useNow';

interface DataAgeProps {
  query: { data: unknown; dataUpdatedAt: number; isError: boolean };
}

export function DataAge({ query }: DataAgeProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { online } = useNetwork();
  const now = useNow();
  if (query.data === undefined || (online && !query.isError)) return null;
  const isOld = now.getTime() - query.dataUpdatedAt >= keptForMs;
  const when = formatInstant(new Date(query.dataUpdatedAt).toISOString(), viewerZone(), language);
  return (
    <Alert color={isOld ? 'orange' : 'gray'} mb="md" p="xs" icon={<IconClock size={18} />} role="status">
      {t(isOld ? 'offline.old' : 'offline.asOf', { when })}
    </Alert>
  );
}
