/** What became of a change of preferences: refused, or kept until the services can be reached. */
import { problemFromThrown } from '@courtside/api';
import { problemText } from '@courtside/ui';
import { Alert } from '@mantine/core';
import { IconCloudUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

/** The message that belongs at a field, if the server named it (APP-40). */
export function messageAt(failure: unknown, field: string): string | undefined {
  return failure === undefined ? undefined : problemFromThrown(failure).fieldMessage(field);
}

interface PreferenceProblemProps {
  failure: unknown;
  isWaiting: boolean;
  /** Fields that show their message themselves. */
  shownAt: readonly string[];
}

export function PreferenceProblem({ failure, isWaiting, shownAt }: PreferenceProblemProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const problem = failure === undefined ? undefined : problemFromThrown(failure);
  const isShown =
    problem !== undefined &&
    problem.fields.length > 0 &&
    problem.fields.every(({ field }) => shownAt.includes(field));
  return (
    <>
      {problem !== undefined && !isShown && (
        <Alert color="red" role="alert">
          {problemText(problem, shared)}
        </Alert>
      )}
      {isWaiting && (
        <Alert color="gray" icon={<IconCloudUp size={18} />} role="status">
          {t('preferences.waiting')}
        </Alert>
      )}
    </>
  );
}
