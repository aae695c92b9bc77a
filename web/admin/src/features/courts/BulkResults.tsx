/** ADMIN-19, COURT-41: what became of each court, and only the failed ones once more. */
import type { BulkCourtUpdateResult } from '@courtside/api';
import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

interface BulkResultsProps {
  result: BulkCourtUpdateResult;
  nameOf: (courtId: string) => string;
  working: boolean;
  /** `confirmed` when bookings were in the way and the owner wants it all the same. */
  onRetry: (courtIds: string[], confirmed: boolean) => void;
}

export function BulkResults({ result, nameOf, working, onRetry }: BulkResultsProps) {
  const { t } = useTranslation();
  const failed = result.results.filter(({ status }) => status === 'FAILED');
  const touching = failed.filter(({ error }) => error?.code === 'CHANGE_AFFECTS_BOOKINGS');
  return (
    <Alert
      color={failed.length === 0 ? 'pine' : 'orange'}
      variant="light"
      role="status"
      title={t('bulk.outcome', { done: result.successCount, failed: result.failureCount })}
    >
      <Stack gap="sm">
        <List spacing={4} size="sm" listStyleType="none" withPadding={false}>
          {result.results.map(({ courtId, status, error }) => (
            <List.Item
              key={courtId}
              icon={
                status === 'SUCCESS' ? (
                  <IconCircleCheck size={18} color="var(--courtside-brand-text)" aria-hidden />
                ) : (
                  <IconCircleX size={18} color="var(--mantine-color-error)" aria-hidden />
                )
              }
            >
              <b>{nameOf(courtId)}</b>: {status === 'SUCCESS' ? t('bulk.done') : error?.message}
            </List.Item>
          ))}
        </List>
        {failed.length > 0 && (
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              loading={working}
              onClick={() =>
                onRetry(
                  failed.map(({ courtId }) => courtId),
                  false,
                )
              }
            >
              {t('bulk.again')}
            </Button>
            {touching.length > 0 && (
              <Button
                size="xs"
                color="red"
                loading={working}
                onClick={() =>
                  onRetry(
                    touching.map(({ courtId }) => courtId),
                    true,
                  )
                }
              >
                {t('bulk.anyway')}
              </Button>
            )}
          </Group>
        )}
        {touching.length > 0 && <Text size="sm">{t('bulk.anywayHint')}</Text>}
      </Stack>
    </Alert>
  );
}
