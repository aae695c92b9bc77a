/** Payouts that wait, and whether they are released or kept. */
import { answer } from '@courtside/api';
import { ConfirmDialog, formatInstant, toastDone, useApi, useLanguage, viewerZone } from '@courtside/ui';
import { Button, Radio, Stack, Textarea } from '@mantine/core';
import { useState } from 'react';
import { pageSize, useDecision, usePayoutHolds, type PayoutHold } from './data';
import { Listing } from './Listing';
import { OpenOrAll } from './OpenOrAll';
import { useStaffTexts } from './texts';

const decisions = ['RELEASE', 'KEEP'] as const;

function Decide({ hold, onClose }: { hold: PayoutHold; onClose: () => void }) {
  const { t } = useStaffTexts();
  const api = useApi();
  const [decision, setDecision] = useState<(typeof decisions)[number]>();
  const [notes, setNotes] = useState('');
  const decide = useDecision((chosen: (typeof decisions)[number]) =>
    answer(
      api.POST('/api/admin/payout-holds/{holdId}/decide', {
        params: { path: { holdId: hold.id } },
        body: { decision: chosen, notes: notes.trim() || null },
      }),
    ),
  );
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('money.decideHold')}
      confirm={t('money.decide')}
      blocked={decision === undefined}
      onConfirm={async () => {
        if (decision === undefined) return;
        await decide.mutateAsync(decision);
        toastDone(t('money.decided'));
      }}
    >
      <Radio.Group
        label={t('money.resolution')}
        value={decision ?? null}
        onChange={(value) => setDecision(decisions.find((known) => known === value))}
      >
        <Stack gap="xs" mt="xs">
          {decisions.map((value) => (
            <Radio key={value} value={value} label={t(`money.decisions.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Textarea
        label={t('money.notes')}
        maxLength={2000}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
      />
    </ConfirmDialog>
  );
}

export function PayoutHolds() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const [page, setPage] = useState(0);
  const [chosen, setChosen] = useState<PayoutHold>();
  const holds = usePayoutHolds(all ? undefined : 'HELD', page);
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
        label={t('money.holds')}
        query={holds}
        rowsOf={(found) => found.holds}
        rowKey={(row) => row.id}
        none={t('money.none')}
        noneHint={t('money.noneHint')}
        page={page}
        size={pageSize}
        totalOf={(found) => found.totalElements}
        onPage={setPage}
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
        actionsTitle={t('money.decide')}
        actions={(row) =>
          row.status === 'HELD' && (
            <Button
              size="xs"
              aria-label={`${t('money.decide')}: ${row.causeId}`}
              onClick={() => setChosen(row)}
            >
              {t('money.decide')}
            </Button>
          )
        }
      />
      {chosen !== undefined && <Decide hold={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}
