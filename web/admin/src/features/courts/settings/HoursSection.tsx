/** The weekly opening hours of a court: painted on a grid or typed exactly, always the same week (ADMIN-17, COURT-26). */
import type { Court } from '@courtside/api';
import { ListSkeleton, ProblemView } from '@courtside/ui';
import { Group, SegmentedControl, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AffectedDialog, asksAboutBookings } from '../../../app/AffectedDialog';
import { useSaveWindows, useWindows } from '../../../data/openings';
import { problemOf, weekdays, weekOf, windowsOf, type Week } from '../hours';
import { HoursEditor } from '../HoursEditor';
import { SaveLine, Section } from './Section';
import { WeekPainter } from './WeekPainter';

export function HoursSection({ court }: { court: Court }) {
  const { t } = useTranslation();
  const windows = useWindows(court.id);
  return (
    <Section title={t('form.hours')} lead={t('settings.hoursLead')}>
      {windows.isPending && <ListSkeleton rows={3} />}
      {windows.isError && windows.data === undefined && (
        <ProblemView compact error={windows.error} onRetry={() => void windows.refetch()} />
      )}
      {windows.data !== undefined && <Hours courtId={court.id} stored={weekOf(windows.data)} />}
    </Section>
  );
}

function Hours({ courtId, stored }: { courtId: string; stored: Week }) {
  const { t } = useTranslation();
  const isPhone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) === true;
  const [draft, setDraft] = useState<Week>();
  const [way, setWay] = useState<'paint' | 'list'>(isPhone ? 'list' : 'paint');
  const saving = useSaveWindows(courtId);
  const week = draft ?? stored;
  const changed =
    draft !== undefined && JSON.stringify(windowsOf(draft)) !== JSON.stringify(windowsOf(stored));
  const isWrong = weekdays.some((day) => problemOf(week[day]) !== undefined);
  const total = windowsOf(week).length;
  const save = (confirmed: boolean) =>
    saving.mutate(
      { windows: windowsOf(week), confirmed },
      {
        onSuccess: () => {
          setDraft(undefined);
          notifications.show({ color: 'pine', message: t('settings.hoursSaved') });
        },
      },
    );
  return (
    <>
      <Group>
        <SegmentedControl
          aria-label={t('painter.way')}
          value={way}
          data={[
            { value: 'paint', label: t('painter.paint') },
            { value: 'list', label: t('painter.list') },
          ]}
          onChange={(value) => setWay(value)}
        />
      </Group>
      {way === 'paint' ? (
        <>
          <Text size="sm" c="dimmed" id="painter-hint">
            {t('painter.hint')}
          </Text>
          <WeekPainter week={week} onChange={setDraft} />
        </>
      ) : (
        <HoursEditor week={week} onChange={setDraft} />
      )}
      {total === 0 && (
        <Text size="sm" c="var(--mantine-color-error)">
          {t('settings.neverOpen')}
        </Text>
      )}
      <SaveLine
        changed={changed && !isWrong}
        working={saving.isPending}
        error={saving.error}
        asked={asksAboutBookings(saving.error)}
        onReset={() => {
          setDraft(undefined);
          saving.reset();
        }}
        onSave={() => save(false)}
        label={t('form.saveHours')}
      />
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
