/**
 * Moves a booking that the owner has entered (a customer's own booking is moved by the customer alone, BOOK-51). Reached by
 * pulling it onto a free time, or by keyboard from its details; nothing moves without the yes here.
 */
import { problemFromThrown, type Booking, type Court } from '@courtside/api';
import { formatDate, formatTimeRange, problemText, useFocusBack, useLanguage } from '@courtside/ui';
import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMoveManualBooking } from '../../data/bookings';
import { useCourtDay } from '../../data/courts';
import { fitsAt, type MoveTarget } from './moving';

interface MoveDialogProps {
  booking: Booking;
  /** Where it was dropped, or where it stands. */
  target: MoveTarget;
  courts: Court[];
  nameOf: (court: Court) => string;
  onClose: () => void;
}

export function MoveDialog({ booking, target, courts, nameOf, onClose }: MoveDialogProps) {
  useFocusBack();
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const [courtId, setCourtId] = useState(target.courtId);
  const [date, setDate] = useState(target.date);
  const [startTime, setStartTime] = useState(target.startTime);
  const day = useCourtDay(courtId, date);
  const move = useMoveManualBooking();
  const starts = day.slots
    .filter((slot) => fitsAt(day.slots, slot.startTime, booking.durationMinutes))
    .map((slot) => slot.startTime);
  const chosen = startTime !== undefined && starts.includes(startTime) ? startTime : undefined;
  const same =
    courtId === booking.courtId && date === booking.date && chosen === booking.startTime.slice(0, 5);
  const submit = () => {
    if (chosen === undefined || same) return;
    move.mutate(
      { booking, courtId, date, startTime: chosen },
      {
        onSuccess: ({ oldStands }) => {
          notifications.show({
            color: oldStands ? 'orange' : 'pine',
            title: t('move.done'),
            message: oldStands ? t('move.oldStands') : formatDate(date, language, 'medium'),
            autoClose: oldStands ? false : 5000,
          });
          onClose();
        },
      },
    );
  };
  const problem = move.isError ? problemFromThrown(move.error) : undefined;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('move.title')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <Group gap="xs">
            <Text size="sm">
              {formatDate(booking.date, language, 'medium')},{' '}
              {formatTimeRange(booking.startTime, booking.endTime)}
            </Text>
            <IconArrowRight size={16} aria-hidden />
            <Text size="sm" fw={700}>
              {formatDate(date, language, 'medium')}
              {chosen !== undefined && `, ${chosen}`}
            </Text>
          </Group>
          <Select
            label={t('manual.court')}
            value={courtId}
            data={courts.map((court) => ({ value: court.id, label: nameOf(court) }))}
            allowDeselect={false}
            onChange={(value) => value !== null && setCourtId(value)}
          />
          <Group grow align="flex-start">
            <DatePickerInput
              label={t('manual.date')}
              locale={language}
              hideOutsideDates
              weekendDays={[]}
              valueFormat="ddd D MMM YYYY"
              value={date}
              onChange={(value) => value !== null && setDate(value)}
            />
            <Select
              label={t('manual.start')}
              placeholder={day.isPending ? shared('loading') : t('manual.chooseStart')}
              value={chosen ?? null}
              data={starts}
              allowDeselect={false}
              nothingFoundMessage={t('manual.noneFree')}
              error={!day.isPending && starts.length === 0 ? t('manual.noneFree') : undefined}
              onChange={(value) => setStartTime(value ?? undefined)}
            />
          </Group>
          {problem !== undefined && (
            <Alert color="red" role="alert">
              {problemText(problem, shared)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('manual.cancel')}
            </Button>
            <Button type="submit" loading={move.isPending} disabled={!online || chosen === undefined || same}>
              {t('move.go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
