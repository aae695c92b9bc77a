/** What staff reads and decides. Every list is read a page at a time; a decision makes what it touches read again. */
import { answer, type ApiPaths, type Role } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

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

export function useDisputes(status: Dispute['status'] | undefined, page: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'disputes', status, page],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/admin/disputes', { params: { query: { status, page, size: pageSize } }, signal })),
    placeholderData: keepPreviousData,
  });
}

export function usePayoutHolds(status: PayoutHold['status'] | undefined, page: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'holds', status, page],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/admin/payout-holds', { params: { query: { status, page, size: pageSize } }, signal }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function usePaymentReviews(status: 'OPEN' | undefined, page: number) {
  const api = useApi();
  return useQuery({
    queryKey: ['staff', 'reviews', status, page],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/admin/payment-reviews', {
          params: { query: { status, page, size: pageSize } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
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
