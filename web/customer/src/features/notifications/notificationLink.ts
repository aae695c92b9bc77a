/** Where a message leads in this app. */
import type { AppNotification } from '@courtside/ui';

/**
 * The message's own path and nothing else: the services leave it out for types that lead nowhere (NOTE-17), and an address
 * of another place is none.
 */
export function notificationLink({ data }: Pick<AppNotification, 'data'>): string | undefined {
  const { deepLink } = data;
  return deepLink !== undefined && /^\/(?![/\\])/.test(deepLink) ? deepLink : undefined;
}
