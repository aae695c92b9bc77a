import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PreferencesGrid } from './PreferencesGrid';

const rows = [
  { kind: 'CANCELLATION', label: 'Cancellations' },
  { kind: 'PAYOUT', label: 'Payouts', error: 'is not yours' },
] as const;
const ways = [
  { way: 'email', label: 'Email' },
  { way: 'inApp', label: 'Portal' },
] as const;

beforeEach(() =>
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  })),
);
afterEach(cleanup);

describe('the grid of preferences', () => {
  // NOTE-26: each way of each kind is set alone.
  it('hands over one change at a time', async () => {
    const changed = vi.fn();
    render(
      <MantineProvider>
        <PreferencesGrid
          label="Messages"
          kindTitle="About"
          rows={rows}
          ways={ways}
          isOn={(kind, way) => kind === 'CANCELLATION' || way === 'inApp'}
          heldBy={(kind, way) => (kind === 'CANCELLATION' && way === 'inApp' ? 'Always shown' : undefined)}
          onChange={changed}
        />
      </MantineProvider>,
    );
    expect(screen.getByRole('table', { name: 'Messages' })).toBeTruthy();
    await userEvent.click(screen.getByRole('checkbox', { name: 'Cancellations: Email' }));
    await userEvent.click(screen.getByRole('checkbox', { name: 'Payouts: Email' }));
    expect(changed.mock.calls).toEqual([
      ['CANCELLATION', 'email', false],
      ['PAYOUT', 'email', true],
    ]);
    // NOTE-28
    const held = screen.getByRole('checkbox', { name: 'Cancellations: Portal' });
    expect(held).toHaveProperty('disabled', true);
    expect(held.getAttribute('aria-description')).toBe('Always shown');
    expect(screen.getByRole('alert').textContent).toBe('is not yours');
  });
});
