/** A sign-in that wants a code first: of the mail that was sent, or of the authenticator app (AUTH-20, AUTH-29). */
import { problemFromThrown, type SignInChallenge } from '@courtside/api';
import { Alert, Button, Card, Container, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '../components/ProblemView';
import { useSession } from '../providers';

interface ChallengeFormProps {
  challenge: SignInChallenge;
  onSignedIn: () => void;
}

export function ChallengeForm({ challenge, onSignedIn }: ChallengeFormProps) {
  const { t } = useTranslation('ui');
  const { session } = useSession();
  const [asked, setAsked] = useState(challenge);
  const [code, setCode] = useState('');
  const kind = asked.confirmationRequired ? 'mail' : 'app';
  const sending = useMutation({
    mutationFn: () => session.answerChallenge(asked, code.trim()),
    onSuccess: onSignedIn,
    onError: (thrown) => {
      // The mailed code may be followed by the app's.
      const next = problemFromThrown(thrown).details.challenge as SignInChallenge | undefined;
      if (next === undefined) return;
      setAsked(next);
      setCode('');
      sending.reset();
    },
  });
  return (
    <Container size={460} py="xl">
      <Card withBorder>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            sending.mutate();
          }}
        >
          <Stack>
            <Title order={1} fz="h2">
              {t(`challenge.${kind}`)}
            </Title>
            <Text c="dimmed">{t(`challenge.${kind}Hint`)}</Text>
            <TextInput
              label={t('challenge.code')}
              value={code}
              required
              maxLength={20}
              autoComplete="one-time-code"
              autoFocus
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            {sending.isError && (
              <Alert color="red" role="alert">
                {problemText(sending.error, t)}
              </Alert>
            )}
            <Button type="submit" loading={sending.isPending} disabled={code.trim() === ''}>
              {t('challenge.go')}
            </Button>
          </Stack>
        </form>
      </Card>
    </Container>
  );
}
