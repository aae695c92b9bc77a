/** What went wrong with a form as a whole, above its button: reasons that belong to no field of it. */
import type { Problem } from '@courtside/api';
import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { problemText } from '../components/ProblemView';

export function FormProblem({ problem }: { problem: Problem | undefined }) {
  const { t } = useTranslation('ui');
  if (problem === undefined) return null;
  return (
    <Alert color="red" role="alert">
      {problemText(problem, t)}
    </Alert>
  );
}
