/** The page's one session, client, query cache and live connection. */
import { createApi, IdempotencyKeys, Session } from '@courtside/api';
import { createQueryClient, currentLanguage, LiveConnection } from '@courtside/ui';

export const session = new Session({ app: 'portal', language: currentLanguage, marks: localStorage });
export const api = createApi({ session, language: currentLanguage });
export const queries = createQueryClient();
export const live = new LiveConnection(session);
/** Lives as long as the page, so a retry after any screen change keeps its key (APP-44). */
export const idempotencyKeys = new IdempotencyKeys();

let signedInUser: string | undefined;
session.subscribe(() => {
  const user = session.snapshot().user?.id;
  if (user === signedInUser) return;
  // Nobody may see what was read for somebody else.
  if (signedInUser !== undefined) {
    queries.clear();
    live.stop();
  }
  signedInUser = user;
});
