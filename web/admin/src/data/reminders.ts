/** What an owner wants to be reminded of, and what those rules match right now (NOTE-42 to NOTE-57). */
import { answer, type ReminderRule, type ReminderRuleRequest } from '@courtside/api';
import { useApi } from '@courtside/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';

const rulesKey = ['reminders', 'rules'];
const alertsKey = ['reminders', 'alerts'];

/** NOTE-44. */
export const mostActiveRules = 10;

export function useReminderRules() {
  const api = useApi();
  return useQuery({
    queryKey: rulesKey,
    queryFn: async ({ signal }) => (await answer(api.GET('/api/settings/reminder-rules', { signal }))).rules,
  });
}

/** What a stored rule says, to be sent again with a change. */
export function termsOf({ ruleId, createdAt, ...terms }: ReminderRule): ReminderRuleRequest {
  void ruleId;
  void createdAt;
  return terms;
}

function useRuleChange<Input, Output>(send: (input: Input) => Promise<Output>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    // What a rule says decides what it matches.
    onSettled: () => queries.invalidateQueries({ queryKey: ['reminders'] }),
  });
}

/** Makes a rule, or replaces what one says. */
export function useSaveRule() {
  const api = useApi();
  return useRuleChange(({ ruleId, body }: { ruleId: string | undefined; body: ReminderRuleRequest }) =>
    answer(
      ruleId === undefined
        ? api.POST('/api/settings/reminder-rules', { body })
        : api.PUT('/api/settings/reminder-rules/{ruleId}', { params: { path: { ruleId } }, body }),
    ),
  );
}

export function useDeleteRule() {
  const api = useApi();
  return useRuleChange((ruleId: string) =>
    answer(api.DELETE('/api/settings/reminder-rules/{ruleId}', { params: { path: { ruleId } } })),
  );
}

/** What the active rules match now. Also feeds the badge in the navigation. */
export function useReminderAlerts(enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: alertsKey,
    queryFn: ({ signal }) => answer(api.GET('/api/settings/reminder-alerts', { signal })),
    // Time alone makes rules match; they are evaluated every half hour.
    refetchInterval: 5 * 60_000,
    enabled,
  });
}

export function useDismissAlert() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (alertId: string) =>
      answer(api.POST('/api/settings/reminder-alerts/{alertId}/dismiss', { params: { path: { alertId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: alertsKey }),
  });
}
