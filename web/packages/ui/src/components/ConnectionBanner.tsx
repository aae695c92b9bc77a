/** APP-47: a strip on every screen while the device is offline or the services do not answer. */
import { useNetwork } from '@mantine/hooks';
import { IconCloudOff, IconWifiOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useServicesAway } from '../recovery';
import classes from './ConnectionBanner.module.css';

export function ConnectionBanner({ offline }: { offline: string }) {
  const { t } = useTranslation('ui');
  const { online } = useNetwork();
  const away = useServicesAway();
  if (online && !away) return null;
  const Icon = online ? IconCloudOff : IconWifiOff;
  return (
    <div className={classes.banner} role="alert">
      <Icon size={18} aria-hidden /> {online ? t('servicesAway') : offline}
    </div>
  );
}
