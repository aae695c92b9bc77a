/** The page's one session, client, query cache and live connection, and what is kept on the device. */
import { createApi, IdempotencyKeys, Session } from '@courtside/api';
import { BrowserPush, createQueryClient, currentLanguage, LiveConnection } from '@courtside/ui';
import { KeptReads } from './keptReads';
import { OfflineQueue } from './offlineQueue';

export const session = new Session({ language: currentLanguage, marks: localStorage, keepsProfile: true });
/** Whoever registers here to run courts goes on in the portal, whose session is another one (SEC-49). */
export const portalSession = new Session({ app: 'portal', language: currentLanguage, marks: localStorage });
export const api = createApi({ session, language: currentLanguage });
export const queries = createQueryClient();
export const live = new LiveConnection(session);
export const push = new BrowserPush({
  api,
  session,
  marks: localStorage,
  app: 'customer',
  worker: { script: '/service-worker.js', scope: '/' },
});
/** Kept on the device, so a retry keeps its key after any change of screen, a reload or a crash (APP-44). */
export const idempotencyKeys = new IdempotencyKeys(localStorage);
/** Changes that wait for the network (APP-51). */
export const offlineQueue = new OfflineQueue(localStorage);
export const keptReads = new KeptReads(queries, localStorage);
window.addEventListener('pagehide', () => keptReads.flush());

let signedInUser: string | undefined;
session.subscribe(() => {
  const { user, phase, ended } = session.snapshot();
  if (user?.id === signedInUser) return;
  // Nobody may see what was read, or continue what was begun, by somebody else.
  if (signedInUser !== undefined) {
    keptReads.stop();
    queries.clear();
    live.stop();
    offlineQueue.clear();
    // Whose session ran out comes back and goes on; the server knows keys per person.
    if (!ended) idempotencyKeys.forgetAll();
  }
  signedInUser = user?.id;
  if (phase === 'signedIn' && user !== undefined) keptReads.start(user.id);
});
