/** The week of a court: for each day its opening hours, or closed. */
import { addMinutes } from '@courtside/ui';
import { ActionIcon, Button, Checkbox, Group, NativeSelect, Text, Tooltip } from '@mantine/core';
import { IconCopy, IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './HoursEditor.module.css';
import { nextWindow, problemOf, weekdays, type OpenHours, type Week } from './hours';

/** Chosen from a list, as a browser's own time field follows its language and not the reader's (ADMIN-60). */
const halfHours = Array.from({ length: 48 }, (_unused, index) => addMinutes('00:00', index * 30));

/** The half hours, the day's last minute, and the time itself when it is none of them. */
function times(current: string): string[] {
  return [...new Set([...halfHours, '23:59', current])].sort();
}

interface HoursEditorProps {
  week: Week;
  onChange: (week: Week) => void;
}

export function HoursEditor({ week, onChange }: HoursEditorProps) {
  const { t } = useTranslation();
  const change = (day: keyof Week, windows: OpenHours[]) => onChange({ ...week, [day]: windows });
  const copyMonday = () =>
    onChange(
      Object.fromEntries(weekdays.map((day) => [day, week.MONDAY.map((window) => ({ ...window }))])) as Week,
    );
  return (
    <div>
      <ul className={classes.week}>
        {weekdays.map((day) => {
          const windows = week[day];
          const problem = problemOf(windows);
          const name = t(`weekday.${day}`);
          return (
            <li key={day} className={classes.day}>
              <Checkbox
                label={name}
                checked={windows.length > 0}
                onChange={(event) => change(day, event.currentTarget.checked ? [nextWindow([])] : [])}
                className={classes.name}
              />
              <div className={classes.windows}>
                {windows.length === 0 && <Text c="dimmed">{t('hours.closed')}</Text>}
                {windows.map((window, index) => (
                  <Group key={index} gap={6} wrap="nowrap">
                    {(['startTime', 'endTime'] as const).map((end) => (
                      <NativeSelect
                        key={end}
                        size="sm"
                        rightSectionWidth={24}
                        className={classes.time}
                        aria-label={t(`hours.${end}`, { day: name })}
                        data={times(window[end])}
                        value={window[end]}
                        error={problem !== undefined}
                        onChange={(event) => {
                          const { value } = event.currentTarget;
                          change(
                            day,
                            windows.map((other, at) => (at === index ? { ...other, [end]: value } : other)),
                          );
                        }}
                      />
                    ))}
                    {windows.length > 1 && (
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={t('hours.remove', { day: name })}
                        onClick={() =>
                          change(
                            day,
                            windows.filter((_window, at) => at !== index),
                          )
                        }
                      >
                        <IconTrash size={17} />
                      </ActionIcon>
                    )}
                    {index === windows.length - 1 && windows.length < 3 && (
                      <Tooltip label={t('hours.add', { day: name })}>
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          aria-label={t('hours.add', { day: name })}
                          onClick={() => change(day, [...windows, nextWindow(windows)])}
                        >
                          <IconPlus size={17} />
                        </ActionIcon>
                      </Tooltip>
                    )}
                  </Group>
                ))}
                {problem !== undefined && (
                  <Text size="sm" c="var(--mantine-color-error)" role="alert">
                    {t(`hours.${problem}`)}
                  </Text>
                )}
              </div>
            </li>
          );
        })}
      </ul>
      <Button
        variant="subtle"
        size="compact-sm"
        mt="xs"
        leftSection={<IconCopy size={15} aria-hidden />}
        onClick={copyMonday}
      >
        {t('hours.copy')}
      </Button>
    </div>
  );
}
