/** HOL-09 to HOL-16: an own holiday, once or every year, for a day or several, all day or some hours. */
import { problemFromThrown, type CustomHoliday } from '@courtside/api';
import { problemText, useFocusBack, useLanguage } from '@courtside/ui';
import { Alert, Button, Group, Modal, NativeSelect, Stack, Switch, TextInput } from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSaveHoliday } from '../../data/holidays';

interface HolidayDialogProps {
  holiday: CustomHoliday | undefined;
  today: string;
  onClose: () => void;
}

const halfHours = Array.from({ length: 48 }, (_unused, index) => {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(index / 2))}:${pad((index % 2) * 30)}`;
});

export function HolidayDialog({ holiday, today, onClose }: HolidayDialogProps) {
  useFocusBack();
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const saving = useSaveHoliday();
  const first = holiday?.date ?? holiday?.upcomingDates[0]?.date ?? today;
  const [nameEl, setNameEl] = useState(holiday?.nameEl ?? '');
  const [nameEn, setNameEn] = useState(holiday?.nameEn ?? '');
  const [range, setRange] = useState<[string | null, string | null]>([first, holiday?.endDate ?? first]);
  const [wholeDay, setWholeDay] = useState(holiday?.startTime == null);
  const [startTime, setStartTime] = useState(holiday?.startTime?.slice(0, 5) ?? '09:00');
  const [endTime, setEndTime] = useState(holiday?.endTime?.slice(0, 5) ?? '14:00');
  const [isRecurring, setRecurring] = useState(holiday?.isRecurring ?? false);
  const [rewrite, setRewrite] = useState(true);
  const [asked, setAsked] = useState(false);
  const problem = saving.isError ? problemFromThrown(saving.error) : undefined;
  const [from, until] = range;
  const orderIsWrong = !wholeDay && endTime <= startTime;
  const submit = () => {
    setAsked(true);
    if (nameEl.trim() === '' || from === null || orderIsWrong) return;
    saving.mutate(
      {
        holidayId: holiday?.id,
        nameEl: nameEl.trim(),
        nameEn: nameEn.trim() === '' ? null : nameEn.trim(),
        date: from,
        endDate: until === null || until === from ? null : until,
        startTime: wholeDay ? null : startTime,
        endTime: wholeDay ? null : endTime,
        isRecurring,
        applyTo: holiday === undefined ? undefined : rewrite ? 'FUTURE_INSTANCES' : 'NONE',
      },
      {
        onSuccess: () => {
          notifications.show({ color: 'pine', message: t('settings.saved') });
          onClose();
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(holiday === undefined ? 'holidays.new' : 'holidays.edit')}
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
          <TextInput
            label={t('form.nameEl')}
            required
            maxLength={255}
            data-autofocus
            value={nameEl}
            error={
              asked && nameEl.trim() === ''
                ? t('form.needed.name_el')
                : (problem?.fieldMessage('nameEl') ??
                  (problem?.code === 'HOLIDAY_NAME_EXISTS' ? problemText(problem, shared) : undefined))
            }
            onChange={(event) => setNameEl(event.currentTarget.value)}
          />
          <TextInput
            label={t('form.nameEn')}
            maxLength={255}
            value={nameEn}
            onChange={(event) => setNameEn(event.currentTarget.value)}
          />
          <DatePickerInput
            type="range"
            label={t('holidays.days')}
            locale={language}
            hideOutsideDates
            weekendDays={[]}
            allowSingleDateInRange
            valueFormat="D MMM YYYY"
            value={range}
            error={problem?.fieldMessage('date') ?? problem?.fieldMessage('endDate')}
            onChange={setRange}
          />
          <Switch
            label={t('closures.wholeDay')}
            checked={wholeDay}
            onChange={(event) => setWholeDay(event.currentTarget.checked)}
          />
          {!wholeDay && (
            <Group grow align="flex-start">
              <NativeSelect
                label={t('closures.from')}
                data={[...new Set([...halfHours, startTime])].sort()}
                value={startTime}
                onChange={(event) => setStartTime(event.currentTarget.value)}
              />
              <NativeSelect
                label={t('closures.until')}
                data={[...new Set([...halfHours, '23:59', endTime])].sort()}
                value={endTime}
                error={orderIsWrong ? t('closures.order') : undefined}
                onChange={(event) => setEndTime(event.currentTarget.value)}
              />
            </Group>
          )}
          {holiday?.easterOffsetDays == null && (
            <Switch
              label={t('holidays.yearly')}
              checked={isRecurring}
              onChange={(event) => setRecurring(event.currentTarget.checked)}
            />
          )}
          {holiday !== undefined && holiday.isRecurring && (
            <Switch
              label={t('holidays.rewrite')}
              description={t('holidays.rewriteHint')}
              checked={rewrite}
              onChange={(event) => setRewrite(event.currentTarget.checked)}
            />
          )}
          {problem !== undefined && problem.code !== 'HOLIDAY_NAME_EXISTS' && (
            <Alert color="red" role="alert">
              {problem.fields.length > 0
                ? problem.fields.map(({ message }) => message).join(' ')
                : problemText(problem, shared)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('reason.back')}
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {t('settings.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
