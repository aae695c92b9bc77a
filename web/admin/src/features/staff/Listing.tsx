/** A list as staff reads it: placeholders, then rows and pages, or why there are none. */
import { DataTable, EmptyState, ListSkeleton, Pager, ProblemView, type Column } from '@courtside/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';

interface ListingProps<Page, Row> {
  label: string;
  query: UseQueryResult<Page>;
  rowsOf: (page: Page) => Row[];
  rowKey: (row: Row) => string;
  columns: Column<Row>[];
  actions?: (row: Row) => ReactNode;
  actionsTitle?: string;
  none: string;
  noneHint: string;
  /** Lists without pages leave these out. */
  page?: number;
  size?: number;
  totalOf?: (page: Page) => number;
  onPage?: (page: number) => void;
}

export function Listing<Page, Row>(props: ListingProps<Page, Row>) {
  const { query, page, size, totalOf, onPage } = props;
  if (query.isPending) return <ListSkeleton rows={4} height={64} />;
  if (query.data === undefined) {
    return <ProblemView error={query.error} onRetry={() => void query.refetch()} />;
  }
  const rows = props.rowsOf(query.data);
  return (
    <>
      {rows.length === 0 ? (
        <EmptyState icon={<IconInbox size={48} stroke={1.3} />} title={props.none} hint={props.noneHint} />
      ) : (
        <DataTable
          label={props.label}
          rows={rows}
          rowKey={props.rowKey}
          columns={props.columns}
          actions={props.actions}
          actionsTitle={props.actionsTitle}
        />
      )}
      {page !== undefined && size !== undefined && totalOf !== undefined && onPage !== undefined && (
        <Pager page={page} size={size} total={totalOf(query.data)} onChange={onPage} />
      )}
    </>
  );
}
