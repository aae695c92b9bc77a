/** What staff reads and decides. Every list is read a page at a time; a decision makes what it touches read again. */
import { answer, type ApiClient, type ApiPaths, type Role } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { keepPreviousData, useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

export const pageSize = 20;

type Answer<Path extends keyof ApiPaths> = ApiPaths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type Verification = Answer<'/api/admin/verifications'>['verifications'][number];
export type VerificationState = Verification['status'];
export type Person = Answer<'/api/admin/users'>['users'][number];
export type PersonStatus = Person['status'];
export type Holiday = Answer<'/api/admin/holidays'>['holidays'][number];
export type Dispute = Answer<'/api/admin/disputes'>['disputes'][number];
export type PayoutHold = Answer<'/api/admin/payout-holds'>['holds'][number];
export type PaymentReview = Answer<'/api/admin/payment-reviews'>['reviews'][number];
export type FlaggedPayout = Answer<'/api/admin/payouts/flagged'>['payouts'][number];
export type DeadLetter = Answer<'/api/admin/dead-letters/platform'>['content'][number];
export type AuditEntry = Answer<'/api/admin/audit-log'>['content'][number];

export function useVerifications(status: VerificationState, page: number, size = pageSize) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'verifications', status, page, size],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/verifications', { params: { query: { status, page, size } }, signal })),
    placeholderData: keepPreviousData,
    // The queue is shared with colleagues.
    refetchInterval: 60_000,
  });
}

export function useVerification(requestId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'verification', requestId],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/verifications/{requestId}', { params: { path: { requestId } }, signal })),
  });
}

export function useReVerifications() {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 're-verifications'],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/admin/re-verifications', { signal }))).reVerifications,
  });
}

export interface PeopleAsked {
  search?: string;
  role?: Role;
  status?: PersonStatus;
  page: number;
}

export function usePeople({ search, role, status, page }: PeopleAsked) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'users', search, role, status, page],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/admin/users', {
          params: { query: { search, role, status, page, size: pageSize } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useHolidays() {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'holidays'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/admin/holidays', { signal }))).holidays,
  });
}

/** One page of a list: which rows, and how many there are in all. */
export interface Found<Row> {
  rows: Row[];
  totalElements: number;
}

/** A list that staff reads: what it is kept as, which of its states waits for somebody, and the request. */
export interface Source<Row, State extends string> {
  key: string;
  open: State;
  read: (
    api: ApiClient,
    query: { status?: State; page: number; size: number },
    signal: AbortSignal,
  ) => Promise<Found<Row>>;
}

export const disputes: Source<Dispute, Dispute['status']> = {
  key: 'disputes',
  open: 'OPEN',
  read: async (api, query, signal) => {
    const found = await answer(api.GET('/api/admin/disputes', { params: { query }, signal }));
    return { ...found, rows: found.disputes };
  },
};

export const payoutHolds: Source<PayoutHold, PayoutHold['status']> = {
  key: 'holds',
  open: 'HELD',
  read: async (api, query, signal) => {
    const found = await answer(api.GET('/api/admin/payout-holds', { params: { query }, signal }));
    return { ...found, rows: found.holds };
  },
};

export const paymentReviews: Source<PaymentReview, 'OPEN' | 'RESOLVED'> = {
  key: 'reviews',
  open: 'OPEN',
  read: async (api, query, signal) => {
    const found = await answer(api.GET('/api/admin/payment-reviews', { params: { query }, signal }));
    return { ...found, rows: found.reviews };
  },
};

export const letterServices = ['transaction', 'platform'] as const;
export type LetterService = (typeof letterServices)[number];

export const letterStates = ['PARKED', 'REPLAYING', 'HANDLED', 'DISCARDED'] as const;
export type LetterState = (typeof letterStates)[number];

/** EVT-05: each service shows what its own consumers have parked. */
export const deadLetters: Record<LetterService, Source<DeadLetter, LetterState>> = {
  transaction: {
    key: 'deadLetters transaction',
    open: 'PARKED',
    read: async (api, { status: state, page, size }, signal) => {
      const params = { query: { state, page, size } };
      const found = await answer(api.GET('/api/admin/dead-letters/transaction', { params, signal }));
      return { ...found, rows: found.content };
    },
  },
  platform: {
    key: 'deadLetters platform',
    open: 'PARKED',
    read: async (api, { status: state, page, size }, signal) => {
      const params = { query: { state, page, size } };
      const found = await answer(api.GET('/api/admin/dead-letters/platform', { params, signal }));
      return { ...found, rows: found.content };
    },
  },
};

/** One page of a list; of all its states when none is given. */
export function useSource<Row, State extends string>(
  source: Source<Row, State>,
  status: State | undefined,
  page: number,
) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', source.key, status, page],
    queryFn: ({ signal }) => source.read(api, { status, page, size: pageSize }, signal),
    placeholderData: keepPreviousData,
    // Colleagues work on the same lists.
    refetchInterval: 60_000,
  });
}

export function useFlaggedPayouts(page: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'flagged', page],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/payouts/flagged', { params: { query: { page, size: pageSize } }, signal })),
    placeholderData: keepPreviousData,
  });
}

function readLetter(api: ApiClient, service: LetterService, deadLetterId: string, signal: AbortSignal) {
  const call = { params: { path: { deadLetterId } }, signal };
  return answer(
    service === 'platform'
      ? api.GET('/api/admin/dead-letters/platform/{deadLetterId}', call)
      : api.GET('/api/admin/dead-letters/transaction/{deadLetterId}', call),
  );
}

/** One parked message with what it says. */
export function useDeadLetter(service: LetterService, deadLetterId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'deadLetter', service, deadLetterId],
    queryFn: ({ signal }) => readLetter(api, service, deadLetterId, signal),
  });
}

/** Messages that were sent again at once; the number tells one time from the next. */
export interface Sending {
  number: number;
  replayed: string[];
}

/** What has become of them; asked every few seconds as long as one is on its way. */
export function useFates(service: LetterService, { number, replayed }: Sending): Map<string, LetterState> {
  const api = useApi();
  const queries = useQueryClient();
  const onTheWay = useQuery({
    queryKey: ['staff', 'onTheWay', service, number],
    queryFn: async ({ signal }) => {
      const query = { status: 'REPLAYING' as const, page: 0, size: 100 };
      const { rows } = await deadLetters[service].read(api, query, signal);
      return replayed.filter((id) => rows.some((row) => row.id === id));
    },
    refetchInterval: ({ state }) => (state.data?.length === 0 ? false : 3_000),
    enabled: replayed.length > 0,
  }).data;
  const settled = onTheWay === undefined ? [] : replayed.filter((id) => !onTheWay.includes(id));
  const letters = useQueries({
    queries: settled.map((id) => ({
      // Not what was read of it before it was sent.
      queryKey: ['staff', 'fate', service, id, number],
      queryFn: ({ signal }: { signal: AbortSignal }) => readLetter(api, service, id, signal),
    })),
  });
  // The list shows others once some of these have gone their way.
  useEffect(() => {
    if (settled.length > 0) void queries.invalidateQueries({ queryKey: ['staff', deadLetters[service].key] });
  }, [queries, service, settled.length]);
  return new Map(letters.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data.state] as const])));
}

/** Sends several once more; what cannot be sent is named in the answer and untouched. */
export function replayLetters(api: ApiClient, service: LetterService, ids: string[]) {
  const body = { ids };
  return answer(
    service === 'platform'
      ? api.POST('/api/admin/dead-letters/platform/replay', { body })
      : api.POST('/api/admin/dead-letters/transaction/replay', { body }),
  );
}

export function discardLetter(api: ApiClient, service: LetterService, deadLetterId: string, reason: string) {
  const call = { params: { path: { deadLetterId } }, body: { reason } };
  return answer(
    service === 'platform'
      ? api.POST('/api/admin/dead-letters/platform/{deadLetterId}/discard', call)
      : api.POST('/api/admin/dead-letters/transaction/{deadLetterId}/discard', call),
  );
}

export interface AuditAsked {
  from?: string;
  to?: string;
  actionType?: string;
  resourceType?: string;
  courtOwnerId?: string;
  page: number;
}

export function useAudit(asked: AuditAsked) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'audit', asked],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/audit-log', { params: { query: { ...asked, size: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
}

/** A decision of staff: afterwards everything of staff is read again, as one decision touches several lists. */
export function useDecision<Input, Output>(decide: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: decide,
    onSettled: () => queries.invalidateQueries({ queryKey: ['staff'] }),
  });
}
