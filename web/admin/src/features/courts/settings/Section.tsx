/** The frame of each part of a court's settings: a title, what it is for, its fields, and one button that saves it. */
import { problemFromThrown } from '@courtside/api';
import { problemText } from '@courtside/ui';
import { Alert, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface SectionProps {
  title: string;
  lead?: string;
  children: ReactNode;
}

export function Section({ title, lead, children }: SectionProps) {
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

interface SaveLineProps {
  /** Whether there is anything to save. */
  changed: boolean;
  working: boolean;
  error?: unknown;
  /** Errors that a dialog asks about are no failures. */
  asked?: boolean;
  onReset?: () => void;
  /** Without it the button submits the form around it. */
  onSave?: () => void;
  label?: string;
}

export function SaveLine({ changed, working, error, asked = false, onReset, onSave, label }: SaveLineProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const problem = error == null || asked ? undefined : problemFromThrown(error);
  return (
    <>
      {problem !== undefined && (
        <Alert color="red" role="alert">
          {problem.fields.length > 0
            ? `${t('form.fieldsWrong')} ${problem.fields.map(({ message }) => message).join(' ')}`
            : problemText(problem, shared)}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        {changed && onReset !== undefined && (
          <Button variant="default" onClick={onReset} disabled={working}>
            {t('settings.undo')}
          </Button>
        )}
        <Button
          type={onSave === undefined ? 'submit' : 'button'}
          loading={working}
          disabled={!changed || !online}
          onClick={onSave}
        >
          {label ?? t('settings.save')}
        </Button>
      </Group>
    </>
  );
}
