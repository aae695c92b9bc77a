/** Where the ledger and the payment provider tell different stories, until somebody has looked. */
import { answer } from '@courtside/api';
import { formatInstant, useLanguage, viewerZone } from '@courtside/ui';
import { paymentReviews, type PaymentReview } from './data';
import { NotesField, type Decision } from './DecisionDialog';
import { DecisionList } from './DecisionList';
import { Json } from './Json';
import { useStaffTexts } from './texts';

function useDecisionOnReview(): Decision<PaymentReview, { notes: string }> {
  const { t } = useStaffTexts();
  return {
    title: () => t('money.resolveTitle'),
    confirm: t('money.resolve'),
    done: t('money.resolved'),
    blank: { notes: '' },
    isComplete: ({ notes }) => notes.trim() !== '',
    fields: ({ notes }, change, review) => (
      <>
        <Json label={t('money.details')} value={review.details} />
        <NotesField
          label={t('money.reviewNotes')}
          needed={t('money.notesNeeded')}
          maxLength={2000}
          value={notes}
          onChange={(value) => change({ notes: value })}
        />
      </>
    ),
    send: (api, review, { notes }) =>
      answer(
        api.POST('/api/admin/payment-reviews/{reviewId}/resolve', {
          params: { path: { reviewId: review.id } },
          body: { notes: notes.trim() },
        }),
      ),
  };
}

export function PaymentReviews() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const decision = useDecisionOnReview();
  return (
    <DecisionList
      label={t('money.reviews')}
      source={paymentReviews}
      isOpen={(row) => row.status === 'OPEN'}
      nameOf={(row) => row.subject}
      open={t('money.resolve')}
      decision={decision}
      columns={[
        {
          key: 'kind',
          title: t('money.kind'),
          heading: true,
          cell: (row) => t(`money.kinds.${row.kind}`, { defaultValue: row.kind }),
        },
        { key: 'subject', title: t('money.reference'), cell: (row) => row.subject },
        {
          key: 'since',
          title: t('money.opened'),
          cell: (row) => formatInstant(row.foundAt, viewerZone(), language),
        },
        {
          key: 'state',
          title: t('money.state'),
          cell: (row) => t(`money.review.${row.status}`, { defaultValue: row.status }),
        },
      ]}
    />
  );
}
