/**
 * Rows of things: a table where there is room for one, a card per row where there is not. Its own width decides, not the
 * screen's. The whole page of a list is shown; `Pager` below turns pages.
 */
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './DataTable.module.css';

export interface Column<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers and amounts stand at the end of their column. */
  end?: boolean;
  /** What the card is called; one column of a table at most. */
  heading?: boolean;
}

interface DataTableProps<Row> {
  /** Names the table for who cannot see its surroundings. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Shown at the end of each row: links or buttons. */
  actions?: (row: Row) => ReactNode;
  actionsTitle?: string;
}

export function DataTable<Row>({ label, columns, rows, rowKey, actions, actionsTitle }: DataTableProps<Row>) {
  // Cards change how parts of a table are laid out, which takes their meaning away in some browsers: roles give it back.
  return (
    <div className={classes.frame}>
      <table className={classes.table} role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.key} role="columnheader" scope="col" data-end={column.end || undefined}>
                {column.title}
              </th>
            ))}
            {actions !== undefined && (
              <th role="columnheader" scope="col" data-end>
                {actionsTitle}
              </th>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                <td
                  key={column.key}
                  role="cell"
                  data-end={column.end || undefined}
                  data-heading={column.heading || undefined}
                >
                  <Text component="span" className={classes.label} aria-hidden>
                    {column.title}
                  </Text>
                  <span className={classes.value}>{column.cell(row)}</span>
                </td>
              ))}
              {actions !== undefined && (
                <td role="cell" data-end data-actions>
                  {actions(row)}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
