/**
 * Which messages come on which way: a row for each kind, a box for each way. Every change is handed over alone, so that two
 * quick presses are two changes; what cannot be switched off says why.
 */
import { Checkbox, Text, Tooltip, VisuallyHidden } from '@mantine/core';
import classes from './PreferencesGrid.module.css';

const allEvents = { hover: true, focus: true, touch: true };

export interface PreferenceRow<Kind extends string> {
  kind: Kind;
  label: string;
  hint?: string;
  /** What the server says about this row. */
  error?: string;
}

interface PreferencesGridProps<Kind extends string, Way extends string> {
  /** Names the table for who cannot see its surroundings. */
  label: string;
  /** Heads the column of kinds; heard, not seen. */
  kindTitle: string;
  rows: readonly PreferenceRow<Kind>[];
  ways: readonly { way: Way; label: string }[];
  isOn: (kind: Kind, way: Way) => boolean;
  /** Why this box cannot be switched off (NOTE-28); undefined when it can. */
  heldBy?: (kind: Kind, way: Way) => string | undefined;
  disabled?: boolean;
  onChange: (kind: Kind, way: Way, on: boolean) => void;
}

export function PreferencesGrid<Kind extends string, Way extends string>({
  label,
  kindTitle,
  rows,
  ways,
  isOn,
  heldBy,
  disabled = false,
  onChange,
}: PreferencesGridProps<Kind, Way>) {
  return (
    <table className={classes.grid} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">
            <VisuallyHidden>{kindTitle}</VisuallyHidden>
          </th>
          {ways.map(({ way, label: name }) => (
            <th key={way} scope="col" className={classes.way}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ kind, label: name, hint, error }) => (
          <tr key={kind}>
            <th scope="row">
              <Text fw={600} size="sm">
                {name}
              </Text>
              {hint !== undefined && (
                <Text size="xs" c="dimmed">
                  {hint}
                </Text>
              )}
              {error !== undefined && (
                <Text size="xs" c="var(--mantine-color-error)" role="alert">
                  {error}
                </Text>
              )}
            </th>
            {ways.map(({ way, label: wayName }) => {
              const reason = heldBy?.(kind, way);
              return (
                <td key={way} className={classes.way}>
                  <Tooltip
                    label={reason}
                    disabled={reason === undefined}
                    multiline
                    maw={260}
                    events={allEvents}
                  >
                    <Checkbox
                      aria-label={`${name}: ${wayName}`}
                      aria-description={reason}
                      checked={isOn(kind, way)}
                      disabled={disabled || reason !== undefined}
                      size="md"
                      w="fit-content"
                      onChange={(event) => onChange(kind, way, event.currentTarget.checked)}
                    />
                  </Tooltip>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
