/** A span of the day that can be switched off, in whole hours. */
import { addMinutes, formatTime } from '@courtside/ui';
import { Group, Select, Stack, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const hours = Array.from({ length: 24 }, (_unused, hour) => `${String(hour).padStart(2, '0')}:00`);

/** Times that were chosen elsewhere need not be whole hours. */
function withTime(times: string[], time: string): string[] {
  return times.includes(time) ? times : [...times, time].sort();
}

interface SpanProps {
  label: string;
  start: string | null | undefined;
  end: string | null | undefined;
  suggested: [string, string];
  mayCrossMidnight: boolean;
  /** What the server says about either end. */
  startError: string | undefined;
  endError: string | undefined;
  onChange: (start: string | null, end: string | null) => void;
}

/** Both ends or none are set. */
export function Span({
  label,
  start,
  end,
  suggested,
  mayCrossMidnight,
  startError,
  endError,
  onChange,
}: SpanProps) {
  const { t } = useTranslation();
  const isOn = start != null && end != null;
  const from = isOn ? formatTime(start) : suggested[0];
  const to = isOn ? formatTime(end) : suggested[1];
  const ends = withTime(
    mayCrossMidnight ? hours.filter((hour) => hour !== from) : hours.filter((hour) => hour > from),
    to,
  );
  return (
    <Stack gap="xs">
      <Switch
        label={label}
        checked={isOn}
        error={isOn ? undefined : (startError ?? endError)}
        onChange={(event) =>
          event.currentTarget.checked ? onChange(suggested[0], suggested[1]) : onChange(null, null)
        }
      />
      {isOn && (
        <Group gap="sm">
          <Select
            label={t('preferences.from')}
            data={withTime(mayCrossMidnight ? hours : hours.slice(0, -1), from)}
            error={startError}
            value={from}
            allowDeselect={false}
            w={120}
            onChange={(next) => {
              if (next === null) return;
              const stillEnds = mayCrossMidnight ? next !== to : next < to;
              onChange(next, stillEnds ? to : addMinutes(next, 60));
            }}
          />
          <Select
            label={t('preferences.to')}
            data={ends}
            error={endError}
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
