/** Saving a new card in the payment provider's own form; its number never comes near us (PAY-14, PAY-16). */
import type { PaymentMethod } from '@courtside/api';
import { ProblemView, problemText } from '@courtside/ui';
import { Alert, Skeleton, Stack } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeepCard, useSetupIntent } from '../data/cards';
import { useStripe } from '../data/clientConfig';
import classes from './CardForm.module.css';

export function CardForm({ onSaved }: { onSaved: (card: PaymentMethod) => void }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const stripe = useStripe();
  const setup = useSetupIntent();
  const { mutate: keep, ...keeping } = useKeepCard();
  const saved = useRef(onSaved);
  useEffect(() => {
    saved.current = onSaved;
  });

  const secret = setup.data;
  useEffect(() => {
    if (stripe === undefined || secret === undefined) return undefined;
    const hear = (event: MessageEvent) => {
      const message = stripe.cardFormMessage(event);
      if (message?.type !== 'saved' || message.setupIntent === undefined) return;
      keep(message.setupIntent, { onSuccess: (card) => saved.current(card) });
    };
    window.addEventListener('message', hear);
    return () => window.removeEventListener('message', hear);
  }, [stripe, secret, keep]);

  if (setup.isError) return <ProblemView compact error={setup.error} onRetry={() => void setup.refetch()} />;
  if (stripe === undefined || secret === undefined) return <Skeleton h={260} radius="md" />;
  return (
    <Stack gap="xs">
      <iframe className={classes.frame} src={stripe.cardFormUrl(secret)} title={t('cards.frame')} />
      {keeping.isError && (
        <Alert color="red" role="alert">
          {problemText(keeping.error, shared)}
        </Alert>
      )}
    </Stack>
  );
}
