/** The providers to sign in with, as the services name them (APP-01, ADMIN-01). */
import { beginSignIn, type ProviderSettings } from '@courtside/api';
import { Alert, Button, Skeleton, Stack } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { IconBrandAppleFilled, IconBrandFacebookFilled, IconBrandGoogleFilled } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useClientConfig } from '../clientConfig';
import { ProblemView, problemText } from '../components/ProblemView';

const brands = {
  GOOGLE: { name: 'Google', Icon: IconBrandGoogleFilled },
  APPLE: { name: 'Apple', Icon: IconBrandAppleFilled },
  FACEBOOK: { name: 'Facebook', Icon: IconBrandFacebookFilled },
} as const;

interface ProviderButtonsProps {
  /** Path of the screen that the provider sends the browser back to. */
  callbackPath: string;
  /** Where the person goes once signed in. */
  returnTo: string;
}

export function ProviderButtons({ callbackPath, returnTo }: ProviderButtonsProps) {
  const { t } = useTranslation('ui');
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
  if (config.isError) {
    return <ProblemView compact error={config.error} onRetry={() => void config.refetch()} />;
  }

  const go = async (settings: ProviderSettings) => {
    setLeaving(settings.provider);
    setFailure(undefined);
    try {
      location.assign(await beginSignIn(settings, location.origin + callbackPath, returnTo));
    } catch (thrown) {
      setFailure(thrown);
      setLeaving(undefined);
    }
  };

  return (
    <Stack gap="sm">
      {config.data.providers.map((settings, position) => {
        const { name, Icon } = brands[settings.provider];
        return (
          <Button
            key={settings.provider}
            size="lg"
            variant={position === 0 ? 'filled' : 'default'}
            leftSection={<Icon size={20} aria-hidden />}
            loading={leaving === settings.provider}
            // APP-04: offline nobody can be signed in.
            disabled={!online || (leaving !== undefined && leaving !== settings.provider)}
            onClick={() => void go(settings)}
          >
            {t('signIn.continueWith', { provider: name })}
          </Button>
        );
      })}
      {failure !== undefined && (
        <Alert color="red" role="alert">
          {problemText(failure, t)}
        </Alert>
      )}
    </Stack>
  );
}
