/** The screens of staff, by role (ADMIN-44): at the side, on phones as a strip below the header. */
import type { Role } from '@courtside/api';
import {
  IconBuildingBank,
  IconCalendarStar,
  IconGauge,
  IconHistory,
  IconMailOff,
  IconShieldCheck,
  IconUsers,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './StaffNav.module.css';

export function StaffNav({ role }: { role: Role }) {
  const { t } = useTranslation();
  const screens = [
    { to: '/staff', Icon: IconGauge, label: t('staffNav.desk'), exact: true },
    ...(role === 'PLATFORM_ADMIN'
      ? ([
          { to: '/staff/verifications', Icon: IconShieldCheck, label: t('staffNav.verifications') },
          { to: '/staff/users', Icon: IconUsers, label: t('staffNav.users') },
          { to: '/staff/money', Icon: IconBuildingBank, label: t('staffNav.money') },
          { to: '/staff/holidays', Icon: IconCalendarStar, label: t('staffNav.holidays') },
          { to: '/staff/dead-letters', Icon: IconMailOff, label: t('staffNav.deadLetters') },
          { to: '/staff/audit', Icon: IconHistory, label: t('staffNav.audit') },
        ] as const)
      : []),
  ] as const;
  return (
    <nav className={classes.nav} aria-label={t('nav.label')}>
      {screens.map(({ to, Icon, label, ...rest }) => (
        <Link
          key={to}
          to={to}
          className={classes.link}
          activeOptions={{ exact: 'exact' in rest, includeSearch: false }}
        >
          <Icon size={20} aria-hidden />
          {label}
        </Link>
      ))}
    </nav>
  );
}
