/**
 * Where the mail about a locked account leads (SEC-02). Opening it changes nothing, since mail programs open links by
 * themselves: the press does.
 */
import { answer, problemFromThrown } from '@courtside/api';
import { Alert, Button, Card, Container, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '../components/ProblemView';
import { useApi } from '../providers';

interface UnlockAccountProps {
  token: string;
  /** The way to the sign-in. */
  signIn: ReactNode;
}

export function UnlockAccount({ token, signIn }: UnlockAccountProps) {
  const { t } = useTranslation('ui');
  const api = useApi();
  const unlock = useMutation({ mutationFn: () => answer(api.POST('/api/auth/unlock', { body: { token } })) });
  const isGone = unlock.isError && problemFromThrown(unlock.error).kind === 'gone';
  const outcome = unlock.isSuccess ? 'done' : isGone ? 'gone' : 'question';
  return (
    <Container size={520} py="xl">
      <title>{`${t('unlock.question')} · Courtside`}</title>
      <Card withBorder>
        <Stack align="flex-start">
          <div role="status">
            <Title order={1} fz="h2">
              {t(`unlock.${outcome}`)}
            </Title>
          </div>
          <Text>{t(`unlock.${outcome}Hint`)}</Text>
          {unlock.isError && !isGone && (
            <Alert color="red" role="alert">
              {problemText(unlock.error, t)}
            </Alert>
          )}
          {outcome === 'question' ? (
            <Button loading={unlock.isPending} onClick={() => unlock.mutate()}>
              {t('unlock.go')}
            </Button>
          ) : (
            signIn
          )}
        </Stack>
      </Card>
    </Container>
  );
}
