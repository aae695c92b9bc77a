/** A booking's status as a badge, in the colours of the portal's calendar (ADMIN-26). */
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from './StatusBadge.module.css';

export function StatusBadge({ status, size = 'md' }: { status: string; size?: 'sm' | 'md' | 'lg' }) {
  const { t } = useTranslation('ui');
  return (
    <Badge className={classes.badge} data-status={status} size={size} radius="sm">
      {t(`bookingStatus.${status}`)}
    </Badge>
  );
}
