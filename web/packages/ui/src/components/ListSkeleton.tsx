/** Grey placeholders in the shape of a list of cards. */
import { Skeleton, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Delayed } from './Delayed';

export function ListSkeleton({ rows = 5, height = 96 }: { rows?: number; height?: number }) {
  const { t } = useTranslation('ui');
  return (
    <Delayed>
      <Stack gap="sm" role="status" aria-label={t('loading')}>
        {Array.from({ length: rows }, (_unused, row) => (
          <Skeleton key={row} height={height} radius="lg" />
        ))}
      </Stack>
    </Delayed>
  );
}
