/** ADMIN-13: a new court with everything it needs to be found and booked, hours included. */
import { problemFromThrown, type Court, type CourtDefaults } from '@courtside/api';
import { ListSkeleton, problemText, useLanguage } from '@courtside/ui';
import {
  Alert,
  Button,
  Card,
  Container,
  Fieldset,
  Group,
  NumberInput,
  Radio,
  SimpleGrid,
  Stack,
  Title,
} from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DecimalInput } from '../../app/DecimalInput';
import { useCreateCourt, useMyCourts, useReplaceWindows } from '../../data/courts';
import { useCourtDefaults } from '../../data/courtSettings';
import { emptyForm, missingFields, requestOf, withDefaults, type CourtForm } from './courtForm';
import { CourtFields } from './CourtFields';
import { problemOf, usualWeek, weekdays, weekOf, windowsOf } from './hours';
import { HoursEditor } from './HoursEditor';

export function NewCourtPage() {
  const defaults = useCourtDefaults();
  // Without its defaults a form is still a form: they are a help, never a condition.
  if (defaults.isPending) {
    return (
      <Container size="md" py="lg">
        <ListSkeleton rows={4} />
      </Container>
    );
  }
  return <NewCourt defaults={defaults.data} />;
}

function NewCourt({ defaults }: { defaults: CourtDefaults | undefined }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const navigate = useNavigate();
  const mine = useMyCourts();
  const creation = useCreateCourt();
  const opening = useReplaceWindows();
  const [form, setForm] = useState(() => withDefaults(emptyForm(), defaults));
  const [week, setWeek] = useState(() =>
    defaults?.defaultAvailabilityTemplate == null
      ? usualWeek()
      : weekOf(defaults.defaultAvailabilityTemplate.windows),
  );
  const [asked, setAsked] = useState(false);
  /** Set when the court is stored but its hours were refused: the next try sends only the hours. */
  const [stored, setStored] = useState<Court>();
  const element = useRef<HTMLFormElement>(null);

  const set = (change: Partial<CourtForm>) => setForm((before) => ({ ...before, ...change }));
  const missing = missingFields(form);
  const hoursAreWrong = weekdays.some((day) => problemOf(week[day]) !== undefined);
  const problem = creation.isError ? problemFromThrown(creation.error) : undefined;
  const hoursProblem = opening.isError ? problemFromThrown(opening.error) : undefined;
  const wrong = (field: string) => {
    if (asked && (missing as Set<string>).has(field)) return t(`form.needed.${field.replace('.', '_')}`);
    return problem?.fieldMessage(field);
  };
  const positionError =
    asked && missing.has('position')
      ? t('form.needed.position')
      : problem?.code === 'INVALID_COORDINATES'
        ? problemText(problem, shared)
        : undefined;
  const sameName = mine.data?.some(
    (court) =>
      form.nameEl.trim() !== '' && court.name.el?.trim() === form.nameEl.trim() && court.id !== stored?.id,
  );

  const showFirstError = () =>
    requestAnimationFrame(() => {
      const first = element.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-error]');
      first?.focus({ preventScroll: true });
      first?.scrollIntoView({ block: 'center' });
    });

  const submit = async () => {
    setAsked(true);
    if (missing.size > 0 || hoursAreWrong) {
      showFirstError();
      return;
    }
    try {
      const court = stored ?? (await creation.mutateAsync(requestOf(form)));
      setStored(court);
      await opening.mutateAsync({ courtId: court.id, windows: windowsOf(week) });
      notifications.show({
        color: 'pine',
        title: t('form.done'),
        message: t(court.visible ? 'form.doneVisible' : 'form.doneHidden'),
      });
      await navigate({ to: '/courts' });
    } catch {
      // Shown from the mutations' own state, at the fields.
      showFirstError();
    }
  };

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
        {t('form.title')}
      </Title>
      <form
        ref={element}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Fieldset variant="unstyled" m={0} p={0} disabled={stored !== undefined}>
          <Stack gap="md">
            <CourtFields
              form={form}
              set={set}
              wrong={wrong}
              positionError={positionError}
              sameName={sameName === true}
            />

            <Card withBorder component="section">
              <Title order={2} fz="h4" mb="sm">
                {t('form.booking')}
              </Title>
              <Stack gap="sm">
                <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
                  <NumberInput
                    clampBehavior="none"
                    label={t('form.duration')}
                    min={15}
                    max={720}
                    step={15}
                    allowDecimal={false}
                    value={form.durationMinutes ?? ''}
                    error={wrong('durationMinutes')}
                    onChange={(value) =>
                      set({ durationMinutes: typeof value === 'number' ? value : undefined })
                    }
                  />
                  <NumberInput
                    clampBehavior="none"
                    label={t('form.capacity')}
                    min={1}
                    max={200}
                    allowDecimal={false}
                    value={form.maxCapacity ?? ''}
                    error={wrong('maxCapacity')}
                    onChange={(value) => set({ maxCapacity: typeof value === 'number' ? value : undefined })}
                  />
                  <DecimalInput
                    clampBehavior="none"
                    label={t('form.price')}
                    required
                    min={0}
                    decimalScale={2}
                    fixedDecimalScale
                    decimalSeparator={language === 'el' ? ',' : '.'}
                    allowedDecimalSeparators={['.', ',']}
                    suffix=" €"
                    value={form.priceEuros}
                    error={wrong('basePriceCents')}
                    onChange={(value) => set({ priceEuros: value })}
                  />
                </SimpleGrid>
                <Radio.Group
                  label={t('form.mode')}
                  value={form.confirmationMode}
                  error={wrong('confirmationMode')}
                  onChange={(value) => set({ confirmationMode: value })}
                >
                  <Stack gap="xs" mt={4}>
                    {(['INSTANT', 'MANUAL'] as const).map((mode) => (
                      <Radio
                        key={mode}
                        value={mode}
                        label={t(`form.modes.${mode}`)}
                        description={t(`form.modeHints.${mode}`)}
                      />
                    ))}
                  </Stack>
                </Radio.Group>
                {form.confirmationMode === 'MANUAL' && (
                  <NumberInput
                    clampBehavior="none"
                    label={t('form.timeout')}
                    description={t('form.timeoutHint')}
                    min={1}
                    max={144}
                    allowDecimal={false}
                    maw={320}
                    value={form.confirmationTimeoutHours ?? ''}
                    error={wrong('confirmationTimeoutHours')}
                    onChange={(value) =>
                      set({ confirmationTimeoutHours: typeof value === 'number' ? value : undefined })
                    }
                  />
                )}
              </Stack>
            </Card>
          </Stack>
        </Fieldset>

        <Card withBorder component="section" mt="md">
          <Title order={2} fz="h4" mb="sm">
            {t('form.hours')}
          </Title>
          <HoursEditor week={week} onChange={setWeek} />
        </Card>

        {stored !== undefined && hoursProblem !== undefined && (
          <Alert color="orange" role="alert" mt="md" title={t('form.storedWithoutHours')}>
            {problemText(hoursProblem, shared)}
          </Alert>
        )}
        {problem !== undefined && (
          <Alert color="red" role="alert" mt="md">
            {problem.fields.length > 0 ? t('form.fieldsWrong') : problemText(problem, shared)}
          </Alert>
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" renderRoot={(props) => <Link to="/courts" {...props} />}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={creation.isPending || opening.isPending} disabled={!online}>
            {t(stored === undefined ? 'form.save' : 'form.saveHours')}
          </Button>
        </Group>
      </form>
    </Container>
  );
}
