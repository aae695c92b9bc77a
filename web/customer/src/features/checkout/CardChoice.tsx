/** Which card pays: a saved one, a typed one, or in the sandbox one of Stripe's test cards. */
import type { PaymentMethod } from '@courtside/api';
import { Badge, Group, Radio, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { IconCreditCard, IconCreditCardPay } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './CardChoice.module.css';
import { shapeExpiry, shapeNumber, testCards, type CardDraft, type CardField } from './cards';

interface CardChoiceProps {
  /** A payment method's id, or `new` for the typed card. */
  value: string;
  onChange: (value: string) => void;
  saved: PaymentMethod[] | undefined;
  loading: boolean;
  takesTypedCards: boolean;
  draft: CardDraft;
  onDraft: (draft: CardDraft) => void;
  wrong: CardField[];
}

export function CardChoice(props: CardChoiceProps) {
  const { value, onChange, saved, loading, takesTypedCards, draft, onDraft, wrong } = props;
  const { t } = useTranslation();
  if (loading) return <Skeleton h={120} radius="md" />;
  const error = (field: CardField) => (wrong.includes(field) ? t(`pay.wrong.${field}`) : undefined);
  return (
    <Radio.Group value={value} onChange={onChange} aria-label={t('pay.card')}>
      <Stack gap="xs">
        {saved?.map((card) => (
          <Choice key={card.id} value={card.id}>
            <IconCreditCard size={22} aria-hidden />
            <div>
              <Text fw={650} tt="capitalize">
                {card.brand} •••• {card.last4}
              </Text>
              <Text size="sm" c="dimmed">
                {t('pay.expires', {
                  month: String(card.expiryMonth).padStart(2, '0'),
                  year: String(card.expiryYear).slice(-2),
                })}
              </Text>
            </div>
          </Choice>
        ))}
        {takesTypedCards &&
          testCards.map((card) => (
            <Choice key={card.id} value={card.id}>
              <IconCreditCardPay size={22} aria-hidden />
              <div style={{ flex: 1 }}>
                <Text fw={650}>{t(`pay.test.${card.key}`)}</Text>
                <Text size="sm" c="dimmed">
                  {t(`pay.testHint.${card.key}`)}
                </Text>
              </div>
              <Badge variant="default" size="sm">
                {t('pay.sandbox')}
              </Badge>
            </Choice>
          ))}
        {takesTypedCards && (
          <Choice value="new">
            <IconCreditCard size={22} aria-hidden />
            <Text fw={650}>{t('pay.new')}</Text>
          </Choice>
        )}
        {value === 'new' && (
          <Stack gap="sm" p="md" className={classes.form}>
            <TextInput
              label={t('pay.number')}
              inputMode="numeric"
              autoComplete="cc-number"
              placeholder="4242 4242 4242 4242"
              value={draft.number}
              error={error('number')}
              onChange={(event) => onDraft({ ...draft, number: shapeNumber(event.currentTarget.value) })}
            />
            <Group grow align="flex-start">
              <TextInput
                label={t('pay.expiry')}
                inputMode="numeric"
                autoComplete="cc-exp"
                placeholder="MM/YY"
                value={draft.expiry}
                error={error('expiry')}
                onChange={(event) => onDraft({ ...draft, expiry: shapeExpiry(event.currentTarget.value) })}
              />
              <TextInput
                label={t('pay.code')}
                inputMode="numeric"
                autoComplete="cc-csc"
                placeholder="123"
                value={draft.securityCode}
                error={error('securityCode')}
                onChange={(event) =>
                  onDraft({
                    ...draft,
                    securityCode: event.currentTarget.value.replace(/\D/g, '').slice(0, 4),
                  })
                }
              />
            </Group>
            <Text size="xs" c="dimmed">
              {t('pay.onlyStripe')}
            </Text>
          </Stack>
        )}
        {!takesTypedCards && (saved?.length ?? 0) === 0 && <Text c="dimmed">{t('pay.noCards')}</Text>}
      </Stack>
    </Radio.Group>
  );
}

function Choice({ value, children }: { value: string; children: React.ReactNode }) {
  return (
    <Radio.Card value={value} radius="md" className={classes.choice}>
      <Group wrap="nowrap" gap="sm">
        <Radio.Indicator />
        {children}
      </Group>
    </Radio.Card>
  );
}
