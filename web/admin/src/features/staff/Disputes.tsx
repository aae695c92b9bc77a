/** Disputes and what an admin decides about them (PAY-50). */
import { answer } from '@courtside/api';
import {
  ConfirmDialog,
  formatInstant,
  formatMoney,
  Money,
  toastDone,
  useApi,
  useLanguage,
  viewerZone,
} from '@courtside/ui';
import { Button, NumberInput, Radio, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { pageSize, useDecision, useDisputes, type Dispute } from './data';
import { Listing } from './Listing';
import { OpenOrAll } from './OpenOrAll';
import { useStaffTexts } from './texts';

type Resolution = NonNullable<Dispute['resolution']>;
const resolutions: Resolution[] = ['REFUND_CUSTOMER', 'SIDE_WITH_OWNER', 'PARTIAL_REFUND'];

function Decide({ dispute, onClose }: { dispute: Dispute; onClose: () => void }) {
  const { t } = useStaffTexts();
  const api = useApi();
  const language = useLanguage();
  const [resolution, setResolution] = useState<Resolution>();
  const [percentage, setPercentage] = useState<number | string>(50);
  const [notes, setNotes] = useState('');
  const partial = resolution === 'PARTIAL_REFUND';
  const isPercentage = typeof percentage === 'number' && percentage >= 0 && percentage <= 100;
  const decide = useDecision(() =>
    answer(
      api.POST('/api/admin/disputes/{disputeId}/resolve', {
        params: { path: { disputeId: dispute.id } },
        body: {
          resolution: resolution as Resolution,
          refundPercentage: partial ? Number(percentage) : undefined,
          notes: notes.trim() || null,
        },
      }),
    ),
  );
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('money.decideDispute', { amount: formatMoney(dispute.amountCents, language) })}
      confirm={t('money.decide')}
      blocked={resolution === undefined || (partial && !isPercentage)}
      onConfirm={async () => {
        await decide.mutateAsync(undefined);
        toastDone(t('money.decided'));
      }}
    >
      <Radio.Group
        label={t('money.resolution')}
        value={resolution ?? null}
        onChange={(value) => setResolution(value)}
      >
        <Stack gap="xs" mt="xs">
          {resolutions.map((value) => (
            <Radio key={value} value={value} label={t(`money.resolutions.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {partial && (
        <NumberInput
          label={t('money.percentage')}
          min={0}
          max={100}
          allowDecimal={false}
          suffix=" %"
          value={percentage}
          onChange={setPercentage}
          error={isPercentage ? undefined : t('money.percentageNeeded')}
        />
      )}
      <Textarea
        label={t('money.notes')}
        maxLength={2000}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

export function Disputes() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const [page, setPage] = useState(0);
  const [chosen, setChosen] = useState<Dispute>();
  const disputes = useDisputes(all ? undefined : 'OPEN', page);
  const instant = (value: string) => formatInstant(value, viewerZone(), language);
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
        label={t('money.disputes')}
        query={disputes}
        rowsOf={(found) => found.disputes}
        rowKey={(row) => row.id}
        none={t('money.none')}
        noneHint={t('money.noneHint')}
        page={page}
        size={pageSize}
        totalOf={(found) => found.totalElements}
        onPage={setPage}
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
        actionsTitle={t('money.decide')}
        actions={(row) =>
          row.status !== 'RESOLVED' && (
            <Button
              size="xs"
              aria-label={`${t('money.decide')}: ${formatMoney(row.amountCents, language)}, ${row.bookingId}`}
              onClick={() => setChosen(row)}
            >
              {t('money.decide')}
            </Button>
          )
        }
      />
      {chosen !== undefined && <Decide dispute={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}
