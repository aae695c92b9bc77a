/** The way in: what the portal is for, and three providers to sign in with (ADMIN-01). */
import { useSession, WelcomeFrame } from '@courtside/ui';
import { Anchor, Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Redirect } from '../../app/Redirect';
import { WeekDrawing } from './WeekDrawing';
import classes from './WelcomePage.module.css';

export function WelcomePage() {
  const { t } = useTranslation();
  const { phase } = useSession();
  const { to = '/' } = useSearch({ from: '/welcome' });
  if (phase === 'signedIn') return <Redirect href={to} />;
  return (
    <WelcomeFrame
      headline={t('welcome.headline')}
      lead={t('welcome.lead')}
      callbackPath={`${import.meta.env.BASE_URL}signin/callback`}
      returnTo={to}
      newHere={
        <>
          <Text size="sm" c="dimmed" mt="md">
            {t('welcome.newHere')}
          </Text>
          <Text size="sm" c="dimmed" mt={4}>
            {t('welcome.player')} <Anchor href="/">{t('otherRole.app')}</Anchor>
          </Text>
        </>
      }
      picture={
        <div className={classes.picture}>
          <WeekDrawing className={classes.drawing} />
        </div>
      }
    />
  );
}
