/** A saved card in words: brand, last digits, expiry. */
import type { PaymentMethod } from '@courtside/api';
import { Group, Text } from '@mantine/core';
import { IconCreditCard } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';

export function SavedCard({ card }: { card: PaymentMethod }) {
  const { t } = useTranslation();
  return (
    <Group wrap="nowrap" gap="sm">
      <IconCreditCard size={22} aria-hidden />
      <div>
        <Text fw={650} tt="capitalize">
          {card.brand ?? t('pay.card')} •••• {card.last4 ?? ''}
        </Text>
        {card.expiryMonth != null && card.expiryYear != null && (
          <Text size="sm" c="dimmed">
            {t('pay.expires', {
              month: String(card.expiryMonth).padStart(2, '0'),
              year: String(card.expiryYear).slice(-2),
            })}
          </Text>
        )}
      </div>
    </Group>
  );
}
