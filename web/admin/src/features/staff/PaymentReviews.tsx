/** Where the ledger and the payment provider tell different stories, until somebody has looked. */
import { answer } from '@courtside/api';
import { ConfirmDialog, formatInstant, toastDone, useApi, useLanguage, viewerZone } from '@courtside/ui';
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { pageSize, useDecision, usePaymentReviews, type PaymentReview } from './data';
import { Listing } from './Listing';
import { OpenOrAll } from './OpenOrAll';
import classes from './StaffPage.module.css';
import { useStaffTexts } from './texts';

function Resolve({ review, onClose }: { review: PaymentReview; onClose: () => void }) {
  const { t } = useStaffTexts();
  const api = useApi();
  const [notes, setNotes] = useState('');
  const resolve = useDecision(() =>
    answer(
      api.POST('/api/admin/payment-reviews/{reviewId}/resolve', {
        params: { path: { reviewId: review.id } },
        body: { notes: notes.trim() },
      }),
    ),
  );
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('money.resolveTitle')}
      confirm={t('money.resolve')}
      blocked={notes.trim() === ''}
      onConfirm={async () => {
        await resolve.mutateAsync(undefined);
        toastDone(t('money.resolved'));
      }}
    >
      <pre className={classes.json}>{JSON.stringify(review.details, null, 2)}</pre>
      <Textarea
        label={t('money.reviewNotes')}
        description={t('money.notesNeeded')}
        required
        data-autofocus
        maxLength={2000}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

export function PaymentReviews() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const [page, setPage] = useState(0);
  const [chosen, setChosen] = useState<PaymentReview>();
  const reviews = usePaymentReviews(all ? undefined : 'OPEN', page);
  return (
    <>
      <OpenOrAll
        all={all}
        onChange={(value) => {
          setAll(value);
          setPage(0);
        }}
      />
      <Listing
        label={t('money.reviews')}
        query={reviews}
        rowsOf={(found) => found.reviews}
        rowKey={(row) => row.id}
        none={t('money.none')}
        noneHint={t('money.noneHint')}
        page={page}
        size={pageSize}
        totalOf={(found) => found.totalElements}
        onPage={setPage}
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
        actionsTitle={t('money.resolve')}
        actions={(row) =>
          row.status === 'OPEN' && (
            <Button
              size="xs"
              aria-label={`${t('money.resolve')}: ${row.subject}`}
              onClick={() => setChosen(row)}
            >
              {t('money.resolve')}
            </Button>
          )
        }
      />
      {chosen !== undefined && <Resolve review={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}
