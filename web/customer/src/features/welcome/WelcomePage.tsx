/** The way in for strangers: what this is, and three providers to sign in with (APP-01). */
import { ProblemView, problemText, useSession } from '@courtside/ui';
import { beginSignIn, type ProviderSettings } from '@courtside/api';
import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { IconBolt, IconMapPin, IconRefreshDot } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { providerBrands } from '../../app/providerBrands';
import { Redirect } from '../../app/Redirect';
import { useClientConfig } from '../../data/clientConfig';
import { CourtDrawing } from './CourtDrawing';
import classes from './WelcomePage.module.css';

function ProviderButtons({ returnTo }: { returnTo: string }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const config = useClientConfig();
  const [leaving, setLeaving] = useState<string>();
  const [failure, setFailure] = useState<unknown>();

  if (config.isPending) {
    return (
      <Stack gap="sm">
        {[0, 1, 2].map((row) => (
          <Skeleton key={row} height={50} />
        ))}
      </Stack>
    );
  }
  if (config.isError)
    return <ProblemView compact error={config.error} onRetry={() => void config.refetch()} />;

  const go = async (settings: ProviderSettings) => {
    setLeaving(settings.provider);
    setFailure(undefined);
    try {
      const callback = `${location.origin}/signin/callback`;
      location.assign(await beginSignIn(settings, callback, returnTo));
    } catch (thrown) {
      setFailure(thrown);
      setLeaving(undefined);
    }
  };

  return (
    <Stack gap="sm">
      {config.data.providers.map((settings, position) => {
        const { name, Icon } = providerBrands[settings.provider];
        return (
          <Button
            key={settings.provider}
            size="lg"
            variant={position === 0 ? 'filled' : 'default'}
            leftSection={<Icon size={20} aria-hidden />}
            loading={leaving === settings.provider}
            disabled={!online || (leaving !== undefined && leaving !== settings.provider)}
            onClick={() => void go(settings)}
          >
            {t('welcome.continueWith', { provider: name })}
          </Button>
        );
      })}
      {failure !== undefined && <Alert color="red">{problemText(failure, shared)}</Alert>}
    </Stack>
  );
}

export function WelcomePage() {
  const { t } = useTranslation();
  const { phase, ended } = useSession();
  const { to, left } = useSearch({ from: '/welcome' });
  if (phase === 'signedIn') return <Redirect href={to ?? '/'} />;
  return (
    <div className={classes.page}>
      <title>Courtside</title>
      <section className={classes.words}>
        {left === true && (
          <Alert color="pine" mb="lg" role="status">
            {t('leave.done')}
          </Alert>
        )}
        {ended && left !== true && (
          <Alert color="yellow" mb="lg" role="status">
            {t('welcome.ended')}
          </Alert>
        )}
        <Title className={classes.headline}>{t('welcome.headline')}</Title>
        <Text className={classes.lead}>{t('welcome.lead')}</Text>
        <div className={classes.signIn}>
          <ProviderButtons returnTo={to ?? '/'} />
          <Text size="sm" c="dimmed" mt="md">
            {t('welcome.newHere')}
          </Text>
        </div>
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
      </section>
      <CourtDrawing className={classes.drawing} />
    </div>
  );
}
