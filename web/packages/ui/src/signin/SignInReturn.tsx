/** Back from the provider: exchanges the code, then signs in, registers somebody new, or adds the identity. */
import {
  answer,
  finishSignIn,
  problemFromThrown,
  type FinishedSignIn,
  type SignInChallenge,
} from '@courtside/api';
import { Center, Loader, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemView } from '../components/ProblemView';
import { useApi, useSession } from '../providers';
import { ChallengeForm } from './ChallengeForm';

// A code works once, but development mounts every component twice: both share one exchange.
let exchange: Promise<FinishedSignIn> | undefined;

interface SignInReturnProps {
  /** Goes to where the person was on the way. */
  onSignedIn: (returnTo: string) => void;
  /** The screen on which somebody unknown registers. */
  registration: (newcomer: FinishedSignIn) => ReactNode;
  /** The button back to the providers. */
  again: ReactNode;
}

export function SignInReturn({ onSignedIn, registration, again }: SignInReturnProps) {
  const { t } = useTranslation('ui');
  const api = useApi();
  const { session } = useSession();
  const [asked, setAsked] = useState<{ challenge: SignInChallenge; returnTo: string }>();
  const [newcomer, setNewcomer] = useState<FinishedSignIn>();
  const [failure, setFailure] = useState<unknown>();
  const arrived = useRef(onSignedIn);
  useEffect(() => {
    arrived.current = onSignedIn;
  });

  useEffect(() => {
    let shown = true;
    exchange ??= finishSignIn(new URL(location.href));
    const run = async () => {
      const finished = await (exchange as Promise<FinishedSignIn>);
      const { provider: oauthProvider, oauthToken, returnTo } = finished;
      if (finished.purpose === 'link') {
        await answer(api.POST('/api/auth/providers/link', { body: { oauthProvider, oauthToken } }));
        if (shown) arrived.current(returnTo);
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
      if (shown) arrived.current(returnTo);
    };
    run()
      .catch((thrown: unknown) => shown && setFailure(thrown))
      .finally(() => {
        exchange = undefined;
      });
    return () => {
      shown = false;
    };
  }, [api, session]);

  if (asked !== undefined) {
    return <ChallengeForm challenge={asked.challenge} onSignedIn={() => onSignedIn(asked.returnTo)} />;
  }
  if (newcomer !== undefined) return registration(newcomer);
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
        {again}
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
