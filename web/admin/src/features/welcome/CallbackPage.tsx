/** Back from the provider: where an owner or staff goes from here. */
import { SignInReturn } from '@courtside/ui';
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { returnAddress } from '../../app/access';
import { invitationIn } from '../../app/invitation';
import { AcceptInvitation } from './AcceptInvitation';
import { Registration } from './Registration';

export function CallbackPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <SignInReturn
      onSignedIn={(returnTo) => void navigate({ href: returnAddress(returnTo), replace: true })}
      registration={(newcomer) => {
        const invitation = invitationIn(newcomer.returnTo);
        return invitation === undefined ? (
          <Registration newcomer={newcomer} />
        ) : (
          <AcceptInvitation invitation={invitation} newcomer={newcomer} />
        );
      }}
      again={<Button renderRoot={(props) => <Link to="/welcome" {...props} />}>{t('signIn.again')}</Button>}
    />
  );
}
