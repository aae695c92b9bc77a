/** What a list shows when there is nothing in it, with the next sensible step. */
import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  hint?: string;
  action?: ReactNode;
}

export function EmptyState({ icon, title, hint, action }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <div style={{ color: 'var(--mantine-color-dimmed)' }} aria-hidden>
        {icon}
      </div>
      <Title order={2} fz="h3">
        {title}
      </Title>
      {hint !== undefined && (
        <Text c="dimmed" maw={420}>
          {hint}
        </Text>
      )}
      {action}
    </Stack>
  );
}
