/** BOOK-44: a booking by phone or at the desk. Takes the time on the court without any payment. */
import { problemFromThrown, type Court, type ManualSeriesResult } from '@courtside/api';
import { formatDate, formatTime, instantOf, problemText, useLanguage } from '@courtside/ui';
import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { useMediaQuery, useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useManualBooking } from '../../data/bookings';
import { useCourtDay } from '../../data/courts';
import { possibleLengths } from './layout';

/** What was pressed: a free slot, or only the button, then court and day as they are shown. */
export interface FreeSlot {
  courtId: string | undefined;
  date: string;
  startTime?: string;
}

interface ManualBookingDialogProps {
  slot: FreeSlot | undefined;
  courts: Court[];
  nameOf: (court: Court) => string;
  now: Date;
  onClose: () => void;
}

export function ManualBookingDialog({ slot, onClose, ...rest }: ManualBookingDialogProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const isPhone = useMediaQuery('(max-width: 48em)');
  return (
    <Modal
      opened={slot !== undefined}
      onClose={onClose}
      fullScreen={isPhone === true}
      title={t('manual.title')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {slot !== undefined && <ManualBookingForm slot={slot} onClose={onClose} {...rest} />}
    </Modal>
  );
}

function ManualBookingForm({
  slot,
  courts,
  nameOf,
  now,
  onClose,
}: ManualBookingDialogProps & { slot: FreeSlot }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const [courtId, setCourtId] = useState(slot.courtId ?? courts[0]?.id);
  const [date, setDate] = useState(slot.date);
  const [startTime, setStartTime] = useState(slot.startTime);
  const [minutes, setMinutes] = useState<number>();
  const [guest, setGuest] = useState({ customerName: '', customerPhone: '', customerEmail: '', notes: '' });
  const [asked, setAsked] = useState(false);
  const [weeks, setWeeks] = useState<number>();
  const [series, setSeries] = useState<ManualSeriesResult>();
  const entry = useManualBooking();
  const day = useCourtDay(courtId, date);
  const court = courts.find((known) => known.id === courtId);

  const free = day.slots.filter(
    ({ status, endTime }) =>
      status === 'AVAILABLE' &&
      (endTime === '00:00' || court === undefined || instantOf(date, endTime, court.timezone) > now),
  );
  const lengths = startTime === undefined ? [] : possibleLengths(day.slots, startTime);
  const chosenLength = minutes !== undefined && lengths.includes(minutes) ? minutes : lengths[0];
  const isFree = free.some((known) => known.startTime === startTime);
  const problem = entry.isError ? problemFromThrown(entry.error) : undefined;
  const fieldMessage = (field: string) => problem?.fieldMessage(field);
  const shownAtField = Object.keys(guest).some((field) => fieldMessage(field) !== undefined);

  const field = (name: keyof typeof guest) => ({
    label: t(`manual.${name}`),
    value: guest[name],
    error: fieldMessage(name),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setGuest((before) => ({ ...before, [name]: value }));
    },
  });

  const submit = () => {
    setAsked(true);
    if (courtId === undefined || startTime === undefined || !isFree) return;
    const given = Object.fromEntries(
      Object.entries(guest)
        .map(([name, value]) => [name, value.trim()] as const)
        .filter(([, value]) => value !== ''),
    );
    entry.mutate(
      {
        courtId,
        date,
        startTime,
        durationMinutes: chosenLength,
        ...given,
        ...(weeks !== undefined && { recurring: { frequencyWeeks: 1, durationWeeks: weeks } }),
      },
      {
        onSuccess: (booking) => {
          // Dates that were taken are read before the dialog goes (BOOK-46).
          if ('conflicts' in booking && booking.conflicts.length > 0) {
            setSeries(booking);
            return;
          }
          notifications.show({
            color: 'pine',
            title: t('manual.done'),
            message: 'courtName' in booking ? `${booking.courtName} · ${formatTime(booking.startTime)}` : '',
          });
          onClose();
        },
      },
    );
  };

  if (series !== undefined) {
    return (
      <Stack gap="sm">
        <Alert color="orange" role="alert" title={t('manual.partly', { count: series.created.length })}>
          <Text size="sm" mb="xs">
            {t('manual.taken')}
          </Text>
          <ul style={{ margin: 0 }}>
            {series.conflicts.map((conflict) => (
              <li key={conflict.date}>{formatDate(conflict.date, language, 'full')}</li>
            ))}
          </ul>
        </Alert>
        <Group justify="flex-end">
          <Button data-autofocus onClick={onClose}>
            {shared('close')}
          </Button>
        </Group>
      </Stack>
    );
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        <Select
          label={t('manual.court')}
          value={courtId ?? null}
          data={courts.map((known) => ({ value: known.id, label: nameOf(known) }))}
          allowDeselect={false}
          onChange={(chosen) => setCourtId(chosen ?? undefined)}
        />
        <Group grow align="flex-start" gap="sm" preventGrowOverflow={false}>
          <DatePickerInput
            label={t('manual.date')}
            locale={language}
            hideOutsideDates
            weekendDays={[]}
            valueFormat="ddd D MMM YYYY"
            value={date}
            onChange={(chosen) => chosen !== null && setDate(chosen)}
            miw="10.5rem"
          />
          <Select
            label={t('manual.start')}
            placeholder={day.isPending ? shared('loading') : t('manual.chooseStart')}
            value={isFree ? (startTime ?? null) : null}
            data={free.map((known) => known.startTime)}
            allowDeselect={false}
            error={asked && !isFree && !day.isPending ? t('manual.startNeeded') : undefined}
            nothingFoundMessage={t('manual.noneFree')}
            onChange={(chosen) => setStartTime(chosen ?? undefined)}
          />
          <Select
            label={t('manual.length')}
            value={chosenLength === undefined ? null : String(chosenLength)}
            data={lengths.map((length) => ({
              value: String(length),
              label: t('minutes', { count: length }),
            }))}
            allowDeselect={false}
            disabled={lengths.length === 0}
            onChange={(chosen) => setMinutes(chosen === null ? undefined : Number(chosen))}
          />
        </Group>
        <TextInput {...field('customerName')} maxLength={120} data-autofocus autoComplete="off" />
        <Group grow align="flex-start" gap="sm">
          <TextInput {...field('customerPhone')} type="tel" maxLength={40} autoComplete="off" />
          <TextInput {...field('customerEmail')} type="email" maxLength={254} autoComplete="off" />
        </Group>
        <Textarea {...field('notes')} maxLength={1000} autosize minRows={2} />
        <Group align="center" gap="sm">
          <Switch
            label={t('manual.repeat')}
            checked={weeks !== undefined}
            onChange={(event) => setWeeks(event.currentTarget.checked ? 4 : undefined)}
          />
          {weeks !== undefined && (
            <NumberInput
              aria-label={t('manual.weeks')}
              w={130}
              min={1}
              max={12}
              allowDecimal={false}
              suffix={` ${t('manual.weekUnit')}`}
              value={weeks}
              onChange={(value) => setWeeks(typeof value === 'number' ? value : 4)}
            />
          )}
        </Group>
        {problem !== undefined && !shownAtField && (
          <Alert color="red" role="alert">
            {problemText(problem, shared)}
          </Alert>
        )}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t('manual.cancel')}
          </Button>
          <Button type="submit" loading={entry.isPending} disabled={!online}>
            {t('manual.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
