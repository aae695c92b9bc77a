/** COURT-12, COURT-13: what new courts begin with. Courts that exist stay as they are. */
import type { CourtDefaults } from '@courtside/api';
import { ListSkeleton, ProblemView } from '@courtside/ui';
import { Button, Container, NumberInput, Radio, SimpleGrid, Stack, Switch, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCourtDefaults, useReplaceCourtDefaults } from '../../data/courtSettings';
import { problemOf, usualWeek, weekdays, weekOf, windowsOf } from './hours';
import { HoursEditor } from './HoursEditor';
import { SaveLine, Section } from './settings/Section';
import { TierEditor } from './settings/TierEditor';
import { tierProblem, usualTiers, type DraftTier } from './settings/tiers';

export function DefaultsPage() {
  const { t } = useTranslation();
  const defaults = useCourtDefaults();
  return (
    <Container size="md" py="lg">
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        mb="sm"
        leftSection={<IconArrowLeft size={16} aria-hidden />}
        renderRoot={(props) => <Link to="/courts" {...props} />}
      >
        {t('courts.title')}
      </Button>
      <Title order={1} fz="h2" mb="md">
        {t('defaults.title')}
      </Title>
      {defaults.isPending && <ListSkeleton rows={4} />}
      {defaults.isError && defaults.data === undefined && (
        <ProblemView error={defaults.error} onRetry={() => void defaults.refetch()} />
      )}
      {defaults.data !== undefined && <Defaults key={JSON.stringify(defaults.data)} stored={defaults.data} />}
    </Container>
  );
}

function Defaults({ stored }: { stored: CourtDefaults }) {
  const { t } = useTranslation();
  const change = useReplaceCourtDefaults();
  const [duration, setDuration] = useState(stored.defaultDurationMinutes ?? undefined);
  const [capacity, setCapacity] = useState(stored.defaultCapacity ?? undefined);
  const [mode, setMode] = useState(stored.defaultConfirmationMode ?? undefined);
  const [timeout, setTimeoutHours] = useState(stored.defaultConfirmationTimeoutHours ?? undefined);
  const [tiers, setTiers] = useState<DraftTier[] | undefined>(() =>
    stored.defaultCancellationPolicy?.tiers.map(({ thresholdHours, refundPercent }) => ({
      thresholdHours,
      refundPercentage: refundPercent,
    })),
  );
  const [week, setWeek] = useState(() =>
    stored.defaultAvailabilityTemplate == null
      ? undefined
      : weekOf(stored.defaultAvailabilityTemplate.windows),
  );
  const number = (value: string | number) => (typeof value === 'number' ? value : undefined);
  const isWrong =
    (tiers !== undefined && tierProblem(tiers) !== undefined) ||
    (week !== undefined && weekdays.some((day) => problemOf(week[day]) !== undefined));
  const body: CourtDefaults = {
    defaultDurationMinutes: duration ?? null,
    defaultCapacity: capacity ?? null,
    defaultConfirmationMode: mode ?? null,
    defaultConfirmationTimeoutHours: mode === 'MANUAL' ? (timeout ?? null) : null,
    defaultCancellationPolicy:
      tiers === undefined
        ? null
        : {
            tiers: tiers.map(({ thresholdHours = 0, refundPercentage = 0 }) => ({
              thresholdHours,
              refundPercent: refundPercentage,
            })),
          },
    defaultAvailabilityTemplate: week === undefined ? null : { windows: windowsOf(week) },
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate(body, {
          onSuccess: () => notifications.show({ color: 'pine', message: t('settings.saved') }),
        });
      }}
    >
      <Stack gap="md">
        <Section title={t('form.booking')} lead={t('defaults.lead')}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <NumberInput
              clampBehavior="none"
              label={t('form.duration')}
              placeholder={t('defaults.bySport')}
              min={15}
              max={720}
              step={15}
              allowDecimal={false}
              value={duration ?? ''}
              onChange={(value) => setDuration(number(value))}
            />
            <NumberInput
              clampBehavior="none"
              label={t('form.capacity')}
              placeholder={t('defaults.bySport')}
              min={1}
              max={200}
              allowDecimal={false}
              value={capacity ?? ''}
              onChange={(value) => setCapacity(number(value))}
            />
          </SimpleGrid>
          <Radio.Group
            label={t('form.mode')}
            value={mode ?? 'none'}
            onChange={(value) => setMode(value === 'none' ? undefined : value)}
          >
            <Stack gap="xs" mt={4}>
              <Radio value="none" label={t('defaults.noMode')} />
              {(['INSTANT', 'MANUAL'] as const).map((value) => (
                <Radio key={value} value={value} label={t(`form.modes.${value}`)} />
              ))}
            </Stack>
          </Radio.Group>
          {mode === 'MANUAL' && (
            <NumberInput
              clampBehavior="none"
              label={t('form.timeout')}
              description={t('form.timeoutHint')}
              min={1}
              max={144}
              allowDecimal={false}
              maw={320}
              value={timeout ?? ''}
              onChange={(value) => setTimeoutHours(number(value))}
            />
          )}
        </Section>
        <Section title={t('settings.cancellation')} lead={t('settings.feeStays')}>
          <Switch
            label={t('defaults.ownPolicy')}
            checked={tiers !== undefined}
            onChange={(event) => setTiers(event.currentTarget.checked ? usualTiers : undefined)}
          />
          {tiers !== undefined && <TierEditor tiers={tiers} onChange={setTiers} />}
        </Section>
        <Section title={t('form.hours')}>
          <Switch
            label={t('defaults.ownHours')}
            checked={week !== undefined}
            onChange={(event) => setWeek(event.currentTarget.checked ? usualWeek() : undefined)}
          />
          {week !== undefined && <HoursEditor week={week} onChange={setWeek} />}
          <SaveLine
            changed={!isWrong}
            working={change.isPending}
            error={change.error}
            label={t('defaults.save')}
          />
        </Section>
      </Stack>
    </form>
  );
}
