/** The national holidays that owners choose from (ADMIN-42, HOL). Changing one is for admins only. */
import { answer, type Language } from '@courtside/api';
import {
  ConfirmDialog,
  formatDate,
  FormProblem,
  toastDone,
  useApi,
  useFields,
  useLanguage,
} from '@courtside/ui';
import { Badge, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDecision, useHolidays, type Holiday } from './data';
import { isPatternValue, patternKinds, readPattern, writePattern } from './holidayPattern';
import { Listing } from './Listing';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

function useWhen() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  return (text: string): string => {
    const pattern = readPattern(text);
    if (pattern === undefined) return text;
    if (pattern.kind === 'FIXED') {
      const date = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone: 'UTC' });
      return t('holidays.fixed', { date: date.format(new Date(`2024-${pattern.value}T00:00:00Z`)) });
    }
    if (pattern.kind === 'DATE') {
      return t('holidays.once', { date: formatDate(pattern.value, language, 'short') });
    }
    const days = Number(pattern.value);
    if (days === 0) return t('holidays.easter');
    return t(days > 0 ? 'holidays.easterAfter' : 'holidays.easterBefore', { count: Math.abs(days) });
  };
}

const nameIn = (holiday: Holiday, language: Language) =>
  language === 'el' ? holiday.nameEl : holiday.nameEn;

function HolidayForm({ holiday, onClose }: { holiday: Holiday | undefined; onClose: () => void }) {
  const { t } = useStaffTexts();
  const api = useApi();
  const pattern = holiday === undefined ? undefined : readPattern(holiday.datePattern);
  const fields = useFields({
    initial: {
      nameEl: holiday?.nameEl ?? '',
      nameEn: holiday?.nameEn ?? '',
      kind: pattern?.kind ?? 'FIXED',
      value: pattern?.value ?? '',
    },
    fieldOf: (path) => (path === 'datePattern' ? 'value' : undefined),
  });
  const kind = fields.values.kind;
  const save = useDecision(() => {
    const { nameEl, nameEn, value } = fields.values;
    const body = { nameEl: nameEl.trim(), nameEn: nameEn.trim(), datePattern: writePattern({ kind, value }) };
    return holiday === undefined
      ? answer(api.POST('/api/admin/holidays', { body }))
      : answer(
          api.PUT('/api/admin/holidays/{holidayId}', { params: { path: { holidayId: holiday.id } }, body }),
        );
  });
  const send = async () => {
    const { nameEl, nameEn, value } = fields.values;
    const needed = (text: string) => (text.trim() === '' ? t('holidays.needed') : undefined);
    const hints = {
      FIXED: t('holidays.monthDayHint'),
      EASTER_OFFSET: t('holidays.offsetHint'),
      DATE: undefined,
    };
    const isFine = fields.check({
      nameEl: needed(nameEl),
      nameEn: needed(nameEn),
      value: isPatternValue(kind, value) ? undefined : (hints[kind] ?? t('holidays.needed')),
    });
    if (!isFine) return;
    try {
      await save.mutateAsync(undefined);
      toastDone(t('holidays.saved'));
      onClose();
    } catch (thrown) {
      fields.take(thrown);
    }
  };
  return (
    <form
      {...fields.form}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <Stack>
        <TextInput
          label={t('holidays.nameEl')}
          required
          data-autofocus
          maxLength={255}
          {...fields.text('nameEl')}
        />
        <TextInput label={t('holidays.nameEn')} required maxLength={255} {...fields.text('nameEn')} />
        <NativeSelect
          label={t('holidays.kind')}
          data={patternKinds.map((value) => ({ value, label: t(`holidays.kinds.${value}`) }))}
          {...fields.text('kind')}
        />
        {kind === 'FIXED' && (
          <TextInput
            label={t('holidays.monthDay')}
            description={t('holidays.monthDayHint')}
            required
            {...fields.text('value')}
          />
        )}
        {kind === 'EASTER_OFFSET' && (
          <TextInput
            label={t('holidays.offset')}
            description={t('holidays.offsetHint')}
            required
            {...fields.text('value')}
          />
        )}
        {kind === 'DATE' && (
          <TextInput label={t('holidays.date')} type="date" required {...fields.text('value')} />
        )}
        <FormProblem problem={fields.general} />
        <Button type="submit" loading={save.isPending}>
          {t('holidays.save')}
        </Button>
      </Stack>
    </form>
  );
}

function Switching({ holiday, onClose }: { holiday: Holiday; onClose: () => void }) {
  const { t } = useStaffTexts();
  const api = useApi();
  const language = useLanguage();
  const turn = useDecision(() =>
    answer(
      api.PUT('/api/admin/holidays/{holidayId}', {
        params: { path: { holidayId: holiday.id } },
        body: { isActive: !holiday.isActive },
      }),
    ),
  );
  const name = nameIn(holiday, language);
  const [title, lead, confirm] = holiday.isActive
    ? [t('holidays.disableTitle', { name }), t('holidays.disableLead'), t('holidays.disable')]
    : [t('holidays.enableTitle', { name }), t('holidays.enableLead'), t('holidays.enable')];
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={title}
      lead={lead}
      confirm={confirm}
      dangerous={holiday.isActive}
      onConfirm={async () => {
        await turn.mutateAsync(undefined);
        toastDone(t('holidays.saved'), name);
      }}
    />
  );
}

export function HolidaysPage() {
  const { t } = useStaffTexts();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const when = useWhen();
  const holidays = useHolidays();
  const [edited, setEdited] = useState<Holiday | 'new'>();
  const [turned, setTurned] = useState<Holiday>();
  const editedName = edited === undefined || edited === 'new' ? undefined : nameIn(edited, language);
  return (
    <StaffScreen
      title={t('holidays.title')}
      lead={t('holidays.lead')}
      aside={
        <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setEdited('new')}>
          {t('holidays.new')}
        </Button>
      }
    >
      <Listing
        label={t('holidays.title')}
        query={holidays}
        rowsOf={(rows) => rows}
        rowKey={(row) => row.id}
        none={t('holidays.title')}
        noneHint={t('holidays.lead')}
        columns={[
          {
            key: 'name',
            title: language === 'el' ? t('holidays.nameEl') : t('holidays.nameEn'),
            heading: true,
            cell: (row) => nameIn(row, language),
          },
          { key: 'when', title: t('holidays.pattern'), cell: (row) => when(row.datePattern) },
          {
            key: 'next',
            title: t('holidays.next'),
            cell: (row) =>
              row.upcomingDates
                .slice(0, 2)
                .map(({ date }) => formatDate(date, language, 'short'))
                .join(', ') || '–',
          },
          {
            key: 'active',
            title: t('money.state'),
            cell: (row) => (
              <Badge color={row.isActive ? 'pine' : 'gray'} variant="light">
                {t(row.isActive ? 'holidays.active' : 'holidays.inactive')}
              </Badge>
            ),
          },
        ]}
        actionsTitle={t('holidays.edit')}
        actions={(row) => (
          <Group gap="xs" justify="flex-end">
            <Button
              size="xs"
              variant="light"
              aria-label={`${t('holidays.edit')}: ${nameIn(row, language)}`}
              onClick={() => setEdited(row)}
            >
              {t('holidays.edit')}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={`${t(row.isActive ? 'holidays.disable' : 'holidays.enable')}: ${nameIn(row, language)}`}
              onClick={() => setTurned(row)}
            >
              {t(row.isActive ? 'holidays.disable' : 'holidays.enable')}
            </Button>
          </Group>
        )}
      />
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={editedName === undefined ? t('holidays.new') : t('holidays.editTitle', { name: editedName })}
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        {edited !== undefined && (
          <HolidayForm holiday={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
        )}
      </Modal>
      {turned !== undefined && <Switching holiday={turned} onClose={() => setTurned(undefined)} />}
    </StaffScreen>
  );
}
