/** The secret address of the owner's calendar (BOOK-65). */
import { answer } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

export function useCalendarFeed() {
  const api = useApi();
  return useQuery({
    queryKey: ['calendar-feed'],
    queryFn: ({ signal }) => answer(api.GET('/api/bookings/calendar/subscription', { signal })),
  });
}

/** The address is told only in the answer that made it. */
export function useChangeCalendarFeed() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (what: 'renew' | 'remove') => {
      if (what === 'renew') return answer(api.POST('/api/bookings/calendar/subscription'));
      await answer(api.DELETE('/api/bookings/calendar/subscription'));
      return undefined;
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['calendar-feed'] }),
  });
}
