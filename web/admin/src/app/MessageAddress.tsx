/** An address of the customer app below the portal's, as a pushed message has it: goes where the portal shows the same. */
import { useRouterState } from '@tanstack/react-router';
import { messageAddress } from './messageAddress';
import { NotFound } from './NotFound';
import { Redirect } from './Redirect';

export function MessageAddress() {
  const deepLink = useRouterState({ select: ({ location }) => location.pathname });
  const href = messageAddress({ data: { deepLink } });
  return href === undefined ? <NotFound /> : <Redirect href={href} />;
}
