/** Somebody invited to the staff, back from a provider: the identity becomes the way into the account that waits. */
import type { FinishedSignIn } from '@courtside/api';
import { problemText, useSession } from '@courtside/ui';
import { Alert, Button, Card, Container, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

/** Names are the same in every language. */
const providers = { GOOGLE: 'Google', APPLE: 'Apple', FACEBOOK: 'Facebook' } as const;

export function AcceptInvitation({ invitation, newcomer }: { invitation: string; newcomer: FinishedSignIn }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { session } = useSession();
  const navigate = useNavigate();
  const accepting = useMutation({
    mutationFn: () => session.acceptInvitation(invitation, newcomer.provider, newcomer.oauthToken),
    onSuccess: () => navigate({ to: '/staff', replace: true }),
  });
  return (
    <Container size={460} py="xl">
      <Card withBorder>
        <Stack>
          <div>
            <Title order={1} fz="h2">
              {t('invitation.title')}
            </Title>
            <Text c="dimmed">{t('invitation.with', { provider: providers[newcomer.provider] })}</Text>
          </div>
          {accepting.isError && (
            <Alert color="red" role="alert">
              {problemText(accepting.error, shared)}
            </Alert>
          )}
          <Button size="lg" loading={accepting.isPending} onClick={() => accepting.mutate()}>
            {t('invitation.accept')}
          </Button>
        </Stack>
      </Card>
    </Container>
  );
}
