/** What stands behind the sign-in. Strangers are sent to the welcome screen and come back afterwards. */
import { Delayed, EmptyState, useSession } from '@courtside/ui';
import { Button, Center, Group, Loader } from '@mantine/core';
import { IconBuildingStadium } from '@tabler/icons-react';
import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ToWelcome } from './Redirect';

export function MembersOnly() {
  const { t } = useTranslation();
  const { phase, user, session } = useSession();
  if (phase === 'unknown') {
    return (
      <Delayed>
        <Center h="60dvh">
          <Loader aria-label={t('loading', { ns: 'ui' })} />
        </Center>
      </Delayed>
    );
  }
  if (phase === 'signedOut') return <ToWelcome />;
  if (user !== undefined && user.role !== 'CUSTOMER') {
    return (
      <EmptyState
        icon={<IconBuildingStadium size={52} stroke={1.3} />}
        title={t('otherRole.title')}
        hint={t('otherRole.hint', { email: user.email })}
        action={
          <Group mt="sm">
            <Button component="a" href="/admin/">
              {t('otherRole.portal')}
            </Button>
            <Button variant="default" onClick={() => void session.signOut()}>
              {t('otherRole.signOut')}
            </Button>
          </Group>
        }
      />
    );
  }
  return <Outlet />;
}
