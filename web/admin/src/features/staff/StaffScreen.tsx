/** What every screen of staff has: a gate by role, a title in the tab and on the page. */
import type { Role } from '@courtside/api';
import { EmptyState, useSession } from '@courtside/ui';
import { Button, Container, Group, Text, Title } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useStaffTexts } from './texts';

interface StaffScreenProps {
  title: string;
  lead?: string;
  /** Beside the title, e.g. a button. */
  aside?: ReactNode;
  roles?: Role[];
  children: ReactNode;
}

export function StaffScreen({ title, lead, aside, roles = ['PLATFORM_ADMIN'], children }: StaffScreenProps) {
  const { t } = useStaffTexts();
  const { user } = useSession();
  // ADMIN-44: the server would refuse anyway; this says so in words.
  if (user === undefined || !roles.includes(user.role)) {
    return (
      <EmptyState
        icon={<IconLock size={52} stroke={1.3} />}
        title={t('wrongRole.title')}
        hint={t('wrongRole.hint', { email: user?.email, role: t(`users.roles.${user?.role ?? 'CUSTOMER'}`) })}
        action={
          <Button mt="sm" renderRoot={(props) => <Link to="/staff" {...props} />}>
            {t('wrongRole.back')}
          </Button>
        }
      />
    );
  }
  return (
    <Container size="lg" py="lg">
      <title>{`${title} · Courtside`}</title>
      <Group justify="space-between" align="flex-start" mb="md">
        <div>
          <Title order={1} fz="h2">
            {title}
          </Title>
          {lead !== undefined && <Text c="dimmed">{lead}</Text>}
        </div>
        {aside}
      </Group>
      {children}
    </Container>
  );
}
