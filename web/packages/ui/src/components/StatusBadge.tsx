/** A booking's status as a badge, in the colours of the portal's calendar (ADMIN-26). */
import { useTranslation } from 'react-i18next';
import classes from './StatusBadge.module.css';

export function StatusBadge({ status, size = 'md' }: { status: string; size?: 'md' | 'lg' }) {
  const { t } = useTranslation('ui');
  return (
    <span className={classes.badge} data-status={status} data-size={size}>
      {t(`bookingStatus.${status}`)}
    </span>
  );
}
