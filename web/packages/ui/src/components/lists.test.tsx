import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import en from '../texts/en.json';
import { ConfirmDialog } from './ConfirmDialog';
import { DataTable } from './DataTable';
import { Pager } from './Pager';

const show = (content: React.ReactNode) => render(<MantineProvider>{content}</MantineProvider>);

describe('lists and questions', () => {
  beforeEach(async () => {
    await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { ui: en } } });
    vi.stubGlobal('matchMedia', () => ({
      matches: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    }));
  });
  afterEach(cleanup);

  it('keep being a table, with its column named in each cell for the card', () => {
    show(
      <DataTable
        label="People"
        rows={[{ id: '1', name: 'Maria' }]}
        rowKey={(row) => row.id}
        columns={[{ key: 'name', title: 'Name', cell: (row) => row.name, heading: true }]}
        actions={() => <button type="button">Open</button>}
        actionsTitle="What to do"
      />,
    );
    const table = screen.getByRole('table', { name: 'People' });
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map((head) => head.textContent),
    ).toEqual(['Name', 'What to do']);
    expect(within(table).getAllByRole('cell')).toHaveLength(2);
  });

  it('turn pages only where there are some', async () => {
    const turned = vi.fn();
    show(<Pager page={0} size={20} total={41} onChange={turned} />);
    expect(screen.getByRole('status').textContent).toBe('Page 1 of 3');
    expect(screen.getByRole('button', { name: 'Previous' })).toHaveProperty('disabled', true);
    await userEvent.click(screen.getByRole('button', { name: 'Next' }));
    expect(turned).toHaveBeenCalledWith(1);
    cleanup();
    show(<Pager page={0} size={20} total={20} onChange={turned} />);
    expect(screen.queryByRole('navigation')).toBeNull();
  });

  it('ask once, stay open on failure and say why', async () => {
    const closed = vi.fn();
    const work = vi.fn().mockRejectedValueOnce(new TypeError('no network')).mockResolvedValueOnce(undefined);
    show(<ConfirmDialog opened title="Sure?" confirm="Do it" onConfirm={work} onClose={closed} />);
    await userEvent.click(await screen.findByRole('button', { name: 'Do it' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Check your connection');
    expect(closed).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Do it' }));
    expect(closed).toHaveBeenCalledOnce();
    expect(work).toHaveBeenCalledTimes(2);
  });
});
