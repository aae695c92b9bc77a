/** Back from the provider: where a player goes from here. */
import { SignInReturn } from '@courtside/ui';
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Registration } from './Registration';

export function CallbackPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <SignInReturn
      onSignedIn={(returnTo) => void navigate({ href: returnTo, replace: true })}
      registration={(newcomer) => <Registration newcomer={newcomer} />}
      again={<Button renderRoot={(props) => <Link to="/welcome" {...props} />}>{t('signIn.again')}</Button>}
    />
  );
}
