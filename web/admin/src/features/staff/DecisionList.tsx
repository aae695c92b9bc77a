/** What waits for a decision, a page at a time: the open ones or all, and the question behind the button of an open one. */
import type { Column } from '@courtside/ui';
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { pageSize, useSource, type Source } from './data';
import { DecisionDialog, type Decision } from './DecisionDialog';
import { Listing } from './Listing';
import { useStaffTexts } from './texts';

interface DecisionListProps<Row extends { id: string }, State extends string, Answer extends object> {
  label: string;
  source: Source<Row, State>;
  columns: Column<Row>[];
  isOpen: (row: Row) => boolean;
  /** Tells one button from another for who cannot see its row. */
  nameOf: (row: Row) => string;
  /** What the button of a row says. */
  open: string;
  decision: Decision<Row, Answer>;
}

export function DecisionList<Row extends { id: string }, State extends string, Answer extends object>({
  label,
  source,
  columns,
  isOpen,
  nameOf,
  open,
  decision,
}: DecisionListProps<Row, State, Answer>) {
  const { t } = useStaffTexts();
  const [all, setAll] = useState(false);
  const [page, setPage] = useState(0);
  const [chosen, setChosen] = useState<Row>();
  const found = useSource(source, all ? undefined : source.open, page);
  return (
    <>
      <SegmentedControl
        aria-label={t('money.show')}
        mb="md"
        value={all ? 'all' : 'open'}
        onChange={(value) => {
          setAll(value === 'all');
          setPage(0);
        }}
        data={[
          { value: 'open', label: t('money.open') },
          { value: 'all', label: t('money.all') },
        ]}
      />
      <Listing
        label={label}
        query={found}
        rowsOf={({ rows }) => rows}
        rowKey={(row) => row.id}
        none={t('money.none')}
        noneHint={t('money.noneHint')}
        page={page}
        size={pageSize}
        totalOf={({ totalElements }) => totalElements}
        onPage={setPage}
        columns={columns}
        actionsTitle={open}
        actions={(row) =>
          isOpen(row) && (
            <Button size="xs" aria-label={`${open}: ${nameOf(row)}`} onClick={() => setChosen(row)}>
              {open}
            </Button>
          )
        }
      />
      {chosen !== undefined && (
        <DecisionDialog row={chosen} decision={decision} onClose={() => setChosen(undefined)} />
      )}
    </>
  );
}
