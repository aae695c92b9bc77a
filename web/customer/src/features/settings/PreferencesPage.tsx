/** When and how far someone likes to play, which messages they want, and when to be left alone (FIND-33 to FIND-37). */
import type { NotificationPreferences, UpdatePreferencesRequest, UserPreferences } from '@courtside/api';
import { formatDate, formatDistance, formatTime, ProblemView, problemText, useLanguage } from '@courtside/ui';
import {
  Alert,
  Card,
  Chip,
  Group,
  Select,
  Skeleton,
  Slider,
  Stack,
  Switch,
  Text,
  Title,
} from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useChangePreferences, usePreferences } from '../../data/preferences';
import { SettingsPage } from './SettingsPage';

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
const aMonday = '2024-01-0';
const hours = Array.from({ length: 24 }, (_unused, hour) => `${String(hour).padStart(2, '0')}:00`);
const messages: (keyof NotificationPreferences)[] = [
  'bookingEvents',
  'favoriteCourtAlerts',
  'promotionalNotifications',
  'emailNotifications',
  'pushNotifications',
];
const distances = { least: 1, most: 100 };

export function PreferencesPage() {
  const { t } = useTranslation();
  const preferences = usePreferences();
  return (
    <SettingsPage title={t('settings.preferences')}>
      {preferences.isPending ? (
        <Skeleton h={420} radius="lg" role="status" aria-label={t('loading', { ns: 'ui' })} />
      ) : preferences.data === undefined ? (
        <ProblemView error={preferences.error} onRetry={() => void preferences.refetch()} />
      ) : (
        <Preferences preferences={preferences.data} />
      )}
    </SettingsPage>
  );
}

function Preferences({ preferences }: { preferences: UserPreferences }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const change = useChangePreferences();
  const save = (wanted: UpdatePreferencesRequest) => change.mutate(wanted);
  return (
    <>
      {change.isError && (
        <Alert color="red" role="alert">
          {problemText(change.error, shared)}
        </Alert>
      )}
      <Playing preferences={preferences} onChange={save} />
      <Card withBorder component="section">
        <Title order={2} fz="h4" mb="sm">
          {t('preferences.messages')}
        </Title>
        <Stack gap="md">
          {messages.map((name) => (
            <Switch
              key={name}
              label={t(`preferences.${name}`)}
              description={t(`preferences.${name}Hint`)}
              checked={preferences.notificationPreferences[name]}
              onChange={(event) => save({ notificationPreferences: { [name]: event.currentTarget.checked } })}
            />
          ))}
        </Stack>
      </Card>
      <QuietHours preferences={preferences} onChange={save} />
    </>
  );
}

interface PartProps {
  preferences: UserPreferences;
  onChange: (change: UpdatePreferencesRequest) => void;
}

function Playing({ preferences, onChange }: PartProps) {
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

function QuietHours({ preferences, onChange }: PartProps) {
  const { t } = useTranslation();
  return (
    <Card withBorder component="section">
      <Title order={2} fz="h4" mb={4}>
        {t('preferences.quiet')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('preferences.quietHint')}
      </Text>
      <Span
        label={t('preferences.quietOn')}
        start={preferences.doNotDisturbStart}
        end={preferences.doNotDisturbEnd}
        suggested={['23:00', '08:00']}
        mayCrossMidnight
        onChange={(doNotDisturbStart, doNotDisturbEnd) => onChange({ doNotDisturbStart, doNotDisturbEnd })}
      />
    </Card>
  );
}

interface SpanProps {
  label: string;
  start: string | null | undefined;
  end: string | null | undefined;
  suggested: [string, string];
  mayCrossMidnight: boolean;
  onChange: (start: string | null, end: string | null) => void;
}

/** A span of the day that can be switched off; both ends or none are set. */
function Span({ label, start, end, suggested, mayCrossMidnight, onChange }: SpanProps) {
  const { t } = useTranslation();
  const isOn = start != null && end != null;
  const from = isOn ? formatTime(start) : suggested[0];
  const to = isOn ? formatTime(end) : suggested[1];
  const ends = mayCrossMidnight ? hours.filter((hour) => hour !== from) : hours.filter((hour) => hour > from);
  return (
    <Stack gap="xs">
      <Switch
        label={label}
        checked={isOn}
        onChange={(event) =>
          event.currentTarget.checked ? onChange(suggested[0], suggested[1]) : onChange(null, null)
        }
      />
      {isOn && (
        <Group gap="sm">
          <Select
            label={t('preferences.from')}
            data={mayCrossMidnight ? hours : hours.slice(0, -1)}
            value={from}
            allowDeselect={false}
            w={120}
            onChange={(next) => {
              if (next === null) return;
              const stillEnds = mayCrossMidnight ? next !== to : next < to;
              onChange(next, stillEnds ? to : (hours[(hours.indexOf(next) + 1) % 24] ?? to));
            }}
          />
          <Select
            label={t('preferences.to')}
            data={ends}
            value={to}
            allowDeselect={false}
            w={120}
            onChange={(next) => next !== null && onChange(from, next)}
          />
        </Group>
      )}
    </Stack>
  );
}
