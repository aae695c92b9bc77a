/** Where the link in an invitation to the staff leads: signing in with the identity that is to be used from now on. */
import { EmptyState, useSession, WelcomeFrame } from '@courtside/ui';
import { Button, Group, Text } from '@mantine/core';
import { IconUserCheck } from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { invitationAddress } from '../../app/invitation';
import { WeekDrawing } from './WeekDrawing';
import classes from './WelcomePage.module.css';

export function InvitationPage() {
  const { t } = useTranslation();
  const { phase, user, session } = useSession();
  const { token } = useSearch({ from: '/invitation' });
  if (phase === 'unknown') return null;
  if (phase === 'signedIn') {
    return (
      <EmptyState
        icon={<IconUserCheck size={52} stroke={1.3} />}
        title={t('invitation.signedIn', { email: user?.email })}
        hint={t('invitation.signedInHint')}
        action={
          <Group mt="sm" justify="center">
            <Button onClick={() => void session.signOut()}>{t('nav.signOut')}</Button>
            <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
              {t('invitation.toDesk')}
            </Button>
          </Group>
        }
      />
    );
  }
  return (
    <WelcomeFrame
      headline={t('invitation.headline')}
      lead={t('invitation.lead')}
      callbackPath={`${import.meta.env.BASE_URL}signin/callback`}
      returnTo={invitationAddress(token)}
      newHere={
        <Text size="sm" c="dimmed" mt="md">
          {t('invitation.note')}
        </Text>
      }
      picture={
        <div className={classes.picture}>
          <WeekDrawing className={classes.drawing} />
        </div>
      }
    />
  );
}
