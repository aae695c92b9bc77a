/** ADMIN-20 to ADMIN-25: the calendar of what is closed, the holidays that can close it, and what the courts follow. */
import type { Court, CustomHoliday, HolidayCalendarEntry } from '@courtside/api';
import {
  EmptyState,
  formatDate,
  formatTimeRange,
  ListSkeleton,
  ProblemView,
  todayIn,
  useLanguage,
} from '@courtside/ui';
import {
  ActionIcon,
  Badge,
  Button,
  Card,
  Checkbox,
  Container,
  Group,
  Modal,
  Select,
  Stack,
  Text,
  Title,
  VisuallyHidden,
} from '@mantine/core';
import {
  IconBeach,
  IconChevronLeft,
  IconChevronRight,
  IconPencil,
  IconPlus,
  IconTrash,
  IconUsers,
} from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { inLanguage } from '../../app/inLanguage';
import { useNow } from '../../app/useNow';
import { weekdayNames } from '../../app/weekdayNames';
import { useMyCourts } from '../../data/courts';
import { useCustomHolidays, useHolidayCalendar, useNationalHolidays } from '../../data/holidays';
import { ApplyDialog } from './ApplyDialog';
import { HolidayDialog } from './HolidayDialog';
import classes from './HolidaysPage.module.css';
import { RemoveDialog } from './RemoveDialog';
import { Subscriptions } from './Subscriptions';

const zone = 'Europe/Athens';

function shiftMonth(date: string, months: number): string {
  const [year = 0, month = 1] = date.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

export function HolidaysPage() {
  const { t } = useTranslation();
  const courts = useMyCourts();
  return (
    <Container size="lg" py="lg">
      <Title order={1} fz="h2" mb="md">
        {t('holidays.title')}
      </Title>
      {courts.isPending && <ListSkeleton rows={4} />}
      {courts.isError && courts.data === undefined && (
        <ProblemView error={courts.error} onRetry={() => void courts.refetch()} />
      )}
      {courts.data?.length === 0 && (
        <EmptyState
          icon={<IconBeach size={52} stroke={1.3} />}
          title={t('courts.none')}
          hint={t('holidays.noCourts')}
          action={
            <Button mt="sm" renderRoot={(props) => <Link to="/courts/new" {...props} />}>
              {t('courts.new')}
            </Button>
          }
        />
      )}
      {courts.data !== undefined && courts.data.length > 0 && <Holidays courts={courts.data} />}
    </Container>
  );
}

function Holidays({ courts }: { courts: Court[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const search = useSearch({ from: '/portal/owners/holidays' });
  const navigate = useNavigate({ from: '/holidays' });
  const today = todayIn(zone, useNow(60_000));
  const month = `${(search.date ?? today).slice(0, 7)}-01`;
  const court = courts.find(({ id }) => id === search.court);
  const [chosen, setChosen] = useState<string[]>([]);
  const [applying, setApplying] = useState<string[]>();
  const [editing, setEditing] = useState<CustomHoliday | 'new'>();
  const [removing, setRemoving] = useState<CustomHoliday>();
  const [entry, setEntry] = useState<HolidayCalendarEntry>();
  const national = useNationalHolidays();
  const custom = useCustomHolidays();
  const goTo = (date: string) =>
    void navigate({
      search: (before) => ({ ...before, date: date.slice(0, 7) === today.slice(0, 7) ? undefined : date }),
      replace: true,
    });
  const names = new Map([
    ...(national.data ?? []).map(
      ({ id, nameEl, nameEn }) => [id, language === 'el' ? nameEl : nameEn] as const,
    ),
    ...(custom.data ?? []).map(
      ({ id, nameEl, nameEn }) =>
        [id, inLanguage({ el: nameEl, en: nameEn }, language)?.text ?? nameEl] as const,
    ),
  ]);
  const items = [
    ...(national.data ?? []).map((holiday) => ({ ...holiday, own: undefined as CustomHoliday | undefined })),
    ...(custom.data ?? []).map((holiday) => ({ ...holiday, own: holiday })),
  ]
    .map((holiday) => ({ ...holiday, next: holiday.upcomingDates.find(({ date }) => date >= today)?.date }))
    .sort((one, other) => (one.next ?? '9').localeCompare(other.next ?? '9'));

  return (
    <Stack gap="md">
      <Card withBorder component="section">
        <Group justify="space-between" mb="sm">
          <Group gap={6}>
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('calendar.before.month')}
              onClick={() => goTo(shiftMonth(month, -1))}
            >
              <IconChevronLeft size={18} />
            </ActionIcon>
            <Title order={2} fz="h4" miw="10.5rem" ta="center" aria-live="polite">
              {formatDate(month, language, 'month')}
            </Title>
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('calendar.after.month')}
              onClick={() => goTo(shiftMonth(month, 1))}
            >
              <IconChevronRight size={18} />
            </ActionIcon>
          </Group>
          <Select
            aria-label={t('calendar.court')}
            value={court?.id ?? 'all'}
            data={[
              { value: 'all', label: t('calendar.allCourts') },
              ...courts.map((one) => ({ value: one.id, label: inLanguage(one.name, language)?.text ?? '' })),
            ]}
            allowDeselect={false}
            onChange={(value) =>
              void navigate({
                search: (before) => ({
                  ...before,
                  court: value === null || value === 'all' ? undefined : value,
                }),
                replace: true,
              })
            }
          />
        </Group>
        <Month month={month} today={today} courtId={court?.id} onOpen={setEntry} />
        {court !== undefined && (
          <Subscriptions court={court} year={Number(month.slice(0, 4))} names={names} />
        )}
      </Card>

      <Card withBorder component="section">
        <Group justify="space-between" mb="sm">
          <Title order={2} fz="h4">
            {t('holidays.list')}
          </Title>
          <Group gap="xs">
            <Button
              variant="default"
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => setEditing('new')}
            >
              {t('holidays.new')}
            </Button>
            <Button disabled={chosen.length === 0} onClick={() => setApplying(chosen)}>
              {t('holidays.apply', { count: chosen.length })}
            </Button>
          </Group>
        </Group>
        {(national.isPending || custom.isPending) && <ListSkeleton rows={5} height={44} />}
        {custom.isError && custom.data === undefined && (
          <ProblemView compact error={custom.error} onRetry={() => void custom.refetch()} />
        )}
        <Checkbox.Group
          value={chosen}
          onChange={setChosen}
          label={<VisuallyHidden>{t('holidays.list')}</VisuallyHidden>}
        >
          <ul className={classes.holidays}>
            {items.map((holiday) => {
              const name = names.get(holiday.id) ?? holiday.nameEl;
              return (
                <li key={holiday.id}>
                  <Checkbox
                    value={holiday.id}
                    disabled={holiday.own?.isActive === false}
                    label={
                      <>
                        <Text component="span" fw={650}>
                          {name}
                        </Text>{' '}
                        <Badge
                          component="span"
                          size="sm"
                          variant="light"
                          color={holiday.own === undefined ? 'pine' : 'blue'}
                        >
                          {t(
                            `holidays.source.${holiday.own === undefined ? 'HOLIDAY_NATIONAL' : 'HOLIDAY_CUSTOM'}`,
                          )}
                        </Badge>
                        <Text component="span" size="sm" c="dimmed" display="block">
                          {holiday.next === undefined
                            ? t('holidays.over')
                            : formatDate(holiday.next, language, 'full')}
                          {holiday.own !== undefined &&
                            holiday.own.appliedCourtsCount > 0 &&
                            ` · ${t('holidays.onCourts', { count: holiday.own.appliedCourtsCount })}`}
                        </Text>
                      </>
                    }
                  />
                  <Group gap={2} wrap="nowrap">
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      size={38}
                      aria-label={t('holidays.extendOne', { name })}
                      onClick={() => setApplying([holiday.id])}
                    >
                      <IconUsers size={18} />
                    </ActionIcon>
                    {holiday.own !== undefined && (
                      <>
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          size={38}
                          aria-label={t('holidays.editOne', { name })}
                          onClick={() => setEditing(holiday.own)}
                        >
                          <IconPencil size={18} />
                        </ActionIcon>
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          size={38}
                          aria-label={t('holidays.removeOne', { name })}
                          onClick={() => setRemoving(holiday.own)}
                        >
                          <IconTrash size={18} />
                        </ActionIcon>
                      </>
                    )}
                  </Group>
                </li>
              );
            })}
          </ul>
        </Checkbox.Group>
      </Card>

      {applying !== undefined && (
        <ApplyDialog
          courts={courts}
          holidayIds={applying}
          names={names}
          year={Number(today.slice(0, 4))}
          onClose={() => setApplying(undefined)}
        />
      )}
      {editing !== undefined && (
        <HolidayDialog
          holiday={editing === 'new' ? undefined : editing}
          today={today}
          onClose={() => setEditing(undefined)}
        />
      )}
      {removing !== undefined && <RemoveDialog holiday={removing} onClose={() => setRemoving(undefined)} />}
      <EntryDialog
        entry={entry}
        onClose={() => setEntry(undefined)}
        onExtend={(holidayId) => {
          setEntry(undefined);
          setApplying([holidayId]);
        }}
      />
    </Stack>
  );
}

interface MonthProps {
  month: string;
  today: string;
  courtId: string | undefined;
  onOpen: (entry: HolidayCalendarEntry) => void;
}

function Month({ month, today, courtId, onOpen }: MonthProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const last = new Date(Date.parse(`${shiftMonth(month, 1)}T00:00:00Z`) - 86_400_000)
    .toISOString()
    .slice(0, 10);
  const entries = useHolidayCalendar(month, last, courtId);
  const days = Number(last.slice(8));
  const before = (new Date(`${month}T00:00:00Z`).getUTCDay() + 6) % 7;
  if (entries.isError && entries.data === undefined) {
    return <ProblemView compact error={entries.error} onRetry={() => void entries.refetch()} />;
  }
  return (
    <>
      <div className={classes.names} aria-hidden>
        {weekdayNames.map((day) => (
          <span key={day}>{t(`weekdayShort.${day}`)}</span>
        ))}
      </div>
      <ol
        className={classes.month}
        aria-busy={entries.isPending}
        aria-label={formatDate(month, language, 'month')}
      >
        {Array.from({ length: days }, (_unused, index) => {
          const date = `${month.slice(0, 8)}${String(index + 1).padStart(2, '0')}`;
          const found = (entries.data ?? []).filter((entry) => entry.date === date);
          return (
            <li
              key={date}
              style={index === 0 ? { gridColumnStart: before + 1 } : undefined}
              data-today={date === today || undefined}
              data-booked={found.some(({ hasBookingConflicts }) => hasBookingConflicts) || undefined}
            >
              <span className={classes.number}>{index + 1}</span>
              {found.map((entry) => {
                const name = entry.holidayName ?? entry.reason ?? t('closures.title');
                return (
                  <button
                    key={`${entry.holidayId ?? entry.reason ?? ''}${entry.startTime ?? ''}${entry.source}`}
                    type="button"
                    className={classes.entry}
                    data-source={entry.source}
                    aria-label={[
                      formatDate(date, language, 'full'),
                      name,
                      t(`holidays.source.${entry.source}`),
                      entry.hasBookingConflicts ? t('holidays.hasBookings') : undefined,
                    ]
                      .filter(Boolean)
                      .join(', ')}
                    onClick={() => onOpen(entry)}
                  >
                    {name}
                  </button>
                );
              })}
            </li>
          );
        })}
      </ol>
      <Group gap="md" mt="xs">
        {(['HOLIDAY_NATIONAL', 'HOLIDAY_CUSTOM', 'MANUAL'] as const).map((source) => (
          <Group key={source} gap={6}>
            <span className={classes.sample} data-source={source} aria-hidden />
            <Text size="sm" c="dimmed">
              {t(`holidays.source.${source}`)}
            </Text>
          </Group>
        ))}
        <Group gap={6}>
          <span className={classes.sample} data-booked aria-hidden />
          <Text size="sm" c="dimmed">
            {t('holidays.hasBookings')}
          </Text>
        </Group>
      </Group>
    </>
  );
}

interface EntryDialogProps {
  entry: HolidayCalendarEntry | undefined;
  onClose: () => void;
  onExtend: (holidayId: string) => void;
}

/** ADMIN-23: what a blocked date is. */
function EntryDialog({ entry, onClose, onExtend }: EntryDialogProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const holidayId = entry?.holidayId ?? undefined;
  return (
    <Modal
      opened={entry !== undefined}
      onClose={onClose}
      title={entry?.holidayName ?? entry?.reason ?? t('closures.title')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {entry !== undefined && (
        <Stack gap="sm">
          <Text fw={650}>
            {formatDate(entry.date, language, 'full')},{' '}
            {entry.isFullDay || entry.startTime == null || entry.endTime == null
              ? t('closures.wholeDay')
              : formatTimeRange(entry.startTime, entry.endTime)}
          </Text>
          <Text size="sm" c="dimmed">
            {t(`holidays.source.${entry.source}`)}
          </Text>
          <ul style={{ margin: 0 }}>
            {entry.courts.map(({ courtId, courtName }) => (
              <li key={courtId}>
                <Link to="/courts/$courtId" params={{ courtId }} search={{ part: 'closures' }}>
                  {courtName}
                </Link>
              </li>
            ))}
          </ul>
          {entry.hasBookingConflicts && (
            <Text size="sm">
              <Link to="/calendar" search={{ date: entry.date }}>
                {t('holidays.seeBookings')}
              </Link>
            </Text>
          )}
          {holidayId !== undefined && (
            <Group justify="flex-end">
              <Button variant="default" onClick={() => onExtend(holidayId)}>
                {t('holidays.extend')}
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </Modal>
  );
}
