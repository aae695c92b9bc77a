/** Everything an owner can change about a court after it was made, and what belongs to several courts. */
import {
  answer,
  type BulkUpdateRequest,
  type CancellationPolicyTier,
  type ConfirmationMode,
  type CourtDefaults,
  type UpdateCourtRequest,
  type UpdatePricingRequest,
} from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

export function useCourt(courtId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['courts', 'one', courtId],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/courts/{courtId}', { params: { path: { courtId } }, signal })),
  });
}

/** A change of one court; whatever it was, the court and its lists are read again. */
function useCourtChange<Input, Result>(courtId: string, send: (input: Input) => Promise<Result>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['courts'] }),
        queries.invalidateQueries({ queryKey: ['court-settings', courtId] }),
        queries.invalidateQueries({ queryKey: ['availability', courtId] }),
      ]),
  });
}

/** COURT-16: partial, with the version it was read with. */
export function useUpdateCourt(courtId: string) {
  const api = useApi();
  return useCourtChange(courtId, (body: UpdateCourtRequest) =>
    answer(api.PUT('/api/courts/{courtId}', { params: { path: { courtId } }, body })),
  );
}

export function useSetConfirmationMode(courtId: string) {
  const api = useApi();
  return useCourtChange(
    courtId,
    (body: { mode: ConfirmationMode; confirmationTimeoutHours: number | null }) =>
      answer(api.PUT('/api/courts/{courtId}/confirmation-mode', { params: { path: { courtId } }, body })),
  );
}

export function useSetWaitlist(courtId: string) {
  const api = useApi();
  return useCourtChange(courtId, (enabled: boolean) =>
    answer(
      api.PUT('/api/courts/{courtId}/waitlist-config', { params: { path: { courtId } }, body: { enabled } }),
    ),
  );
}

export function useCancellationPolicy(courtId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['court-settings', courtId, 'cancellation'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/courts/{courtId}/cancellation-policy', { params: { path: { courtId } }, signal })),
  });
}

export function useReplaceCancellationPolicy(courtId: string) {
  const api = useApi();
  return useCourtChange(courtId, (tiers: CancellationPolicyTier[]) =>
    answer(
      api.PUT('/api/courts/{courtId}/cancellation-policy', {
        params: { path: { courtId } },
        body: { tiers },
      }),
    ),
  );
}

export function usePricing(courtId: string) {
  const api = useApi();
  return useQuery({
    queryKey: ['court-settings', courtId, 'pricing'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/courts/{courtId}/pricing', { params: { path: { courtId } }, signal })),
  });
}

export function useReplacePricing(courtId: string) {
  const api = useApi();
  return useCourtChange(courtId, (body: UpdatePricingRequest) =>
    answer(api.PUT('/api/courts/{courtId}/pricing', { params: { path: { courtId } }, body })),
  );
}

export function useUploadImages(courtId: string) {
  const api = useApi();
  return useCourtChange(courtId, (files: File[]) => {
    const form = new FormData();
    for (const file of files) form.append('images', file);
    return answer(
      api.POST('/api/courts/{courtId}/images', {
        params: { path: { courtId } },
        // The form sets its own media type with the boundary.
        body: form as never,
        bodySerializer: (body) => body as never,
      }),
    );
  });
}

/** COURT-15: the given order; what is left out is removed. */
export function useArrangeImages(courtId: string) {
  const api = useApi();
  return useCourtChange(courtId, (body: { version: number; imageUrls: string[] }) =>
    answer(api.PUT('/api/courts/{courtId}/images', { params: { path: { courtId } }, body })),
  );
}

export function useCloneSettings(courtId: string) {
  const api = useApi();
  return useCourtChange(courtId, (body: { targetCourtIds: string[]; confirmed?: boolean }) =>
    answer(api.POST('/api/courts/{courtId}/clone-settings', { params: { path: { courtId } }, body })),
  );
}

export function useTransferCourt(courtId: string) {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (targetOwnerEmail: string) =>
      answer(
        api.POST('/api/courts/{courtId}/transfer', {
          params: { path: { courtId } },
          body: { targetOwnerEmail },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: ['court-transfers'] }),
  });
}

export function useTransfers() {
  const api = useApi();
  return useQuery({
    queryKey: ['court-transfers'],
    queryFn: async ({ signal }) => (await answer(api.GET('/api/courts/transfers', { signal }))).transfers,
  });
}

export function useDecideTransfer() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ transferId, accept }: { transferId: string; accept: boolean }): Promise<void> => {
      const params = { path: { transferId } };
      if (accept) await answer(api.POST('/api/courts/transfers/{transferId}/confirm', { params }));
      else await answer(api.POST('/api/courts/transfers/{transferId}/withdraw', { params }));
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['court-transfers'] }),
        queries.invalidateQueries({ queryKey: ['courts'] }),
      ]),
  });
}

export function useRemoveCourt() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (courtId: string) =>
      answer(api.DELETE('/api/courts/{courtId}', { params: { path: { courtId } } })),
    onSuccess: (_nothing, courtId) => {
      queries.removeQueries({ queryKey: ['courts', 'one', courtId] });
      return queries.invalidateQueries({ queryKey: ['courts', 'mine'] });
    },
  });
}

/** COURT-39: each court is written by itself; the answer tells court by court. */
export function useBulkUpdate() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: BulkUpdateRequest) => answer(api.POST('/api/courts/bulk-update', { body })),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['courts'] }),
        queries.invalidateQueries({ queryKey: ['court-settings'] }),
        queries.invalidateQueries({ queryKey: ['availability'] }),
      ]),
  });
}

export function useCourtDefaults() {
  const api = useApi();
  return useQuery({
    queryKey: ['court-defaults'],
    queryFn: ({ signal }) => answer(api.GET('/api/settings/court-defaults', { signal })),
  });
}

export function useReplaceCourtDefaults() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: CourtDefaults) => answer(api.PUT('/api/settings/court-defaults', { body })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['court-defaults'] }),
  });
}
