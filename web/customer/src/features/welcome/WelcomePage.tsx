/** The way in for strangers: what this is, and three providers to sign in with (APP-01). */
import { useSession, WelcomeFrame } from '@courtside/ui';
import { Alert, Text } from '@mantine/core';
import { IconBolt, IconMapPin, IconRefreshDot } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CourtDrawing } from '../../app/CourtDrawing';
import { Redirect } from '../../app/Redirect';
import classes from './WelcomePage.module.css';

export function WelcomePage() {
  const { t } = useTranslation();
  const { phase, ended } = useSession();
  const { to, left } = useSearch({ from: '/welcome' });
  if (phase === 'signedIn') return <Redirect href={to ?? '/'} />;
  return (
    <WelcomeFrame
      notice={
        left === true ? (
          <Alert color="pine" mb="lg" role="status">
            {t('leave.done')}
          </Alert>
        ) : /^\/courts\/[^/]+\/book/.test(to ?? '') && !ended ? (
          <Alert color="pine" mb="lg" role="status">
            {t('welcome.toBook')}
          </Alert>
        ) : undefined
      }
      headline={t('welcome.headline')}
      lead={t('welcome.lead')}
      callbackPath="/signin/callback"
      returnTo={to ?? '/'}
      newHere={
        <Text size="sm" c="dimmed" mt="md">
          {t('welcome.newHere')}
        </Text>
      }
      picture={<CourtDrawing className={classes.drawing} />}
    >
      <ul className={classes.points}>
        <li>
          <IconMapPin size={22} aria-hidden />
          {t('welcome.pointNear')}
        </li>
        <li>
          <IconRefreshDot size={22} aria-hidden />
          {t('welcome.pointLive')}
        </li>
        <li>
          <IconBolt size={22} aria-hidden />
          {t('welcome.pointFast')}
        </li>
      </ul>
    </WelcomeFrame>
  );
}
