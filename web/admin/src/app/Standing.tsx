/** ADMIN-02, 05, 06, 08: what an owner still has to do, as banners that never hide what already works. */
import { answer, type UserProfile } from '@courtside/api';
import { problemText, useApi } from '@courtside/ui';
import { Alert, Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconBuildingBank, IconClockHour4, IconShieldHalf } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './Standing.module.css';

function useStripeOnboarding() {
  const api = useApi();
  const { t: shared } = useTranslation('ui');
  return useMutation({
    mutationFn: () => {
      const here = `${location.origin}${import.meta.env.BASE_URL}courts`;
      return answer(
        api.POST('/api/users/me/stripe-connect/onboard', { body: { returnUrl: here, refreshUrl: here } }),
      );
    },
    onSuccess: ({ onboardingUrl }) => location.assign(onboardingUrl),
    onError: (thrown) => notifications.show({ color: 'red', message: problemText(thrown, shared) }),
  });
}

const alert = { title: classes.title ?? '' };

export function Standing({ user }: { user: UserProfile }) {
  const { t } = useTranslation();
  const onboarding = useStripeOnboarding();
  const expired = user.subscriptionStatus === 'EXPIRED' || user.subscriptionStatus === 'NONE';
  const trialDays = user.subscriptionStatus === 'TRIAL' ? (user.trialDaysRemaining ?? undefined) : undefined;
  const lastDays = trialDays !== undefined && trialDays <= 7;
  if (user.verified && user.stripeConnected && !expired && !lastDays) return null;
  return (
    <div className={classes.banners}>
      {!user.stripeConnected && (
        <Alert classNames={alert} color="orange" icon={<IconBuildingBank />} title={t('standing.stripe')}>
          <Group justify="space-between" gap="sm">
            <Text size="sm" className={classes.hint} style={{ flex: '1 1 18rem' }}>
              {t('standing.stripeHint')}
            </Text>
            <Button size="xs" loading={onboarding.isPending} onClick={() => onboarding.mutate()}>
              {t('standing.stripeGo')}
            </Button>
          </Group>
        </Alert>
      )}
      {!user.verified && (
        <Alert classNames={alert} color="blue" icon={<IconShieldHalf />} title={t('standing.unverified')}>
          <Group justify="space-between" gap="sm">
            <Text size="sm" className={classes.hint} style={{ flex: '1 1 18rem' }}>
              {t('standing.unverifiedHint')}
            </Text>
            <Button size="xs" renderRoot={(props) => <Link to="/verification" {...props} />}>
              {t('verification.open')}
            </Button>
          </Group>
        </Alert>
      )}
      {(expired || lastDays) && (
        <Alert
          classNames={alert}
          color="yellow"
          icon={<IconClockHour4 />}
          title={t(expired ? 'standing.expired' : 'standing.trial')}
        >
          {expired ? t('standing.expiredHint') : t('standing.trialHint', { count: trialDays })}
        </Alert>
      )}
    </div>
  );
}
