/** What stands behind the sign-in: only court owners and staff pass, players are shown their own app. */
import { Delayed, EmptyState, useSession } from '@courtside/ui';
import { Button, Center, Group, Loader } from '@mantine/core';
import { IconBallTennis } from '@tabler/icons-react';
import { Outlet } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { accessOf } from './access';
import { Redirect, ToWelcome } from './Redirect';

export function PortalOnly() {
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
  if (phase === 'signedOut' || user === undefined) return <ToWelcome />;
  if (accessOf(user.role) === 'none') {
    return (
      <EmptyState
        icon={<IconBallTennis size={52} stroke={1.3} />}
        title={t('otherRole.title')}
        hint={t('otherRole.hint', { email: user.email })}
        action={
          <Group mt="sm" justify="center">
            <Button component="a" href="/">
              {t('otherRole.app')}
            </Button>
            <Button variant="default" onClick={() => void session.signOut()}>
              {t('nav.signOut')}
            </Button>
          </Group>
        }
      />
    );
  }
  return <Outlet />;
}

/** Screens of court owners; staff is sent to its own. */
export function OwnersOnly() {
  const { user } = useSession();
  return accessOf(user?.role) === 'owner' ? <Outlet /> : <Redirect href="/staff" />;
}
