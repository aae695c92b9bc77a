/** Where the own business stands with verification, and asking for it (COURT-46 to COURT-53). */
import { answer, type BusinessType } from '@courtside/api';
import { useApi, useSession } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

export interface VerificationFields {
  businessName: string;
  taxId: string;
  businessType: BusinessType;
  businessAddress: string;
}

export function useVerification() {
  const api = useApi();
  return useQuery({
    queryKey: ['verification'],
    queryFn: ({ signal }) => answer(api.GET('/api/verification', { signal })),
  });
}

export function useSubmitVerification() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ fields, proof }: { fields: VerificationFields; proof: File }) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value as string);
      form.append('proofDocument', proof);
      return answer(
        api.POST('/api/verification', {
          // The form sets its own media type with the boundary.
          body: form as never,
          bodySerializer: (body) => body as never,
        }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['verification'] }),
  });
}

/** The profile of the session says whether somebody is verified and connected: read it anew. */
export function useRefreshUser() {
  const api = useApi();
  const { session } = useSession();
  return useQuery({
    queryKey: ['me'],
    queryFn: async ({ signal }) => {
      const user = await answer(api.GET('/api/users/me', { signal }));
      session.replaceUser(user);
      return user;
    },
    // Staff and Stripe decide elsewhere and in their own time: the page hears of it by itself.
    refetchInterval: ({ state: { data } }) =>
      data?.verified === true && data.stripeConnected ? false : 10_000,
  });
}
