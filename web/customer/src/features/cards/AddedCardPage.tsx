/** Back from the provider's card page: keeps the card and returns to where it was wanted (PAY-16). */
import { EmptyState, ProblemView } from '@courtside/ui';
import { Button, Center, Loader } from '@mantine/core';
import { IconCreditCardOff } from '@tabler/icons-react';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeepCard } from '../../data/cards';

export function AddedCardPage() {
  const { t } = useTranslation();
  const router = useRouter();
  const { to, setup_intent: intent, redirect_status: outcome } = useSearch({ from: '/members/cards/added' });
  const { mutate, ...keeping } = useKeepCard();
  const begun = useRef(false);
  const refused = intent === undefined || outcome === 'failed';

  const keep = () => {
    if (intent === undefined) return;
    mutate(intent, {
      onSuccess: (card) => {
        const back = new URL(to, location.origin);
        back.searchParams.set('card', card.id);
        void router.navigate({ href: back.pathname + back.search, replace: true });
      },
    });
  };
  useEffect(() => {
    // The setup intent is spent once, however often development mounts this.
    if (begun.current || refused) return;
    begun.current = true;
    keep();
  });

  if (refused) {
    return (
      <EmptyState
        icon={<IconCreditCardOff size={52} stroke={1.3} />}
        title={t('cards.failed')}
        hint={t('cards.failedHint')}
        action={
          <Button mt="sm" renderRoot={(props) => <Link to={to} {...props} />}>
            {t('back', { ns: 'ui' })}
          </Button>
        }
      />
    );
  }
  if (keeping.isError) return <ProblemView error={keeping.error} onRetry={keep} />;
  return (
    <Center h="50dvh">
      <Loader aria-label={t('loading', { ns: 'ui' })} />
    </Center>
  );
}
