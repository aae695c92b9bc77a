/** Asks for the reason of a rejection or a cancellation before anything happens. */
import { problemText } from '@courtside/ui';
import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface ReasonDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  lead: string;
  /** A rejection needs a reason that the customer reads (BOOK-29); a cancellation may go without. */
  required: boolean;
  confirm: string;
  working: boolean;
  error: unknown;
  onConfirm: (reason: string) => void;
}

export function ReasonDialog(props: ReasonDialogProps) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      <ReasonForm {...props} />
    </Modal>
  );
}

function ReasonForm({ onClose, lead, required, confirm, working, error, onConfirm }: ReasonDialogProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const [reason, setReason] = useState('');
  const [asked, setAsked] = useState(false);
  const trimmed = reason.trim();
  const missing = required && trimmed === '';
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (!missing) onConfirm(trimmed);
      }}
    >
      <Stack>
        <Text c="dimmed">{lead}</Text>
        <Textarea
          label={t(required ? 'reason.label' : 'reason.optional')}
          description={t('reason.hint')}
          required={required}
          data-autofocus
          value={reason}
          maxLength={500}
          autosize
          minRows={3}
          error={asked && missing ? t('reason.needed') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {error != null && (
          <Alert color="red" role="alert">
            {problemText(error, shared)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('reason.back')}
          </Button>
          <Button type="submit" color="red" loading={working}>
            {confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
