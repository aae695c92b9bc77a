/** What stands behind the sign-in, and what does not. Strangers are sent to the welcome screen and come back afterwards. */
import { Delayed, EmptyState, useSession } from '@courtside/ui';
import { Button, Center, Group, Loader } from '@mantine/core';
import { IconBuildingStadium } from '@tabler/icons-react';
import { Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ToWelcome } from './Redirect';

/** What stands inside is `children`, else the screen of the address. */
export function MembersOnly({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  const { phase, user, session } = useSession();
  if (phase === 'unknown') return <Waiting label={t('loading', { ns: 'ui' })} />;
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
  return children ?? <Outlet />;
}

/** What everybody may look at. Strangers see it too, but whose session ran out is asked to sign in again first. */
export function OpenToAll() {
  const { t } = useTranslation();
  const { phase, ended } = useSession();
  if (phase === 'unknown') return <Waiting label={t('loading', { ns: 'ui' })} />;
  return phase === 'signedOut' && ended ? <ToWelcome /> : <Outlet />;
}

function Waiting({ label }: { label: string }) {
  return (
    <Delayed>
      <Center h="60dvh">
        <Loader aria-label={label} />
      </Center>
    </Delayed>
  );
}
