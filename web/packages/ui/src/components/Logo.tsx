/** The word mark: a court seen from above with the ball on its line. */
import { Group, Text } from '@mantine/core';

export function LogoMark({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="9" fill="#0f6f48" />
      <path
        d="M7 9h18v14H7zM16 9v14M7 16h18"
        fill="none"
        stroke="#fff"
        strokeOpacity="0.75"
        strokeWidth="1.7"
        strokeLinejoin="round"
      />
      <circle cx="21.5" cy="16" r="3.6" fill="#d9ea3c" />
    </svg>
  );
}

export function Logo({ suffix }: { suffix?: string }) {
  return (
    <Group gap={10} wrap="nowrap">
      <LogoMark />
      <Text component="span" fw={800} fz="lg" lts="-0.02em" c="var(--mantine-color-text)">
        Courtside
        {suffix !== undefined && (
          <Text component="span" fw={500} fz="lg" c="dimmed">
            {' '}
            {suffix}
          </Text>
        )}
      </Text>
    </Group>
  );
}
