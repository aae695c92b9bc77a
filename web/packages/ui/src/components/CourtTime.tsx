/** A date and time of a court, in the court's zone, with the viewer's own beside it when it differs (APP-59). */
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatDate, formatTime, formatTimeRange, viewersTime, viewerZone, type DateStyle } from '../formats';
import { useLanguage } from '../i18n';

interface CourtTimeProps {
  date: string;
  startTime: string;
  endTime?: string;
  /** The court's zone, e.g. `Europe/Athens`. */
  zone: string;
  /** The viewer's zone; the browser's when left out. */
  viewer?: string;
  style?: DateStyle;
}

export function CourtTime({
  date,
  startTime,
  endTime,
  zone,
  viewer = viewerZone(),
  style = 'medium',
}: CourtTimeProps) {
  const { t } = useTranslation('ui');
  const language = useLanguage();
  const own = viewersTime(date, startTime, zone, viewer);
  return (
    <span>
      {formatDate(date, language, style)},{' '}
      {endTime === undefined ? formatTime(startTime) : formatTimeRange(startTime, endTime)}
      {own !== undefined && (
        <Text component="span" display="block" size="sm" c="dimmed">
          {own.date === undefined
            ? t('yourTime', { time: own.time })
            : t('yourTimeOnDate', { time: own.time, date: formatDate(own.date, language, 'dayMonth') })}
        </Text>
      )}
    </span>
  );
}
