/** A titled card: one part of a page. */
import { Card, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface PanelProps {
  title: string;
  lead?: string;
  children: ReactNode;
}

export function Panel({ title, lead, children }: PanelProps) {
  return (
    <Card withBorder component="section">
      <Title order={2} fz="h4">
        {title}
      </Title>
      {lead !== undefined && (
        <Text c="dimmed" size="sm" mt={2}>
          {lead}
        </Text>
      )}
      <Stack gap="sm" mt="sm">
        {children}
      </Stack>
    </Card>
  );
}
