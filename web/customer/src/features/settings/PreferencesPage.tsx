/** When and how far someone likes to play (FIND-33 to FIND-37). */
import type { UpdatePreferencesRequest, UserPreferences } from '@courtside/api';
import { formatDate, formatDistance, ProblemView, useLanguage } from '@courtside/ui';
import { Card, Chip, Group, Skeleton, Slider, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChangePreferences, usePreferences } from '../../data/preferences';
import { PreferenceProblem, messageAt } from './PreferenceProblem';
import { SettingsPage } from './SettingsPage';
import { Span } from './Span';

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
const aMonday = '2024-01-0';
const distances = { least: 1, most: 100 };
const playingFields = ['preferredStartTime', 'preferredEndTime'];

export function PreferencesPage() {
  const { t } = useTranslation();
  const preferences = usePreferences();
  const { change, failure } = useChangePreferences();
  return (
    <SettingsPage title={t('settings.preferences')}>
      {preferences.isPending ? (
        <Skeleton h={420} radius="lg" role="status" aria-label={t('loading', { ns: 'ui' })} />
      ) : preferences.data === undefined ? (
        <ProblemView error={preferences.error} onRetry={() => void preferences.refetch()} />
      ) : (
        <>
          <PreferenceProblem failure={failure} isWaiting={preferences.isWaiting} shownAt={playingFields} />
          <Playing preferences={preferences.data} failure={failure} onChange={change} />
        </>
      )}
    </SettingsPage>
  );
}

interface PlayingProps {
  preferences: UserPreferences;
  failure: unknown;
  onChange: (change: UpdatePreferencesRequest) => void;
}

function Playing({ preferences, failure, onChange }: PlayingProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [distance, setDistance] = useState(preferences.maxSearchDistanceKm);
  return (
    <Card withBorder component="section">
      <Title order={2} fz="h4" mb="sm">
        {t('preferences.playing')}
      </Title>
      <Stack gap="lg">
        <div>
          <Text fw={600} size="sm" mb={6} id="preferred-days">
            {t('preferences.days')}
          </Text>
          <Chip.Group
            multiple
            value={preferences.preferredDays}
            onChange={(days) =>
              onChange({ preferredDays: weekdays.filter((weekday) => days.includes(weekday)) })
            }
          >
            <Group gap={6} role="group" aria-labelledby="preferred-days">
              {weekdays.map((weekday, position) => (
                <Chip key={weekday} value={weekday} variant="light" size="sm">
                  {formatDate(`${aMonday}${position + 1}`, language, 'weekday')}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </div>
        <Span
          label={t('preferences.times')}
          start={preferences.preferredStartTime}
          end={preferences.preferredEndTime}
          suggested={['18:00', '22:00']}
          mayCrossMidnight={false}
          startError={messageAt(failure, 'preferredStartTime')}
          endError={messageAt(failure, 'preferredEndTime')}
          onChange={(preferredStartTime, preferredEndTime) =>
            onChange({ preferredStartTime, preferredEndTime })
          }
        />
        <div>
          <Text fw={600} size="sm" mb={6}>
            {t('preferences.distance', { distance: formatDistance(distance, language) })}
          </Text>
          <Slider
            thumbLabel={t('preferences.distanceLabel')}
            min={distances.least}
            max={distances.most}
            value={Math.min(distances.most, distance)}
            label={(value) => formatDistance(value, language)}
            onChange={setDistance}
            onChangeEnd={(maxSearchDistanceKm) => onChange({ maxSearchDistanceKm })}
          />
        </div>
      </Stack>
    </Card>
  );
}
