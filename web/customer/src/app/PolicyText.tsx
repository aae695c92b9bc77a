/** A cancellation policy in words, the most generous step first. */
import type { CancellationTier } from '@courtside/api';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** PAY-24: what holds where the owner set nothing. */
const defaultTiers: CancellationTier[] = [
  { thresholdHours: 24, refundPercentage: 100 },
  { thresholdHours: 12, refundPercentage: 50 },
  { thresholdHours: 0, refundPercentage: 0 },
];

export function PolicyText({ tiers }: { tiers: readonly CancellationTier[] }) {
  const { t } = useTranslation();
  const shown = [...(tiers.length === 0 ? defaultTiers : tiers)].sort(
    (one, other) => other.thresholdHours - one.thresholdHours,
  );
  return (
    <>
      <ul style={{ margin: 0, paddingInlineStart: '1.2rem', lineHeight: 1.7 }}>
        {shown.map((tier, position) => (
          <li key={tier.thresholdHours}>
            {tier.thresholdHours > 0
              ? t('policy.atLeast', { count: tier.thresholdHours, percent: tier.refundPercentage })
              : position === 0
                ? t('policy.always', { percent: tier.refundPercentage })
                : t('policy.later', { percent: tier.refundPercentage })}
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed" mt={6}>
        {t('policy.commission')}
      </Text>
    </>
  );
}
