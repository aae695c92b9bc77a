/** ADMIN-37 to ADMIN-39: what an owner sets for the account, in parts. */
import { Container, Tabs, Title } from '@mantine/core';
import { IconBell, IconClock, IconShieldLock } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { settingsParts, type SettingsPart } from '../../app/settingsParts';
import { NotificationsPart } from './NotificationsPart';
import { RemindersPart } from './RemindersPart';
import { SecurityPart } from './SecurityPart';
import classes from './SettingsPage.module.css';

const icons: Record<SettingsPart, typeof IconBell> = {
  security: IconShieldLock,
  notifications: IconBell,
  reminders: IconClock,
};

const panels: Record<SettingsPart, () => ReactNode> = {
  security: SecurityPart,
  notifications: NotificationsPart,
  reminders: RemindersPart,
};

export function SettingsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate({ from: '/settings' });
  const { part = 'security' } = useSearch({ from: '/portal/owners/settings' });
  const Part = panels[part];
  return (
    <Container size="md" py="lg">
      <Title order={1} fz="h2" mb="md">
        {t('nav.settings')}
      </Title>
      <Tabs
        value={part}
        keepMounted={false}
        onChange={(value) =>
          void navigate({
            search: { part: settingsParts.find((known) => known === value && known !== 'security') },
            replace: true,
          })
        }
      >
        <Tabs.List className={classes.parts} mb="md" aria-label={t('setup.parts')}>
          {settingsParts.map((value) => {
            const Icon = icons[value];
            return (
              <Tabs.Tab key={value} value={value} leftSection={<Icon size={17} aria-hidden />}>
                {t(`setup.part.${value}`)}
              </Tabs.Tab>
            );
          })}
        </Tabs.List>
        <Tabs.Panel value={part}>
          <Part />
        </Tabs.Panel>
      </Tabs>
    </Container>
  );
}
