/** Back from the provider: exchanges the code, then signs in, registers a new person, or adds the identity. */
import {
  answer,
  finishSignIn,
  problemFromThrown,
  type FinishedSignIn,
  type SignInChallenge,
} from '@courtside/api';
import { ProblemView, useApi, useSession } from '@courtside/ui';
import { Button, Center, Loader, Stack, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Challenge } from './Challenge';
import { Registration } from './Registration';

// A code works once, but development mounts every component twice: both share one exchange.
let exchange: Promise<FinishedSignIn> | undefined;

export function CallbackPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { session } = useSession();
  const navigate = useNavigate();
  const [newcomer, setNewcomer] = useState<FinishedSignIn>();
  const [asked, setAsked] = useState<{ challenge: SignInChallenge; returnTo: string }>();
  const [failure, setFailure] = useState<unknown>();

  useEffect(() => {
    let shown = true;
    exchange ??= finishSignIn(new URL(location.href));
    const run = async () => {
      const finished = await (exchange as Promise<FinishedSignIn>);
      const { provider: oauthProvider, oauthToken, returnTo } = finished;
      if (finished.purpose === 'link') {
        await answer(api.POST('/api/auth/providers/link', { body: { oauthProvider, oauthToken } }));
        if (shown) await navigate({ href: returnTo, replace: true });
        return;
      }
      try {
        await session.signIn(oauthProvider, oauthToken);
      } catch (thrown) {
        const { code, details } = problemFromThrown(thrown);
        if (code === 'AUTH_UNKNOWN_IDENTITY') {
          if (shown) setNewcomer(finished);
          return;
        }
        if (code === 'SIGN_IN_CHALLENGE') {
          if (shown) setAsked({ challenge: details.challenge as SignInChallenge, returnTo });
          return;
        }
        throw thrown;
      }
      if (shown) await navigate({ href: finished.returnTo, replace: true });
    };
    run()
      .catch((thrown: unknown) => shown && setFailure(thrown))
      .finally(() => {
        exchange = undefined;
      });
    return () => {
      shown = false;
    };
  }, [api, session, navigate]);

  if (asked !== undefined) return <Challenge {...asked} />;
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
