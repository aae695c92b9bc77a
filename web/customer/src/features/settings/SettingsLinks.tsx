/** From the profile to everything else that can be set. */
import { Card, Text } from '@mantine/core';
import {
  IconAdjustments,
  IconBell,
  IconChevronRight,
  IconFileDownload,
  IconHeart,
  IconShieldLock,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './SettingsLinks.module.css';

const links = [
  { to: '/favorites', key: 'favorites', Icon: IconHeart },
  { to: '/profile/preferences', key: 'preferences', Icon: IconAdjustments },
  { to: '/profile/notifications', key: 'notifications', Icon: IconBell },
  { to: '/profile/security', key: 'security', Icon: IconShieldLock },
  { to: '/profile/privacy', key: 'privacy', Icon: IconFileDownload },
] as const;

export function SettingsLinks() {
  const { t } = useTranslation();
  return (
    <Card withBorder p={0}>
      <ul className={classes.list}>
        {links.map(({ to, key, Icon }) => (
          <li key={key}>
            <Link to={to} className={classes.link}>
              <span className={classes.icon} aria-hidden>
                <Icon size={22} />
              </span>
              <span className={classes.words}>
                <Text span fw={650} display="block">
                  {t(`settings.${key}`)}
                </Text>
                <Text span size="sm" c="dimmed">
                  {t(`settings.${key}Hint`)}
                </Text>
              </span>
              <IconChevronRight size={18} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
