/** The own profile: name and phone, cards, language and colours, the way to all settings, signing out. */
import { answer, problemFromThrown } from '@courtside/api';
import { LanguageSwitch, ProblemView, problemText, SchemeSwitch, useApi, useSession } from '@courtside/ui';
import {
  Alert,
  Badge,
  Button,
  Card,
  Container,
  Group,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconLogout, IconPlus } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SavedCard } from '../../app/SavedCard';
import { useSavedCards, useTypeNewCard } from '../../data/cards';
import { useStripe } from '../../data/clientConfig';
import { SettingsLinks } from './SettingsLinks';

export function ProfilePage() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const api = useApi();
  const navigate = useNavigate();
  const { user, session } = useSession();
  const [name, setName] = useState(user?.name ?? '');
  const [phone, setPhone] = useState(user?.phone ?? '');
  const save = useMutation({
    mutationFn: (body: { name?: string; phone?: string; language?: 'el' | 'en' }) =>
      answer(api.PUT('/api/users/me', { body })),
    onSuccess: (changed) => session.replaceUser(changed),
  });
  if (user === undefined) return null;
  const problem = save.error === null ? undefined : problemFromThrown(save.error);
  const isChanged = name.trim() !== user.name || phone.trim() !== (user.phone ?? '');

  return (
    <Container size="sm" py="lg">
      <title>{`${t('profile.title')} · Courtside`}</title>
      <Title order={1} fz="h2" mb="md">
        {t('profile.title')}
      </Title>
      <Stack>
        <Card withBorder>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              save.mutate(
                { name: name.trim(), phone: phone.trim() },
                {
                  onSuccess: () => notifications.show({ message: t('profile.saved'), color: 'pine' }),
                },
              );
            }}
          >
            <Stack>
              <TextInput
                label={t('profile.name')}
                value={name}
                required
                maxLength={100}
                autoComplete="name"
                error={problem?.fieldMessage('name')}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <TextInput label={t('profile.email')} value={user.email} readOnly />
              <TextInput
                label={t('profile.phone')}
                value={phone}
                type="tel"
                maxLength={30}
                autoComplete="tel"
                error={problem?.fieldMessage('phone')}
                onChange={(event) => setPhone(event.currentTarget.value)}
              />
              {problem !== undefined && problem.fields.length === 0 && (
                <Alert color="red" role="alert">
                  {problemText(problem, shared)}
                </Alert>
              )}
              <Group>
                <Button type="submit" loading={save.isPending} disabled={!isChanged || name.trim() === ''}>
                  {t('profile.save')}
                </Button>
              </Group>
            </Stack>
          </form>
        </Card>
        <Cards />
        <SettingsLinks />
        <Card withBorder>
          <Group justify="space-between">
            <div>
              <Text fw={650}>{shared('language.label')}</Text>
              <Text size="sm" c="dimmed">
                {t('profile.languageHint')}
              </Text>
            </div>
            <LanguageSwitch size="sm" full onChange={(language) => save.mutate({ language })} />
          </Group>
        </Card>
        <Card withBorder>
          <Group justify="space-between">
            <Text fw={650}>{t('profile.colours')}</Text>
            <SchemeSwitch />
          </Group>
        </Card>
        <Button
          variant="default"
          leftSection={<IconLogout size={18} />}
          onClick={() => void session.signOut().then(() => navigate({ to: '/welcome' }))}
        >
          {t('nav.signOut')}
        </Button>
      </Stack>
    </Container>
  );
}

function Cards() {
  const { t } = useTranslation();
  const cards = useSavedCards();
  const stripe = useStripe();
  const typing = useTypeNewCard();
  return (
    <Card withBorder>
      <Title order={2} fz="h4" mb="sm">
        {t('cards.title')}
      </Title>
      {cards.isError ? (
        <ProblemView compact error={cards.error} onRetry={() => void cards.refetch()} />
      ) : cards.isPending ? (
        <Skeleton h={48} />
      ) : (
        <Stack gap="sm">
          {cards.data.length === 0 && <Text c="dimmed">{t('cards.none')}</Text>}
          {cards.data.map((card) => (
            <Group key={card.id} justify="space-between" wrap="nowrap">
              <SavedCard card={card} />
              {card.isDefault && (
                <Badge variant="light" radius="sm">
                  {t('cards.default')}
                </Badge>
              )}
            </Group>
          ))}
          {stripe?.hasCardPage === true && (
            <Group>
              <Button
                variant="default"
                leftSection={<IconPlus size={18} />}
                loading={typing.isPending || typing.isSuccess}
                onClick={() => typing.mutate()}
              >
                {t('cards.add')}
              </Button>
            </Group>
          )}
          {typing.isError && <ProblemView compact error={typing.error} />}
        </Stack>
      )}
    </Card>
  );
}
