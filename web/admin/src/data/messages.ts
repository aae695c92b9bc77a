/** Which messages an owner wants, on which way and when (NOTE-25 to NOTE-32). Each change is shown at once and sent alone. */
import { answer, type OwnerMessages, type UpdateOwnerMessages } from '@courtside/api';
import { toastProblem, useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';

const key = ['owner-messages'];
const changing = ['change-owner-messages'];

export function useOwnerMessages() {
  const api = useApi();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => answer(api.GET('/api/settings/notification-preferences', { signal })),
    staleTime: 60_000,
  });
}

/** The wishes as they will be; what is not named stays. */
export function withChange(before: OwnerMessages, change: UpdateOwnerMessages): OwnerMessages {
  const { preferences, doNotDisturb, emailDigest } = change;
  const hours = { enabled: false, startTime: '', endTime: '', ...before.doNotDisturb };
  return {
    preferences: before.preferences.map(({ eventType, channels }) => {
      const wish = preferences?.find((named) => named.eventType === eventType)?.channels;
      return {
        eventType,
        channels: {
          email: wish?.email ?? channels.email,
          push: wish?.push ?? channels.push,
          inApp: wish?.inApp ?? channels.inApp,
        },
      };
    }),
    doNotDisturb:
      doNotDisturb == null
        ? before.doNotDisturb
        : {
            enabled: doNotDisturb.enabled ?? hours.enabled,
            startTime: doNotDisturb.startTime ?? hours.startTime,
            endTime: doNotDisturb.endTime ?? hours.endTime,
          },
    emailDigest: { ...before.emailDigest, enabled: emailDigest?.enabled ?? before.emailDigest.enabled },
  };
}

export function useChangeOwnerMessages() {
  const api = useApi();
  const queries = useQueryClient();
  const { t } = useTranslation();
  return useMutation({
    mutationKey: changing,
    mutationFn: (change: UpdateOwnerMessages) =>
      answer(api.PUT('/api/settings/notification-preferences', { body: change })),
    onMutate: async (change) => {
      await queries.cancelQueries({ queryKey: key });
      queries.setQueryData<OwnerMessages>(key, (before) => before && withChange(before, change));
    },
    onError: (thrown) => toastProblem(thrown, t('messages.notSaved')),
    // Only after the last press, or an earlier answer would take back what was pressed after it.
    onSettled: () =>
      queries.isMutating({ mutationKey: changing }) > 1
        ? undefined
        : queries.invalidateQueries({ queryKey: key }),
  });
}
