/** What a court is and where it is: the fields that a new court and an existing one share (ADMIN-13, ADMIN-14). */
import { SportIcon } from '@courtside/ui';
import {
  Card,
  Chip,
  Group,
  Radio,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { amenities, sportDefaults, withSport, type CourtForm } from './courtForm';
import { PlaceField } from './PlaceField';

const sports = Object.keys(sportDefaults) as (keyof typeof sportDefaults)[];

interface CourtFieldsProps {
  form: CourtForm;
  set: (change: Partial<CourtForm>) => void;
  /** What is wrong with a field, by its name on the wire. */
  wrong: (field: string) => string | undefined;
  positionError: string | undefined;
  /** Another court of the owner has the same name: said, never refused. */
  sameName: boolean;
}

export function CourtFields({ form, set, wrong, positionError, sameName }: CourtFieldsProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  return (
    <>
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
              description={sameName ? t('form.sameName') : undefined}
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
            onChange={(value) => set(withSport(form, value))}
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
    </>
  );
}
