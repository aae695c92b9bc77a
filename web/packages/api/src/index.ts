/** The web apps' only way to the services. */
export * from './types';
export { answer, createApi, createPublicApi, type ApiClient, type ApiOptions, type ApiPaths } from './client';
export { IdempotencyKeys, randomUuid } from './identifiers';
export {
  Problem,
  problemFromAnswer,
  problemFromThrown,
  repeatReadAfter,
  shouldRepeatRead,
  type FieldProblem,
  type ProblemKind,
} from './problem';
export { Session, type SessionOptions, type SessionPhase, type SessionState } from './session';
export { StripeInBrowser, type PaymentIntent, type PaymentIntentState } from './stripe';
export { beginSignIn, finishSignIn, type FinishedSignIn, type SignInPurpose } from './signIn';
