/** First sign-in at the portal: an owner's account, once the terms are accepted (ADMIN-01, AUTH-05). */
import type { FinishedSignIn } from '@courtside/api';
import { problemText, useSession } from '@courtside/ui';
import { Alert, Anchor, Button, Card, Checkbox, Container, Modal, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { returnAddress } from '../../app/access';

export function Registration({ newcomer }: { newcomer: FinishedSignIn }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { session } = useSession();
  const navigate = useNavigate();
  const [accepted, setAccepted] = useState(false);
  const [asked, setAsked] = useState(false);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [termsOpen, terms] = useDisclosure(false);

  const register = async () => {
    setAsked(true);
    if (!accepted) return;
    setWorking(true);
    setFailure(undefined);
    try {
      await session.register(newcomer.provider, newcomer.oauthToken, 'COURT_OWNER');
      await navigate({ href: returnAddress(newcomer.returnTo), replace: true });
    } catch (thrown) {
      setFailure(thrown);
      setWorking(false);
    }
  };

  return (
    <Container size={520} py="xl">
      <Card withBorder>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void register();
          }}
        >
          <Stack>
            <div>
              <Title order={1} fz="h2">
                {t('register.title')}
              </Title>
              <Text c="dimmed">{t('register.lead')}</Text>
            </div>
            <Checkbox
              checked={accepted}
              onChange={(event) => setAccepted(event.currentTarget.checked)}
              error={asked && !accepted ? t('register.termsNeeded') : undefined}
              label={t('register.accept')}
              description={
                <Anchor component="button" type="button" size="sm" onClick={terms.open}>
                  {t('register.read')}
                </Anchor>
              }
            />
            {failure !== undefined && (
              <Alert color="red" role="alert">
                {problemText(failure, shared)}
              </Alert>
            )}
            <Button type="submit" size="lg" loading={working}>
              {t('register.go')}
            </Button>
            <Text size="sm" c="dimmed">
              {t('register.player')} <Anchor href="/">{t('otherRole.app')}</Anchor>
            </Text>
          </Stack>
        </form>
      </Card>
      <Modal opened={termsOpen} onClose={terms.close} title={t('terms.title')} size="lg">
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('terms.version')}
          </Text>
          {(['use', 'money', 'cancel', 'data'] as const).map((part) => (
            <Text key={part}>
              <Trans i18nKey={`terms.${part}`} components={{ b: <b /> }} />
            </Text>
          ))}
          <Button
            onClick={() => {
              setAccepted(true);
              terms.close();
            }}
          >
            {t('terms.accept')}
          </Button>
        </Stack>
      </Modal>
    </Container>
  );
}
