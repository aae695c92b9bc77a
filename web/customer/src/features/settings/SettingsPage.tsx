/** The frame of a settings page: the way back to the profile, and a heading. */
import { Button, Container, Stack, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export function SettingsPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Container size="sm" py="md">
      <title>{`${title} · Courtside`}</title>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        mb="xs"
        leftSection={<IconArrowLeft size={16} />}
        renderRoot={(props) => <Link to="/profile" {...props} />}
      >
        {t('profile.title')}
      </Button>
      <Title order={1} fz="h2" mb="md">
        {title}
      </Title>
      <Stack>{children}</Stack>
    </Container>
  );
}
