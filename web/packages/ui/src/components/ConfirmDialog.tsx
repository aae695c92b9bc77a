/**
 * A question before something that cannot be taken back. Stays open with the reason when it fails, locks on the first
 * press, and never closes by itself while the answer is on its way.
 */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from './ProblemView';
import { useFocusBack } from './useFocusBack';

interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  lead?: string;
  /** Fields of the question, if any. */
  children?: ReactNode;
  confirm: string;
  /** The confirming button is red. */
  dangerous?: boolean;
  /** Not yet answerable, e.g. because a reason is missing. */
  blocked?: boolean;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

export function ConfirmDialog({
  opened,
  title,
  lead,
  children,
  confirm,
  dangerous = false,
  blocked = false,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const { t } = useTranslation('ui');
  useFocusBack(opened);
  const [working, setWorking] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const close = () => {
    if (working) return;
    setFailure(undefined);
    onClose();
  };
  const answer = async () => {
    setWorking(true);
    setFailure(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setFailure(thrown);
    } finally {
      setWorking(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('close') }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!working && !blocked) void answer();
        }}
      >
        <Stack>
          {lead !== undefined && <Text>{lead}</Text>}
          {children}
          {failure !== undefined && (
            <Alert color="red" role="alert">
              {problemText(failure, t)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} disabled={working}>
              {t('back')}
            </Button>
            <Button type="submit" color={dangerous ? 'red' : undefined} loading={working} disabled={blocked}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
