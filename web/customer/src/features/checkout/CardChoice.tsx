/** Which card pays: a saved one, a new one, or in the sandbox one of Stripe's test cards. */
import type { PaymentMethod } from '@courtside/api';
import { Alert, Badge, Button, Group, Radio, Skeleton, Stack, Text } from '@mantine/core';
import { IconCreditCardPay, IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@courtside/ui';
import { useTypeNewCard } from '../../data/cards';
import { SavedCard } from '../../app/SavedCard';
import classes from './CardChoice.module.css';
import { testCards } from './testCards';

interface CardChoiceProps {
  /** A payment method's id, or `new` while a card is being added. */
  value: string;
  onChange: (value: string) => void;
  saved: PaymentMethod[] | undefined;
  loading: boolean;
  hasCardPage: boolean;
}

export function CardChoice({ value, onChange, saved, loading, hasCardPage }: CardChoiceProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const typing = useTypeNewCard();
  if (loading) return <Skeleton h={120} radius="md" />;
  return (
    <Stack gap="xs">
      <Radio.Group value={value} onChange={onChange} aria-label={t('pay.card')}>
        <Stack gap="xs">
          {saved?.map((card) => (
            <Choice key={card.id} value={card.id}>
              <SavedCard card={card} />
            </Choice>
          ))}
          {hasCardPage &&
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
          {hasCardPage && (
            <Choice value="new">
              <IconPlus size={22} aria-hidden />
              <Text fw={650}>{t('pay.new')}</Text>
            </Choice>
          )}
        </Stack>
      </Radio.Group>
      {value === 'new' && (
        <>
          <Button
            variant="default"
            loading={typing.isPending || typing.isSuccess}
            onClick={() => typing.mutate()}
          >
            {t('cards.type')}
          </Button>
          {typing.isError && (
            <Alert color="red" role="alert">
              {problemText(typing.error, shared)}
            </Alert>
          )}
          <Text size="xs" c="dimmed">
            {t('pay.onlyStripe')}
          </Text>
        </>
      )}
      {!hasCardPage && (saved?.length ?? 0) === 0 && <Text c="dimmed">{t('pay.noCards')}</Text>}
    </Stack>
  );
}

function Choice({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Radio.Card value={value} radius="md" className={classes.choice}>
      <Group wrap="nowrap" gap="sm">
        <Radio.Indicator />
        {children}
      </Group>
    </Radio.Card>
  );
}
