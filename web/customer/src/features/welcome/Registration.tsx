/** First sign-in: who they are here, and the terms, before an account exists (APP-02, AUTH-05). */
import { problemFromThrown, type FinishedSignIn, type Role } from '@courtside/api';
import { problemText, useSession } from '@courtside/ui';
import {
  Alert,
  Anchor,
  Button,
  Card,
  Checkbox,
  Container,
  Group,
  Modal,
  Radio,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { portalSession } from '../../app/services';
import { TermsText } from '../../app/TermsText';
import classes from './Registration.module.css';

export function Registration({ newcomer }: { newcomer: FinishedSignIn }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { session } = useSession();
  const navigate = useNavigate();
  const [role, setRole] = useState<Role>('CUSTOMER');
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
      const opened = role === 'COURT_OWNER' ? portalSession : session;
      await opened.register(newcomer.provider, newcomer.oauthToken, role);
      if (role === 'COURT_OWNER') location.assign('/admin/');
      else await navigate({ href: newcomer.returnTo, replace: true });
    } catch (thrown) {
      setFailure(thrown);
      setWorking(false);
    }
  };

  return (
    <Container size={520} py="xl">
      <Card withBorder>
        <form
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
            <Radio.Group label={t('register.role')} value={role} onChange={(value) => setRole(value)}>
              <Stack gap="xs" mt="xs">
                <RoleCard value="CUSTOMER" title={t('register.player')} hint={t('register.playerHint')} />
                <RoleCard value="COURT_OWNER" title={t('register.owner')} hint={t('register.ownerHint')} />
              </Stack>
            </Radio.Group>
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
                {problemText(problemFromThrown(failure), shared)}
              </Alert>
            )}
            <Button type="submit" size="lg" loading={working}>
              {t('register.go')}
            </Button>
          </Stack>
        </form>
      </Card>
      <Modal
        opened={termsOpen}
        onClose={terms.close}
        title={t('terms.title')}
        size="lg"
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        <Stack gap="sm">
          <TermsText />
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

function RoleCard({ value, title, hint }: { value: Role; title: string; hint: string }) {
  return (
    <Radio.Card value={value} radius="md" className={classes.role}>
      <Group wrap="nowrap" align="flex-start">
        <Radio.Indicator mt={4} />
        <div>
          <Text fw={650}>{title}</Text>
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}
