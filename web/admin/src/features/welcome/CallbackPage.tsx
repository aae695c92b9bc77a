/** Back from the provider: exchanges the code, signs in, or goes on to registering a new owner. */
import { finishSignIn, problemFromThrown, type FinishedSignIn } from '@courtside/api';
import { ProblemView, useSession } from '@courtside/ui';
import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { returnAddress } from '../../app/access';
import { Registration } from './Registration';

// A code works once, but development mounts every component twice: both share one exchange.
let exchange: Promise<FinishedSignIn> | undefined;

export function CallbackPage() {
  const { t } = useTranslation();
  const { session } = useSession();
  const navigate = useNavigate();
  const [newcomer, setNewcomer] = useState<FinishedSignIn>();
  const [failure, setFailure] = useState<unknown>();

  useEffect(() => {
    let shown = true;
    exchange ??= finishSignIn(new URL(location.href));
    const run = async () => {
      const finished = await (exchange as Promise<FinishedSignIn>);
      try {
        await session.signIn(finished.provider, finished.oauthToken);
      } catch (thrown) {
        if (problemFromThrown(thrown).code !== 'AUTH_UNKNOWN_IDENTITY') throw thrown;
        if (shown) setNewcomer(finished);
        return;
      }
      if (shown) await navigate({ href: returnAddress(finished.returnTo), replace: true });
    };
    run()
      .catch((thrown: unknown) => shown && setFailure(thrown))
      .finally(() => {
        exchange = undefined;
      });
    return () => {
      shown = false;
    };
  }, [session, navigate]);

  if (newcomer !== undefined) return <Registration newcomer={newcomer} />;
  if (failure !== undefined) {
    const { code } = problemFromThrown(failure);
    return (
      <Stack align="center" gap={0} pb="xl">
        {code.startsWith('SIGN_IN_') ? (
          <Text ta="center" fz="lg" mt={64} mb="md" role="alert" px="md">
            {t(`signIn.${code}`)}
          </Text>
        ) : (
          <ProblemView error={failure} />
        )}
        <Button renderRoot={(props) => <Link to="/welcome" {...props} />}>{t('signIn.again')}</Button>
      </Stack>
    );
  }
  return (
    <Center h="60dvh">
      <Stack align="center">
        <Loader />
        <Text role="status">{t('signIn.working')}</Text>
      </Stack>
    </Center>
  );
}
