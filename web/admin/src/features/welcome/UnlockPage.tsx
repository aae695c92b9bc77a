/** Lifts the lock of an account by the link of the mail about it. */
import { UnlockAccount } from '@courtside/ui';
import { Button } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';

export function UnlockPage() {
  const { t } = useTranslation('ui');
  const { token } = useSearch({ from: '/unlock' });
  return (
    <UnlockAccount
      token={token}
      signIn={<Button renderRoot={(props) => <Link to="/welcome" {...props} />}>{t('unlock.signIn')}</Button>}
    />
  );
}
