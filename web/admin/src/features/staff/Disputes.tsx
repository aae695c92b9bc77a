/** Disputes and what an admin decides about them (PAY-50). */
import { answer } from '@courtside/api';
import { formatInstant, formatMoney, Money, useLanguage, viewerZone } from '@courtside/ui';
import { NumberInput } from '@mantine/core';
import { disputes, type Dispute } from './data';
import { ChoiceField, NotesField, type Decision } from './DecisionDialog';
import { DecisionList } from './DecisionList';
import { useStaffTexts } from './texts';

type Resolution = NonNullable<Dispute['resolution']>;
const resolutions: Resolution[] = ['REFUND_CUSTOMER', 'SIDE_WITH_OWNER', 'PARTIAL_REFUND'];

interface DisputeAnswer {
  resolution: Resolution | undefined;
  percentage: number | string;
  notes: string;
}

const isPercentage = (value: number | string) => typeof value === 'number' && value >= 0 && value <= 100;

function useDecisionOnDispute(): Decision<Dispute, DisputeAnswer> {
  const { t } = useStaffTexts();
  const language = useLanguage();
  return {
    title: (dispute) => t('money.decideDispute', { amount: formatMoney(dispute.amountCents, language) }),
    confirm: t('money.decide'),
    done: t('money.decided'),
    blank: { resolution: undefined, percentage: 50, notes: '' },
    isComplete: ({ resolution, percentage }) =>
      resolution !== undefined && (resolution !== 'PARTIAL_REFUND' || isPercentage(percentage)),
    fields: ({ resolution, percentage, notes }, change) => (
      <>
        <ChoiceField
          label={t('money.resolution')}
          values={resolutions}
          wordFor={(value) => t(`money.resolutions.${value}`)}
          value={resolution}
          onChange={(value) => change({ resolution: value })}
        />
        {resolution === 'PARTIAL_REFUND' && (
          <NumberInput
            label={t('money.percentage')}
            min={0}
            max={100}
            allowDecimal={false}
            suffix=" %"
            value={percentage}
            onChange={(value) => change({ percentage: value })}
            error={isPercentage(percentage) ? undefined : t('money.percentageNeeded')}
          />
        )}
        <NotesField
          label={t('money.notes')}
          maxLength={2000}
          value={notes}
          onChange={(value) => change({ notes: value })}
        />
      </>
    ),
    send: (api, dispute, { resolution, percentage, notes }) =>
      answer(
        api.POST('/api/admin/disputes/{disputeId}/resolve', {
          params: { path: { disputeId: dispute.id } },
          body: {
            resolution: resolution as Resolution,
            refundPercentage: resolution === 'PARTIAL_REFUND' ? Number(percentage) : undefined,
            notes: notes.trim() || null,
          },
        }),
      ),
  };
}

export function Disputes() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const decision = useDecisionOnDispute();
  const instant = (value: string) => formatInstant(value, viewerZone(), language);
  return (
    <DecisionList
      label={t('money.disputes')}
      source={disputes}
      isOpen={(row) => row.status !== 'RESOLVED'}
      nameOf={(row) => `${formatMoney(row.amountCents, language)}, ${row.bookingId}`}
      open={t('money.decide')}
      decision={decision}
      columns={[
        {
          key: 'amount',
          title: t('money.amount'),
          heading: true,
          cell: (row) => <Money cents={row.amountCents} />,
        },
        { key: 'reason', title: t('money.reason'), cell: (row) => row.reason },
        {
          key: 'state',
          title: t('money.state'),
          cell: (row) =>
            [
              t(`money.review.${row.status}`),
              t(`money.bank.${row.bankStatus}`),
              row.resolution == null ? undefined : t(`money.resolutions.${row.resolution}`),
            ]
              .filter(Boolean)
              .join(' · '),
        },
        { key: 'since', title: t('money.opened'), cell: (row) => instant(row.createdAt) },
        {
          key: 'due',
          title: t('money.due'),
          cell: (row) => (row.evidenceDueBy == null ? '–' : instant(row.evidenceDueBy)),
        },
        { key: 'booking', title: t('money.booking'), cell: (row) => row.bookingId },
      ]}
    />
  );
}
