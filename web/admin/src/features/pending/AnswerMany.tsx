/** ADMIN-27: one answer for many pending bookings, with what became of each. */
import type { Booking, BulkActionResult } from '@courtside/api';
import { formatDate, formatTimeRange, problemText, useLanguage } from '@courtside/ui';
import { Alert, Button, Checkbox, Group, Text } from '@mantine/core';
import { useDisclosure, useNetwork } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ReasonDialog } from '../../app/booking/ReasonDialog';
import { useAnswerMany } from '../../data/bookings';

interface AnswerManyProps {
  bookings: Booking[];
  chosen: string[];
  onChoose: (bookingIds: string[]) => void;
}

export function AnswerMany({ bookings, chosen, onChoose }: AnswerManyProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const answering = useAnswerMany();
  const [rejecting, dialog] = useDisclosure(false);
  /** Of the last answer, with the words for those that are no longer listed. */
  const [outcome, setOutcome] = useState<{ result: BulkActionResult; names: Map<string, string> }>();
  const waiting = chosen.filter((id) => bookings.some((booking) => booking.id === id));
  const send = (action: 'CONFIRM' | 'REJECT', reason?: string) => {
    const names = new Map(
      bookings.map((booking) => [
        booking.id,
        `${formatDate(booking.date, language, 'medium')}, ${formatTimeRange(booking.startTime, booking.endTime)}`,
      ]),
    );
    answering.mutate(
      { action, bookingIds: waiting, reason },
      {
        onSuccess: (result) => {
          dialog.close();
          setOutcome({ result, names });
          onChoose(
            result.results.filter(({ status }) => status === 'FAILED').map(({ bookingId }) => bookingId),
          );
        },
      },
    );
  };
  const failed = outcome?.result.results.filter(({ status }) => status === 'FAILED') ?? [];
  return (
    <>
      <Group gap="sm" mb="sm">
        <Checkbox
          label={t('pending.all')}
          checked={waiting.length === bookings.length}
          indeterminate={waiting.length > 0 && waiting.length < bookings.length}
          onChange={(event) => onChoose(event.currentTarget.checked ? bookings.map(({ id }) => id) : [])}
        />
        {waiting.length > 0 && (
          <Group gap="xs" ml="auto">
            <Button
              size="xs"
              loading={answering.isPending}
              disabled={!online}
              onClick={() => send('CONFIRM')}
            >
              {t('pending.confirmMany', { count: waiting.length })}
            </Button>
            <Button
              size="xs"
              variant="default"
              disabled={!online || answering.isPending}
              onClick={() => {
                answering.reset();
                dialog.open();
              }}
            >
              {t('pending.rejectMany', { count: waiting.length })}
            </Button>
          </Group>
        )}
      </Group>
      {outcome !== undefined && (
        <Alert
          mb="sm"
          role="status"
          color={failed.length === 0 ? 'pine' : 'orange'}
          withCloseButton
          closeButtonLabel={shared('close')}
          onClose={() => setOutcome(undefined)}
          title={t('bulk.outcome', {
            done: outcome.result.successCount,
            failed: outcome.result.failureCount,
          })}
        >
          {failed.map(({ bookingId, error }) => (
            <Text key={bookingId} size="sm">
              <b>{outcome.names.get(bookingId)}</b>: {error?.message}
            </Text>
          ))}
        </Alert>
      )}
      {answering.isError && !rejecting && (
        <Alert mb="sm" color="red" role="alert">
          {problemText(answering.error, shared)}
        </Alert>
      )}
      <ReasonDialog
        opened={rejecting}
        onClose={dialog.close}
        title={t('pending.rejectMany', { count: waiting.length })}
        lead={t('answer.rejectLead')}
        required
        confirm={t('answer.reject')}
        working={answering.isPending}
        error={answering.error}
        onConfirm={(reason) => send('REJECT', reason)}
      />
    </>
  );
}
