/** ADMIN-13: a new court with everything it needs to be found and booked, hours included. */
import { problemFromThrown, type Court } from '@courtside/api';
import { problemText, SportIcon, useLanguage } from '@courtside/ui';
import {
  Alert,
  Button,
  Card,
  Chip,
  Container,
  Fieldset,
  Group,
  NumberInput,
  Radio,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCreateCourt, useMyCourts, useReplaceWindows } from '../../data/courts';
import {
  amenities,
  emptyForm,
  missingFields,
  requestOf,
  sportDefaults,
  withSport,
  type CourtForm,
} from './courtForm';
import { problemOf, usualWeek, weekdays, windowsOf } from './hours';
import { HoursEditor } from './HoursEditor';
import { PlaceField } from './PlaceField';

const sports = Object.keys(sportDefaults) as (keyof typeof sportDefaults)[];

export function NewCourtPage() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const navigate = useNavigate();
  const mine = useMyCourts();
  const creation = useCreateCourt();
  const opening = useReplaceWindows();
  const [form, setForm] = useState(emptyForm);
  const [week, setWeek] = useState(usualWeek);
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
            <Card withBorder component="section">
              <Title order={2} fz="h4" mb="sm">
                {t('form.what')}
              </Title>
              <Stack gap="sm">
                <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
                  <TextInput
                    label={t('form.nameEl')}
                    required
                    maxLength={120}
                    value={form.nameEl}
                    error={wrong('name.el')}
                    description={sameName === true ? t('form.sameName') : undefined}
                    inputWrapperOrder={['label', 'input', 'description', 'error']}
                    onChange={(event) => set({ nameEl: event.currentTarget.value })}
                  />
                  <TextInput
                    label={t('form.nameEn')}
                    maxLength={120}
                    value={form.nameEn}
                    error={wrong('name.en')}
                    description={form.nameEn.trim() === '' ? t('form.missingEn') : undefined}
                    inputWrapperOrder={['label', 'input', 'description', 'error']}
                    onChange={(event) => set({ nameEn: event.currentTarget.value })}
                  />
                </SimpleGrid>
                <Radio.Group
                  label={t('form.courtType')}
                  required
                  value={form.courtType}
                  error={wrong('courtType')}
                  onChange={(value) => setForm((before) => withSport(before, value))}
                >
                  <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="xs" mt={4}>
                    {sports.map((sport) => (
                      <Radio.Card
                        key={sport}
                        value={sport}
                        p="sm"
                        radius="md"
                        aria-label={shared(`sport.${sport}`)}
                      >
                        <Group gap={8} wrap="nowrap">
                          <SportIcon sport={sport} size={20} />
                          <Text size="sm" fw={650}>
                            {shared(`sport.${sport}`)}
                          </Text>
                          {form.courtType === sport && <Radio.Indicator ml="auto" size="xs" />}
                        </Group>
                      </Radio.Card>
                    ))}
                  </SimpleGrid>
                </Radio.Group>
                <div>
                  <Text size="sm" fw={500} mb={4} id="location-type">
                    {t('form.locationType')}
                  </Text>
                  <SegmentedControl
                    aria-labelledby="location-type"
                    value={form.locationType}
                    data={(['OUTDOOR', 'INDOOR'] as const).map((value) => ({
                      value,
                      label: shared(`location.${value}`),
                    }))}
                    onChange={(value) => set({ locationType: value })}
                  />
                </div>
                <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
                  <Textarea
                    label={t('form.descriptionEl')}
                    maxLength={2000}
                    autosize
                    minRows={2}
                    value={form.descriptionEl}
                    error={wrong('description.el')}
                    onChange={(event) => set({ descriptionEl: event.currentTarget.value })}
                  />
                  <Textarea
                    label={t('form.descriptionEn')}
                    maxLength={2000}
                    autosize
                    minRows={2}
                    value={form.descriptionEn}
                    error={wrong('description.en')}
                    onChange={(event) => set({ descriptionEn: event.currentTarget.value })}
                  />
                </SimpleGrid>
                <div>
                  <Text size="sm" fw={500} mb={6} id="amenities">
                    {t('form.amenities')}
                  </Text>
                  <Chip.Group multiple value={form.amenities} onChange={(value) => set({ amenities: value })}>
                    <Group gap={6} role="group" aria-labelledby="amenities">
                      {amenities.map((amenity) => (
                        <Chip key={amenity} value={amenity} size="sm" variant="outline">
                          {t(`amenity.${amenity}`)}
                        </Chip>
                      ))}
                    </Group>
                  </Chip.Group>
                </div>
              </Stack>
            </Card>

            <Card withBorder component="section">
              <Title order={2} fz="h4" mb="sm">
                {t('form.where')}
              </Title>
              <Stack gap="sm">
                <TextInput
                  label={t('form.address')}
                  required
                  maxLength={300}
                  value={form.address}
                  error={wrong('address')}
                  onChange={(event) => set({ address: event.currentTarget.value })}
                />
                <PlaceField
                  value={{ latitude: form.latitude, longitude: form.longitude }}
                  onChange={set}
                  error={positionError}
                  errors={{ latitude: wrong('latitude'), longitude: wrong('longitude') }}
                />
              </Stack>
            </Card>

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
                  <NumberInput
                    clampBehavior="none"
                    label={t('form.price')}
                    required
                    min={0}
                    decimalScale={2}
                    fixedDecimalScale
                    decimalSeparator={language === 'el' ? ',' : '.'}
                    allowedDecimalSeparators={['.', ',']}
                    suffix=" €"
                    value={form.priceEuros ?? ''}
                    error={wrong('basePriceCents')}
                    onChange={(value) => set({ priceEuros: typeof value === 'number' ? value : undefined })}
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
