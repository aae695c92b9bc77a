/** The page's one session, client, query cache, live connection and push subscription. */
import { createApi, IdempotencyKeys, Session } from '@courtside/api';
import { BrowserPush, createQueryClient, currentLanguage, LiveConnection } from '@courtside/ui';

export const session = new Session({ app: 'portal', language: currentLanguage, marks: localStorage });
export const api = createApi({ session, language: currentLanguage });
export const queries = createQueryClient();
export const live = new LiveConnection(session);
/** ADMIN-31: the portal's own worker, beside that of the customer app at the same host. */
export const push = new BrowserPush({
  api,
  session,
  marks: localStorage,
  app: 'portal',
  worker: { script: `${import.meta.env.BASE_URL}push-worker.js`, scope: import.meta.env.BASE_URL },
});
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
