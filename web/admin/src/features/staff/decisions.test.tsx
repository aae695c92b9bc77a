import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { prepare, showScreen, type Call } from '../../app/screenTest';
import words from './texts/en.json';

const showStaff = (path: string, shown: () => ReactNode, respond: (call: Call) => unknown) =>
  showScreen({ role: 'PLATFORM_ADMIN', below: ['portal'], path, screen: shown, respond });

/** Their texts are put beside those of the app once it has started. */
const load = async () => ({
  ...(await import('./DeadLettersPage')),
  ...(await import('./Disputes')),
  ...(await import('./PaymentReviews')),
  ...(await import('./PayoutHolds')),
});
let screens: Awaited<ReturnType<typeof load>>;

beforeAll(async () => {
  await prepare();
  screens = await load();
});
afterEach(cleanup);

const page = { totalElements: 1, page: 0, size: 20 };
const since = '2026-11-20T10:00:00Z';

describe('decisions of administrators', () => {
  // PAY-50: a partial refund names its share; nothing is sent before an answer was chosen.
  it('decide a dispute once something is chosen, and give the keyboard back', async () => {
    const dispute = {
      id: 'd1',
      bookingId: 'b1',
      amountCents: 2400,
      reason: 'fraudulent',
      status: 'OPEN',
      bankStatus: 'OPEN',
      createdAt: since,
    };
    const calls = await showStaff('/staff/money', screens.Disputes, ({ method }) =>
      method === 'GET' ? { ...page, disputes: [dispute] } : dispute,
    );
    const open = await screen.findByRole('button', { name: /^Decide: €24\.00/ });
    await userEvent.click(open);
    const dialog = await screen.findByRole('dialog');
    const send = within(dialog).getByRole('button', { name: words.money.decide });
    expect(send).toHaveProperty('disabled', true);
    await userEvent.click(within(dialog).getByLabelText(words.money.resolutions.PARTIAL_REFUND));
    const share = within(dialog).getByLabelText(words.money.percentage);
    await userEvent.clear(share);
    expect(send).toHaveProperty('disabled', true);
    await userEvent.type(share, '30');
    await userEvent.click(send);
    expect(calls.find(({ method }) => method === 'POST')).toEqual({
      method: 'POST',
      path: '/api/admin/disputes/d1/resolve',
      body: { resolution: 'PARTIAL_REFUND', refundPercentage: 30, notes: null },
    });
    await expect.poll(() => document.activeElement).toBe(open);
  });

  it('release or keep held payouts', async () => {
    const hold = {
      id: 'h1',
      causeId: 'c1',
      courtOwnerId: 'o1',
      reason: 'DISPUTE',
      status: 'HELD',
      createdAt: since,
    };
    const calls = await showStaff('/staff/money', screens.PayoutHolds, ({ method }) =>
      method === 'GET' ? { ...page, holds: [hold] } : hold,
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Decide: c1' }));
    const dialog = await screen.findByRole('dialog');
    await userEvent.click(within(dialog).getByLabelText(words.money.decisions.KEEP));
    await userEvent.type(within(dialog).getByLabelText(words.money.notes), ' looks odd ');
    await userEvent.click(within(dialog).getByRole('button', { name: words.money.decide }));
    expect(calls.find(({ method }) => method === 'POST')).toMatchObject({
      path: '/api/admin/payout-holds/h1/decide',
      body: { decision: 'KEEP', notes: 'looks odd' },
    });
  });

  it('close a difference only with a note, and show only open ones at first', async () => {
    const review = {
      id: 'r1',
      kind: 'CAPTURE_DIFFERS',
      subject: 'pi_1',
      status: 'OPEN',
      details: { ours: 1, theirs: 2 },
      foundAt: since,
      seenAt: since,
    };
    const calls = await showStaff('/staff/money', screens.PaymentReviews, ({ method }) =>
      method === 'GET' ? { ...page, reviews: [review] } : new Response(null, { status: 200 }),
    );
    await userEvent.click(await screen.findByRole('button', { name: 'Settle: pi_1' }));
    expect(calls[0]?.path).toContain('status=OPEN');
    const dialog = await screen.findByRole('dialog');
    expect(within(dialog).getByLabelText(words.money.details).textContent).toContain('"theirs": 2');
    const send = within(dialog).getByRole('button', { name: words.money.resolve });
    await userEvent.type(within(dialog).getByLabelText(/What you found/), '   ');
    expect(send).toHaveProperty('disabled', true);
    await userEvent.type(within(dialog).getByLabelText(/What you found/), 'rounding');
    await userEvent.click(send);
    expect(calls.find(({ method }) => method === 'POST')?.body).toEqual({ notes: 'rounding' });
  });
});

const letter = (id: string, more = {}) => ({
  id,
  consumerGroup: 'transaction.bookings',
  topic: 'court-update-events',
  key: `court ${id}`,
  eventId: `event ${id}`,
  eventType: 'COURT_DELETED',
  error: 'no such court',
  attempts: 8,
  replays: 0,
  state: 'PARKED',
  parkedAt: since,
  changedAt: null,
  ...more,
});

describe('dead letters', () => {
  // EVT-05: several are sent again at once; what could not be sent is named, and what became of the rest is followed.
  it('are sent again together, each with its own outcome', async () => {
    const states = new Map([
      ['l1', 'PARKED'],
      ['l2', 'PARKED'],
      ['l3', 'PARKED'],
    ]);
    const letters = () => [...states].map(([id, state]) => letter(id, { state }));
    const calls = await showStaff('/staff/dead-letters', screens.DeadLettersPage, ({ method, path }) => {
      if (method === 'POST') {
        // Both are handled before anybody asks, one fails as before.
        states.set('l1', 'HANDLED');
        return { replayed: ['l1', 'l2'], skipped: ['l3'] };
      }
      const [, one] = /transaction\/(l\d)$/.exec(path) ?? [];
      if (one !== undefined) return { ...letter(one, { state: states.get(one) }), payload: {} };
      const wanted = new URL(`http://x${path}`).searchParams.get('state');
      const content = letters().filter(({ state }) => wanted === null || state === wanted);
      return { content, page: 0, size: 20, totalElements: content.length };
    });
    await userEvent.click(await screen.findByLabelText(words.deadLetters.chooseAll));
    await userEvent.click(screen.getByRole('button', { name: 'Send again (3)' }));
    expect(calls.find(({ method }) => method === 'POST')).toEqual({
      method: 'POST',
      path: '/api/admin/dead-letters/transaction/replay',
      body: { ids: ['l1', 'l2', 'l3'] },
    });
    const report = await screen.findByRole('region', { name: words.deadLetters.report });
    await within(report).findByText(words.deadLetters.is.HANDLED);
    expect(await within(report).findByText(words.deadLetters.failedAgain)).toBeTruthy();
    expect(within(report).getByText(words.deadLetters.skipped)).toBeTruthy();
    expect(within(report).getByRole('status').textContent).toBe('3 of 3 settled');
    // What was handled has left the list of parked ones.
    await expect.poll(() => screen.queryByLabelText('Choose: COURT_DELETED, court l1')).toBeNull();
    expect(screen.getByLabelText('Choose: COURT_DELETED, court l2')).toBeTruthy();
  });

  // EVT-05, EVT-09: the content is masked by the service; putting one away takes a reason.
  it('are looked at and put away for a reason', async () => {
    const calls = await showStaff('/staff/dead-letters', screens.DeadLettersPage, ({ method, path }) => {
      if (method === 'POST') return new Response(null, { status: 204 });
      if (path.includes('/transaction/l1')) {
        return {
          ...letter('l1'),
          payload: { eventType: 'COURT_DELETED', payload: { courtName: '[masked]' } },
        };
      }
      return { content: [letter('l1')], page: 0, size: 20, totalElements: 1 };
    });
    await userEvent.click(await screen.findByRole('button', { name: 'Details: COURT_DELETED, court l1' }));
    expect((await screen.findByLabelText(words.deadLetters.details)).textContent).toContain(
      '"courtName": "[masked]"',
    );
    await userEvent.click(screen.getByRole('button', { name: words.deadLetters.discard }));
    const dialog = await screen.findByRole('dialog', { name: words.deadLetters.discardTitle });
    const send = within(dialog).getByRole('button', { name: words.deadLetters.discard });
    expect(send).toHaveProperty('disabled', true);
    await userEvent.type(within(dialog).getByLabelText(/Why it is not needed/), 'The court is gone');
    await userEvent.click(send);
    expect(calls.find(({ method }) => method === 'POST')).toEqual({
      method: 'POST',
      path: '/api/admin/dead-letters/transaction/l1/discard',
      body: { reason: 'The court is gone' },
    });
  });

  it('say so when there are none', async () => {
    await showStaff('/staff/dead-letters', screens.DeadLettersPage, () => ({
      content: [],
      page: 0,
      size: 20,
      totalElements: 0,
    }));
    expect(await screen.findByText(words.deadLetters.none)).toBeTruthy();
    expect(screen.queryByLabelText(words.deadLetters.chooseAll)).toBeNull();
  });
});
