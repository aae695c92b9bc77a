/** Dates and hours that are taken out of the week: repairs, private events, holidays (COURT-28 to COURT-30). */
import type { AvailabilityOverride, Court } from '@courtside/api';
import { formatDate, formatTimeRange, ListSkeleton, ProblemView, todayIn, useLanguage } from '@courtside/ui';
import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Switch,
  Text,
  TextInput,
} from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { notifications } from '@mantine/notifications';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AffectedDialog, asksAboutBookings } from '../../../app/AffectedDialog';
import { useNow } from '../../../app/useNow';
import { useOverrides, useRemoveOverride, useSaveOverride } from '../../../data/openings';
import classes from './ClosuresSection.module.css';
import { SaveLine, Section } from './Section';

export function ClosuresSection({ court }: { court: Court }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const today = todayIn(court.timezone, useNow(60_000));
  const overrides = useOverrides(court.id, today);
  const removal = useRemoveOverride(court.id);
  const [editing, setEditing] = useState<AvailabilityOverride | 'new'>();
  const sorted = [...(overrides.data ?? [])].sort((one, other) =>
    `${one.date}${one.startTime ?? ''}`.localeCompare(`${other.date}${other.startTime ?? ''}`),
  );
  return (
    <Section title={t('closures.title')} lead={t('closures.lead')}>
      <Group>
        <Button
          variant="light"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setEditing('new')}
        >
          {t('closures.add')}
        </Button>
      </Group>
      {overrides.isPending && <ListSkeleton rows={3} height={52} />}
      {overrides.isError && overrides.data === undefined && (
        <ProblemView compact error={overrides.error} onRetry={() => void overrides.refetch()} />
      )}
      {overrides.data?.length === 0 && <Text c="dimmed">{t('closures.none')}</Text>}
      <ul className={classes.list} aria-label={t('closures.title')}>
        {sorted.map((override) => {
          const when = `${formatDate(override.date, language, 'medium')}, ${
            override.startTime == null || override.endTime == null
              ? t('closures.wholeDay')
              : formatTimeRange(override.startTime, override.endTime)
          }`;
          return (
            <li key={override.id}>
              <div>
                <Text fw={650}>{when}</Text>
                <Group gap="xs">
                  <Badge size="sm" variant="light" color={override.source === 'MANUAL' ? 'gray' : 'pine'}>
                    {t(`holidays.source.${override.source}`)}
                  </Badge>
                  <Text size="sm" c="dimmed">
                    {override.reason}
                  </Text>
                </Group>
              </div>
              <Group gap={4} wrap="nowrap">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={38}
                  aria-label={t('closures.editOne', { when })}
                  onClick={() => setEditing(override)}
                >
                  <IconPencil size={18} />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={38}
                  aria-label={t('closures.removeOne', { when })}
                  loading={removal.isPending && removal.variables === override.id}
                  onClick={() =>
                    removal.mutate(override.id, {
                      onSuccess: () => notifications.show({ color: 'pine', message: t('closures.removed') }),
                    })
                  }
                >
                  <IconTrash size={18} />
                </ActionIcon>
              </Group>
            </li>
          );
        })}
      </ul>
      {removal.isError && <ProblemView compact error={removal.error} />}
      {editing !== undefined && (
        <ClosureDialog
          court={court}
          today={today}
          override={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Section>
  );
}

const halfHours = Array.from({ length: 48 }, (_unused, index) => {
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${pad(Math.floor(index / 2))}:${pad((index % 2) * 30)}`;
});

interface ClosureDialogProps {
  court: Court;
  today: string;
  override: AvailabilityOverride | undefined;
  onClose: () => void;
}

function ClosureDialog({ court, today, override, onClose }: ClosureDialogProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const saving = useSaveOverride(court.id);
  const [date, setDate] = useState(override?.date ?? today);
  const [wholeDay, setWholeDay] = useState(override?.startTime == null);
  const [startTime, setStartTime] = useState(override?.startTime?.slice(0, 5) ?? '09:00');
  const [endTime, setEndTime] = useState(override?.endTime?.slice(0, 5) ?? '12:00');
  const [reason, setReason] = useState(override?.reason ?? '');
  const isWrong = !wholeDay && endTime <= startTime;
  const save = (confirmed: boolean) =>
    saving.mutate(
      {
        overrideId: override?.id,
        date,
        startTime: wholeDay ? null : startTime,
        endTime: wholeDay ? null : endTime,
        reason: reason.trim() === '' ? null : reason.trim(),
        confirmed,
      },
      {
        onSuccess: () => {
          notifications.show({ color: 'pine', message: t('closures.saved') });
          onClose();
        },
      },
    );
  const asked = asksAboutBookings(saving.error);
  return (
    <>
      <Modal
        opened={!asked}
        onClose={onClose}
        title={t(override === undefined ? 'closures.add' : 'closures.edit')}
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!isWrong) save(false);
          }}
        >
          <Stack gap="sm">
            {override !== undefined && override.source !== 'MANUAL' && (
              <Text size="sm" c="dimmed">
                {t('closures.becomesOwn')}
              </Text>
            )}
            <DatePickerInput
              label={t('closures.date')}
              locale={language}
              hideOutsideDates
              weekendDays={[]}
              valueFormat="ddd D MMMM YYYY"
              minDate={today}
              value={date}
              onChange={(chosen) => chosen !== null && setDate(chosen)}
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
                  error={isWrong ? t('closures.order') : undefined}
                  onChange={(event) => setEndTime(event.currentTarget.value)}
                />
              </Group>
            )}
            <TextInput
              label={t('closures.reason')}
              placeholder={t('closures.reasonHint')}
              maxLength={200}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <SaveLine changed={!isWrong} working={saving.isPending} error={saving.error} asked={asked} />
          </Stack>
        </form>
      </Modal>
      <AffectedDialog
        error={saving.error}
        outcome="cancelled"
        working={saving.isPending}
        onClose={() => saving.reset()}
        onConfirm={() => save(true)}
      />
    </>
  );
}
