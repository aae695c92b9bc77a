/** Payouts that wait, and whether they are released or kept. */
import { answer } from '@courtside/api';
import { formatInstant, useLanguage, viewerZone } from '@courtside/ui';
import { payoutHolds, type PayoutHold } from './data';
import { ChoiceField, NotesField, type Decision } from './DecisionDialog';
import { DecisionList } from './DecisionList';
import { useStaffTexts } from './texts';

const verdicts = ['RELEASE', 'KEEP'] as const;
type Verdict = (typeof verdicts)[number];

function useDecisionOnHold(): Decision<PayoutHold, { verdict: Verdict | undefined; notes: string }> {
  const { t } = useStaffTexts();
  return {
    title: () => t('money.decideHold'),
    confirm: t('money.decide'),
    done: t('money.decided'),
    blank: { verdict: undefined, notes: '' },
    isComplete: ({ verdict }) => verdict !== undefined,
    fields: ({ verdict, notes }, change) => (
      <>
        <ChoiceField
          label={t('money.resolution')}
          values={verdicts}
          wordFor={(value) => t(`money.decisions.${value}`)}
          value={verdict}
          onChange={(value) => change({ verdict: value })}
        />
        <NotesField
          label={t('money.notes')}
          maxLength={2000}
          value={notes}
          onChange={(value) => change({ notes: value })}
        />
      </>
    ),
    send: (api, hold, { verdict, notes }) =>
      answer(
        api.POST('/api/admin/payout-holds/{holdId}/decide', {
          params: { path: { holdId: hold.id } },
          body: { decision: verdict as Verdict, notes: notes.trim() || null },
        }),
      ),
  };
}

export function PayoutHolds() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const decision = useDecisionOnHold();
  return (
    <DecisionList
      label={t('money.holds')}
      source={payoutHolds}
      isOpen={(row) => row.status === 'HELD'}
      nameOf={(row) => row.causeId}
      open={t('money.decide')}
      decision={decision}
      columns={[
        {
          key: 'reason',
          title: t('money.reason'),
          heading: true,
          cell: (row) => t(`money.holdReason.${row.reason}`),
        },
        { key: 'state', title: t('money.state'), cell: (row) => t(`money.hold.${row.status}`) },
        {
          key: 'since',
          title: t('money.opened'),
          cell: (row) => formatInstant(row.createdAt, viewerZone(), language),
        },
        { key: 'owner', title: t('money.owner'), cell: (row) => row.courtOwnerId },
        { key: 'reference', title: t('money.reference'), cell: (row) => row.causeId },
      ]}
    />
  );
}
