/** BOOK-50: how a booking that the owner has entered was paid at the court. */
import type { ExternalMethod } from '@courtside/api';
import { problemText } from '@courtside/ui';
import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMarkPaid } from '../../data/bookings';

interface PaidDialogProps {
  bookingId: string | undefined;
  opened: boolean;
  onClose: () => void;
}

export function PaidDialog({ bookingId, opened, onClose }: PaidDialogProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('paid.open')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {bookingId !== undefined && <PaidForm bookingId={bookingId} onClose={onClose} />}
    </Modal>
  );
}

function PaidForm({ bookingId, onClose }: { bookingId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const [method, setMethod] = useState<ExternalMethod>('cash');
  const [notes, setNotes] = useState('');
  const paid = useMarkPaid();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        paid.mutate(
          { bookingId, paymentMethod: method, ...(notes.trim() !== '' && { notes: notes.trim() }) },
          {
            onSuccess: () => {
              notifications.show({ color: 'pine', message: t('paid.done') });
              onClose();
            },
          },
        );
      }}
    >
      <Stack>
        <Text c="dimmed">{t('paid.lead')}</Text>
        <Radio.Group label={t('paid.method')} value={method} onChange={(value) => setMethod(value)}>
          <Group mt={4}>
            <Radio value="cash" label={t('paid.methods.cash')} data-autofocus />
            <Radio value="bank_transfer" label={t('paid.methods.bank_transfer')} />
          </Group>
        </Radio.Group>
        <TextInput
          label={t('paid.notes')}
          maxLength={500}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        {paid.isError && (
          <Alert color="red" role="alert">
            {problemText(paid.error, shared)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('reason.back')}
          </Button>
          <Button type="submit" loading={paid.isPending}>
            {t('paid.open')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
