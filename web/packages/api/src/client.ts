/**
 * The typed client of both services. Every call of the web apps goes through `createApi`, so headers, the
 * silent renewal after a 401 and the error funnel exist once.
 */
import createFetchClient, { type Client } from 'openapi-fetch';
import { randomUuid } from './identifiers';
import { problemFromAnswer, problemFromThrown } from './problem';
import type { paths as PlatformPaths } from './generated/platform';
import type { paths as TransactionPaths } from './generated/transaction';
import type { Session } from './session';
import type { Language } from './types';

export type ApiPaths = PlatformPaths & TransactionPaths;
export type ApiClient = Client<ApiPaths>;

export interface ApiOptions {
  session: Session;
  language: () => Language;
  baseUrl?: string;
  fetch?: (request: Request) => Promise<Response>;
  /** APP-42: reads are given up after this long; other methods never are (APP-43). */
  readTimeoutMs?: number;
}

export function createApi(options: ApiOptions): ApiClient {
  const send = options.fetch ?? ((request: Request) => fetch(request));
  const readTimeoutMs = options.readTimeoutMs ?? 10_000;

  async function sendOnce(request: Request, token: string | undefined): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set('Accept-Language', options.language());
    if (!headers.has('X-Request-Id')) headers.set('X-Request-Id', randomUuid());
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    const signal =
      request.method === 'GET'
        ? AbortSignal.any([request.signal, AbortSignal.timeout(readTimeoutMs)])
        : request.signal;
    return send(new Request(request, { headers, signal }));
  }

  async function sendSignedIn(request: Request): Promise<Response> {
    const again = request.clone();
    const token = options.session.accessToken();
    const response = await sendOnce(request, token);
    if (response.status !== 401 || options.session.snapshot().phase === 'signedOut') return response;
    // Another call may have renewed the token meanwhile; then it is enough to repeat.
    const renewed = options.session.accessToken() !== token || (await options.session.refresh());
    return renewed ? sendOnce(again, options.session.accessToken()) : response;
  }

  return createFetchClient<ApiPaths>({
    baseUrl: options.baseUrl ?? globalThis.location?.origin ?? '',
    credentials: 'same-origin',
    fetch: sendSignedIn,
  });
}

/**
 * The client of pages that know nobody, such as the booking widget on a club's own site: it sends neither token nor cookie
 * and asks for nothing but public data.
 */
export function createPublicApi(options: Omit<ApiOptions, 'session'>): ApiClient {
  const send = options.fetch ?? ((request: Request) => fetch(request));
  return createFetchClient<ApiPaths>({
    baseUrl: options.baseUrl ?? globalThis.location?.origin ?? '',
    credentials: 'omit',
    fetch: (request: Request) => {
      const headers = new Headers(request.headers);
      headers.set('Accept-Language', options.language());
      headers.set('X-Request-Id', randomUuid());
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(options.readTimeoutMs ?? 10_000)]);
      return send(new Request(request, { headers, signal }));
    },
  });
}

interface Settled<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/**
 * Unwraps a call: its body when it succeeded, otherwise a thrown `Problem`.
 *
 * @example const page = await answer(api.GET('/api/bookings', { params: { query: { page: 0 } } }));
 */
export async function answer<Data>(call: Promise<Settled<Data>>): Promise<Data> {
  let settled: Settled<Data>;
  try {
    settled = await call;
  } catch (thrown) {
    throw problemFromThrown(thrown);
  }
  if (!settled.response.ok) throw problemFromAnswer(settled.response, settled.error);
  return settled.data as Data;
}
