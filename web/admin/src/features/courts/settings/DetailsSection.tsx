/** ADMIN-13, ADMIN-15, ADMIN-47: what a court is, with the questions that a change may raise. */
import { problemFromThrown, type Court } from '@courtside/api';
import { problemText, useApi } from '@courtside/ui';
import { answer } from '@courtside/api';
import { NumberInput, SimpleGrid, Stack, Switch } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AffectedDialog, asksAboutBookings } from '../../../app/AffectedDialog';
import { ConflictDialog } from '../../../app/ConflictDialog';
import { changedFields } from '../../../app/edits';
import { useMyCourts } from '../../../data/courts';
import { useUpdateCourt } from '../../../data/courtSettings';
import { CourtFields } from '../CourtFields';
import { detailsOf, missingFields, updateOf, type CourtDetails } from '../courtForm';
import { SaveLine, Section } from './Section';

interface DetailsSectionProps {
  /** As it was read last; a newer one never overwrites what is being typed. */
  court: Court;
}

export function DetailsSection({ court }: DetailsSectionProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const api = useApi();
  const mine = useMyCourts();
  const update = useUpdateCourt(court.id);
  const [base, setBase] = useState(() => ({ details: detailsOf(court), version: court.version }));
  const [details, setDetails] = useState(base.details);
  const [theirs, setTheirs] = useState<{ details: CourtDetails; version: number }>();
  const [asked, setAsked] = useState(false);
  /** What was sent last, so that a yes sends the same again. */
  const sent = useRef<{ base: CourtDetails; details: CourtDetails; version: number }>(undefined);
  const element = useRef<HTMLFormElement>(null);

  const set = (change: Partial<CourtDetails>) => setDetails((before) => ({ ...before, ...change }));
  const changed = changedFields(base.details, details).length > 0;
  // Somebody else's change arrives while nothing is being typed: then it is simply shown.
  if (!changed && court.version > base.version) {
    const fresh = { details: detailsOf(court), version: court.version };
    setBase(fresh);
    setDetails(fresh.details);
  }
  const missing = missingFields({
    ...details,
    priceEuros: 1,
    confirmationMode: 'INSTANT',
    confirmationTimeoutHours: 24,
  });
  const problem = update.isError ? problemFromThrown(update.error) : undefined;
  const isConflict = problem?.code === 'CONCURRENT_MODIFICATION';
  const wrong = (field: string) => {
    if (asked && (missing as Set<string>).has(field)) return t(`form.needed.${field.replace('.', '_')}`);
    return problem?.fieldMessage(field);
  };

  const save = async (from: CourtDetails, chosen: CourtDetails, version: number, confirmed = false) => {
    sent.current = { base: from, details: chosen, version };
    try {
      const saved = await update.mutateAsync({ ...updateOf(from, chosen, version), confirmed });
      const fresh = { details: detailsOf(saved), version: saved.version };
      setBase(fresh);
      setDetails(fresh.details);
      setTheirs(undefined);
      notifications.show({ color: 'pine', message: t('form.done') });
    } catch (thrown) {
      if (problemFromThrown(thrown).code !== 'CONCURRENT_MODIFICATION') return;
      const stored = await answer(
        api.GET('/api/courts/{courtId}', { params: { path: { courtId: court.id } } }),
      ).catch(() => undefined);
      if (stored !== undefined) setTheirs({ details: detailsOf(stored), version: stored.version });
    }
  };

  const submit = () => {
    setAsked(true);
    if (missing.size > 0) {
      requestAnimationFrame(() => {
        const first = element.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-error]');
        first?.focus({ preventScroll: true });
        first?.scrollIntoView({ block: 'center' });
      });
      return;
    }
    void save(base.details, details, base.version);
  };

  const labelOf = (field: keyof CourtDetails) => t(`settings.field.${field}`);
  const show = (field: keyof CourtDetails, value: unknown) => {
    if (field === 'courtType') return shared(`sport.${value as string}`);
    if (field === 'locationType') return shared(`location.${value as string}`);
    if (field === 'enabled') return t(value === true ? 'settings.on' : 'settings.off');
    if (Array.isArray(value)) {
      return value.length === 0
        ? t('conflict.nothing')
        : value.map((item) => t(`amenity.${item as string}`)).join(', ');
    }
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value !== '' ? value : t('conflict.nothing');
  };

  return (
    <form
      ref={element}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <CourtFields
          form={{ ...details, priceEuros: 1, confirmationMode: 'INSTANT', confirmationTimeoutHours: 24 }}
          set={(change) => {
            const { priceEuros, confirmationMode, confirmationTimeoutHours, ...rest } = change;
            void priceEuros;
            void confirmationMode;
            void confirmationTimeoutHours;
            set(rest.amenities === undefined ? rest : { ...rest, amenities: [...rest.amenities].sort() });
          }}
          wrong={wrong}
          positionError={
            asked && missing.has('position')
              ? t('form.needed.position')
              : problem?.code === 'INVALID_COORDINATES'
                ? problemText(problem, shared)
                : undefined
          }
          sameName={
            mine.data?.some(
              (other) => other.id !== court.id && other.name.el?.trim() === details.nameEl.trim(),
            ) === true
          }
        />
        <Section title={t('settings.sizeTitle')} lead={t('settings.sizeLead')}>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <NumberInput
              clampBehavior="none"
              label={t('form.duration')}
              min={15}
              max={720}
              step={15}
              allowDecimal={false}
              value={details.durationMinutes ?? ''}
              error={wrong('durationMinutes')}
              onChange={(value) => set({ durationMinutes: typeof value === 'number' ? value : undefined })}
            />
            <NumberInput
              clampBehavior="none"
              label={t('form.capacity')}
              min={1}
              max={200}
              allowDecimal={false}
              value={details.maxCapacity ?? ''}
              error={wrong('maxCapacity')}
              onChange={(value) => set({ maxCapacity: typeof value === 'number' ? value : undefined })}
            />
          </SimpleGrid>
          <Switch
            label={t('settings.enabled')}
            description={t('settings.enabledHint')}
            checked={details.enabled}
            onChange={(event) => set({ enabled: event.currentTarget.checked })}
          />
          <SaveLine
            changed={changed}
            working={update.isPending}
            error={update.error}
            asked={isConflict || asksAboutBookings(update.error)}
            onReset={() => {
              setDetails(base.details);
              update.reset();
            }}
            label={t('form.save')}
          />
        </Section>
      </Stack>
      <AffectedDialog
        error={update.error}
        outcome="kept"
        working={update.isPending}
        onClose={() => update.reset()}
        onConfirm={() => {
          const last = sent.current;
          if (last !== undefined) void save(last.base, last.details, last.version, true);
        }}
      />
      {isConflict && theirs !== undefined && (
        <ConflictDialog
          base={base.details}
          mine={details}
          theirs={theirs.details}
          labelOf={labelOf}
          show={show}
          working={update.isPending}
          onClose={() => update.reset()}
          onSave={(chosen) => {
            if (changedFields(theirs.details, chosen).length === 0) {
              // All of theirs: there is nothing to write.
              setBase(theirs);
              setDetails(theirs.details);
              setTheirs(undefined);
              update.reset();
              return;
            }
            void save(theirs.details, chosen, theirs.version);
          }}
        />
      )}
    </form>
  );
}
