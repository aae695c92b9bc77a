/** The viewer's own clock beside the court's, only when they differ (APP-59, BOOK-20). */
import { formatDate, useLanguage, viewersTime, viewerZone } from '@courtside/ui';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function ViewersTime({ date, time, zone }: { date: string; time: string; zone: string }) {
  const { t } = useTranslation('ui');
  const language = useLanguage();
  const own = viewersTime(date, time, zone, viewerZone());
  if (own === undefined) return null;
  return (
    <Text size="sm" c="dimmed">
      {own.date === undefined
        ? t('yourTime', { time: own.time })
        : t('yourTimeOnDate', { time: own.time, date: formatDate(own.date, language, 'dayMonth') })}
    </Text>
  );
}
