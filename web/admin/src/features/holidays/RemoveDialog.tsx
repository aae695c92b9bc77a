/** ADMIN-24, HOL-17, HOL-51: a holiday ends; the owner says what becomes of the dates it has closed. */
import type { CustomHoliday } from '@courtside/api';
import { problemText, useFocusBack } from '@courtside/ui';
import { Alert, Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRemoveHoliday, type BlocksChoice } from '../../data/holidays';

interface RemoveDialogProps {
  holiday: Pick<CustomHoliday, 'id' | 'nameEl'>;
  /** Ends it on this court alone. */
  courtId?: string;
  onClose: () => void;
}

export function RemoveDialog({ holiday, courtId, onClose }: RemoveDialogProps) {
  useFocusBack();
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const removal = useRemoveHoliday();
  const [choice, setChoice] = useState<BlocksChoice>(courtId === undefined ? 'KEEP' : 'DELETE_FUTURE');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(courtId === undefined ? 'holidays.removeTitle' : 'holidays.endTitle', {
        name: holiday.nameEl,
      })}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <Stack>
        <Radio.Group label={t('holidays.blocks')} value={choice} onChange={(value) => setChoice(value)}>
          <Stack gap="xs" mt={6}>
            {(['KEEP', 'DELETE_FUTURE', 'DELETE_ALL'] as const).map((value) => (
              <Radio key={value} value={value} label={t(`holidays.blocksChoice.${value}`)} />
            ))}
          </Stack>
        </Radio.Group>
        {removal.isError && (
          <Alert color="red" role="alert">
            {problemText(removal.error, shared)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('reason.back')}
          </Button>
          <Button
            color="red"
            loading={removal.isPending}
            onClick={() =>
              removal.mutate(
                { holidayId: holiday.id, courtId, deleteOverrides: choice },
                {
                  onSuccess: () => {
                    notifications.show({ color: 'pine', message: t('holidays.removed') });
                    onClose();
                  },
                },
              )
            }
          >
            {t(courtId === undefined ? 'holidays.remove' : 'holidays.end')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
