/** ADMIN-18, ADMIN-19: one change for many courts, with what became of each. */
import type { BulkCourtChanges, BulkCourtUpdateResult, ConfirmationMode, Court } from '@courtside/api';
import { ListSkeleton, ProblemView, useLanguage } from '@courtside/ui';
import {
  Button,
  Checkbox,
  Container,
  Group,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  Title,
  VisuallyHidden,
} from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DecimalInput } from '../../app/DecimalInput';
import { inLanguage } from '../../app/inLanguage';
import { useMyCourts } from '../../data/courts';
import { useBulkUpdate } from '../../data/courtSettings';
import { BulkResults } from './BulkResults';
import { problemOf, usualWeek, weekdays, windowsOf } from './hours';
import { HoursEditor } from './HoursEditor';
import { SaveLine, Section } from './settings/Section';
import { TierEditor } from './settings/TierEditor';
import { tierProblem, usualTiers, type DraftTier } from './settings/tiers';

type Part = 'price' | 'mode' | 'waitlist' | 'enabled' | 'policy' | 'hours';

export function BulkPage() {
  const { t } = useTranslation();
  const courts = useMyCourts();
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
        {t('bulk.title')}
      </Title>
      {courts.isPending && <ListSkeleton rows={4} />}
      {courts.isError && courts.data === undefined && (
        <ProblemView error={courts.error} onRetry={() => void courts.refetch()} />
      )}
      {courts.data !== undefined && <Bulk courts={courts.data} />}
    </Container>
  );
}

function Bulk({ courts }: { courts: Court[] }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const update = useBulkUpdate();
  const [chosen, setChosen] = useState<string[]>([]);
  const [parts, setParts] = useState<Part[]>([]);
  const [priceEuros, setPriceEuros] = useState<number>();
  const [mode, setMode] = useState<ConfirmationMode>('INSTANT');
  const [waitlist, setWaitlist] = useState(true);
  const [enabled, setEnabled] = useState(true);
  const [tiers, setTiers] = useState<DraftTier[]>(usualTiers);
  const [week, setWeek] = useState(usualWeek);
  /** What is known of each court so far; a retry replaces only its own. */
  const [result, setResult] = useState<BulkCourtUpdateResult>();

  const has = (part: Part) => parts.includes(part);
  const nameOf = (id: string) => {
    const court = courts.find((known) => known.id === id);
    return (court && inLanguage(court.name, language)?.text) ?? id;
  };
  const sports = [...new Set(courts.map((court) => court.courtType))];

  const isWrong =
    (has('price') && (priceEuros === undefined || priceEuros <= 0)) ||
    (has('policy') && tierProblem(tiers) !== undefined) ||
    (has('hours') && weekdays.some((day) => problemOf(week[day]) !== undefined));
  const changes = (): BulkCourtChanges => ({
    ...(has('price') && { basePriceCents: Math.round((priceEuros ?? 0) * 100) }),
    ...(has('mode') && { confirmationMode: mode }),
    ...(has('waitlist') && { waitlistEnabled: waitlist }),
    ...(has('enabled') && { enabled }),
    ...(has('policy') && {
      cancellationPolicy: {
        tiers: tiers.map(({ thresholdHours = 0, refundPercentage = 0 }) => ({
          thresholdHours,
          refundPercentage,
        })),
      },
    }),
    ...(has('hours') && { availabilityWindows: windowsOf(week) }),
  });
  const send = (courtIds: string[], confirmed: boolean) =>
    update.mutate(
      { courtIds, changes: changes(), confirmed },
      {
        onSuccess: (answered) =>
          setResult((before) => {
            const repeated = new Map(answered.results.map((item) => [item.courtId, item]));
            const kept = (before?.results ?? []).filter(({ courtId }) => chosen.includes(courtId));
            const results = [
              ...kept.map((item) => repeated.get(item.courtId) ?? item),
              ...answered.results.filter(({ courtId }) => !kept.some((item) => item.courtId === courtId)),
            ];
            const failureCount = results.filter(({ status }) => status === 'FAILED').length;
            return { results, failureCount, successCount: results.length - failureCount };
          }),
      },
    );

  return (
    <Stack gap="md">
      <Section title={t('bulk.courts')}>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={() => setChosen(courts.map(({ id }) => id))}>
            {t('bulk.all')}
          </Button>
          {sports.length > 1 &&
            sports.map((sport) => (
              <Button
                key={sport}
                size="xs"
                variant="default"
                onClick={() =>
                  setChosen(courts.filter(({ courtType }) => courtType === sport).map(({ id }) => id))
                }
              >
                {shared(`sport.${sport}`)}
              </Button>
            ))}
          <Button size="xs" variant="subtle" disabled={chosen.length === 0} onClick={() => setChosen([])}>
            {t('bulk.none')}
          </Button>
        </Group>
        <Checkbox.Group
          value={chosen}
          onChange={setChosen}
          label={<VisuallyHidden>{t('bulk.courts')}</VisuallyHidden>}
        >
          <Stack gap={8}>
            {courts.map((court) => (
              <Checkbox key={court.id} value={court.id} label={nameOf(court.id)} />
            ))}
          </Stack>
        </Checkbox.Group>
      </Section>
      <Section title={t('bulk.what')} lead={t('bulk.whatLead')}>
        <Checkbox.Group
          value={parts}
          onChange={(value) => setParts(value)}
          label={<VisuallyHidden>{t('bulk.what')}</VisuallyHidden>}
        >
          <Stack gap="md">
            <Choice part="price" on={has('price')}>
              <DecimalInput
                aria-label={t('form.price')}
                clampBehavior="none"
                maw={220}
                min={0}
                decimalScale={2}
                fixedDecimalScale
                decimalSeparator={language === 'el' ? ',' : '.'}
                allowedDecimalSeparators={['.', ',']}
                suffix=" €"
                value={priceEuros}
                onChange={setPriceEuros}
              />
            </Choice>
            <Choice part="mode" on={has('mode')}>
              <SegmentedControl
                aria-label={t('form.mode')}
                value={mode}
                data={(['INSTANT', 'MANUAL'] as const).map((value) => ({
                  value,
                  label: t(`form.modes.${value}`),
                }))}
                onChange={(value) => setMode(value)}
              />
            </Choice>
            <Choice part="waitlist" on={has('waitlist')}>
              <Switch
                label={t('settings.waitlistOn')}
                checked={waitlist}
                onChange={(event) => setWaitlist(event.currentTarget.checked)}
              />
            </Choice>
            <Choice part="enabled" on={has('enabled')}>
              <Switch
                label={t('settings.enabled')}
                checked={enabled}
                onChange={(event) => setEnabled(event.currentTarget.checked)}
              />
            </Choice>
            <Choice part="policy" on={has('policy')}>
              <TierEditor tiers={tiers} onChange={setTiers} />
            </Choice>
            <Choice part="hours" on={has('hours')}>
              <HoursEditor week={week} onChange={setWeek} />
            </Choice>
          </Stack>
        </Checkbox.Group>
        {chosen.length === 0 && parts.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('bulk.chooseCourts')}
          </Text>
        )}
        <SaveLine
          changed={chosen.length > 0 && parts.length > 0 && !isWrong}
          working={update.isPending}
          error={update.error}
          label={t('bulk.go', { count: chosen.length })}
          onSave={() => {
            setResult(undefined);
            send(chosen, false);
          }}
        />
        {result !== undefined && (
          <BulkResults result={result} nameOf={nameOf} working={update.isPending} onRetry={send} />
        )}
      </Section>
    </Stack>
  );
}

function Choice({ part, on, children }: { part: Part; on: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div>
      <Checkbox value={part} label={t(`bulk.part.${part}`)} fw={650} />
      {on && <div style={{ paddingInlineStart: '2rem', paddingTop: '0.6rem' }}>{children}</div>}
    </div>
  );
}
