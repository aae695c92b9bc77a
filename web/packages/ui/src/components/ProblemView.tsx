/** How a failed call is shown: as a whole section, or as one line for a toast. */
import { problemFromThrown, type Problem } from '@courtside/api';
import { Button, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconMapPinOff, IconWifiOff } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';

/** The server's own text when there is one, else a plain one for what happened. */
export function problemText(thrown: unknown, t: TFunction<'ui'>): string {
  const problem = problemFromThrown(thrown);
  if (problem.kind === 'tooMany' && problem.retryAfterSeconds !== undefined) {
    return t('problem.tooMany', { seconds: problem.retryAfterSeconds });
  }
  if (problem.message !== '' && problem.status !== 0) return problem.message;
  switch (problem.kind) {
    case 'offline':
    case 'slow':
    case 'failure':
    case 'unavailable':
    case 'forbidden':
    case 'gone':
      return t(`problem.${problem.kind}`);
    default:
      return t('problem.generic');
  }
}

function titleOf(problem: Problem, t: TFunction<'ui'>): string {
  if (problem.kind === 'offline') return t('problem.offlineTitle');
  if (problem.kind === 'gone') return t('problem.goneTitle');
  return t('problem.title');
}

interface ProblemViewProps {
  error: unknown;
  onRetry?: () => void;
  compact?: boolean;
}

export function ProblemView({ error, onRetry, compact = false }: ProblemViewProps) {
  const { t } = useTranslation('ui');
  const problem = problemFromThrown(error);
  // APP-40: what is gone or forbidden does not come back by asking again.
  const canRetry = onRetry !== undefined && problem.kind !== 'gone' && problem.kind !== 'forbidden';
  const Icon =
    problem.kind === 'offline' ? IconWifiOff : problem.kind === 'gone' ? IconMapPinOff : IconAlertTriangle;
  return (
    <Stack align="center" gap="xs" py={compact ? 'md' : 48} px="md" role="alert" ta="center">
      <Icon size={compact ? 28 : 40} stroke={1.5} color="var(--mantine-color-dimmed)" aria-hidden />
      <Title order={2} fz={compact ? 'h4' : 'h3'}>
        {titleOf(problem, t)}
      </Title>
      <Text c="dimmed" maw={440}>
        {problemText(problem, t)}
      </Text>
      {canRetry && (
        <Button variant="light" mt="xs" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
      {problem.correlationId !== undefined && problem.status >= 500 && (
        <Text size="xs" c="dimmed">
          {t('problem.reference', { id: problem.correlationId })}
        </Text>
      )}
    </Stack>
  );
}
