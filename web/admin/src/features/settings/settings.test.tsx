import type { OwnerMessages, ReminderRule } from '@courtside/api';
import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { prepare, showScreen, type Call } from '../../app/screenTest';
import words from '../../texts/en.json';
import { NotificationsPart } from './NotificationsPart';
import { RemindersPart } from './RemindersPart';

const show = (shown: () => ReactNode, respond: (call: Call) => unknown) =>
  showScreen({ role: 'COURT_OWNER', below: ['portal', 'owners'], path: '/settings', screen: shown, respond });

beforeAll(prepare);
afterEach(cleanup);

const kinds = Object.keys(words.messages.kinds) as OwnerMessages['preferences'][number]['eventType'][];

describe('the wishes of an owner for messages', () => {
  // NOTE-26, NOTE-28: each way of each kind alone; with email and push off, the portal keeps what cannot wait.
  it('are sent one by one, and the last way of an urgent kind is held', async () => {
    let stored: OwnerMessages = {
      preferences: kinds.map((eventType) => ({
        eventType,
        channels: { email: eventType !== 'CANCELLATION', push: true, inApp: true },
      })),
      doNotDisturb: null,
      emailDigest: { enabled: false, frequency: 'DAILY' },
    };
    const calls = await show(NotificationsPart, ({ method, body }) => {
      if (method !== 'PUT') return stored;
      const [{ eventType, channels }] = (body as OwnerMessages).preferences as [
        OwnerMessages['preferences'][0],
      ];
      stored = {
        ...stored,
        preferences: stored.preferences.map((row) =>
          row.eventType === eventType ? { eventType, channels: { ...row.channels, ...channels } } : row,
        ),
      };
      return stored;
    });
    const box = (kind: keyof typeof words.messages.kinds, way: keyof typeof words.messages.ways) =>
      screen.getByLabelText(`${words.messages.kinds[kind]}: ${words.messages.ways[way]}`);
    await screen.findByRole('table', { name: words.messages.title });
    expect(box('CANCELLATION', 'inApp')).toHaveProperty('disabled', false);
    await userEvent.click(box('CANCELLATION', 'push'));
    expect(calls.filter(({ method }) => method === 'PUT').map(({ body }) => body)).toEqual([
      { preferences: [{ eventType: 'CANCELLATION', channels: { push: false } }] },
    ]);
    await expect.poll(() => box('CANCELLATION', 'inApp')).toHaveProperty('disabled', true);
    expect(box('CANCELLATION', 'inApp')).toHaveProperty('checked', true);
    expect(box('PAYOUT_COMPLETED', 'inApp')).toHaveProperty('disabled', false);
  });
});

const rule: ReminderRule = {
  ruleId: '0198c3de-7a10-7000-8000-0000000000aa',
  triggerType: 'UNPAID_BOOKING',
  daysBeforeEvent: 3,
  hoursBeforeThreshold: 10,
  courtIds: 'ALL',
  channels: ['PUSH', 'IN_APP'],
  active: true,
  createdAt: '2026-11-01T10:00:00Z',
};

describe('reminder rules', () => {
  const answers =
    (rules: ReminderRule[], change: (call: Call) => unknown) =>
    (call: Call): unknown => {
      if (call.method !== 'GET') return change(call);
      return call.path.startsWith('/api/courts') ? { courts: [] } : { rules, totalCount: rules.length };
    };

  it('say in words what they do', async () => {
    await show(
      RemindersPart,
      answers(
        [rule, { ...rule, ruleId: 'other', triggerType: 'LOW_OCCUPANCY', channels: ['EMAIL'] }],
        () => ({}),
      ),
    );
    expect(
      await screen.findByText(
        /From 3 days and 10 hours before the start .* Told by: push and in the portal\./,
      ),
    ).toBeTruthy();
    expect(
      screen.getByText(
        /court without a booking for the next 3 days, on all your courts; .* Told by: email\./,
      ),
    ).toBeTruthy();
    expect(screen.getByText('2 of 10 active')).toBeTruthy();
  });

  // NOTE-44: one too many is refused with the services' words, and the switch goes back.
  it('stay off when ten are active already', async () => {
    const calls = await show(
      RemindersPart,
      answers([{ ...rule, active: false }], () =>
        Response.json({ error: 'MAX_RULES_REACHED', message: 'Ten rules are active.' }, { status: 422 }),
      ),
    );
    const toggle = await screen.findByRole('switch');
    await userEvent.click(toggle);
    expect(await screen.findByText('Ten rules are active.')).toBeTruthy();
    expect(calls.find(({ method }) => method === 'PUT')).toMatchObject({
      path: `/api/settings/reminder-rules/${rule.ruleId}`,
      body: { triggerType: 'UNPAID_BOOKING', active: true, courtIds: 'ALL' },
    });
    await expect.poll(() => toggle).toHaveProperty('checked', false);
  });

  // NOTE-42: ranges, at least one way, courts all or some.
  it('are checked before they are sent, and sent whole', async () => {
    const calls = await show(
      RemindersPart,
      answers([], () => rule),
    );
    await userEvent.click(await screen.findByRole('button', { name: words.reminders.new }));
    const form = within(await screen.findByRole('dialog'));
    await userEvent.selectOptions(form.getByLabelText(words.reminders.trigger), 'NO_CONTACT_MANUAL');
    // Hours mean nothing for this one.
    expect(form.queryByLabelText(words.reminders.hoursBefore)).toBeNull();
    const days = form.getByLabelText(words.reminders.daysWithout);
    await userEvent.clear(days);
    await userEvent.type(days, '31');
    await userEvent.click(form.getByLabelText(words.reminders.channel.PUSH));
    await userEvent.click(form.getByLabelText(words.reminders.channel.IN_APP));
    await userEvent.click(form.getByRole('button', { name: words.reminders.save }));
    expect(form.getByText(words.reminders.channelNeeded)).toBeTruthy();
    expect(days.getAttribute('aria-invalid')).toBe('true');
    expect(calls.some(({ method }) => method === 'POST')).toBe(false);
    await userEvent.clear(days);
    await userEvent.type(days, '2');
    await userEvent.click(form.getByLabelText(words.reminders.channel.EMAIL));
    await userEvent.click(form.getByRole('button', { name: words.reminders.save }));
    await expect
      .poll(() => calls.find(({ method }) => method === 'POST')?.body)
      .toEqual({
        triggerType: 'NO_CONTACT_MANUAL',
        daysBeforeEvent: 2,
        hoursBeforeThreshold: 10,
        courtIds: 'ALL',
        channels: ['EMAIL'],
        active: true,
      });
  });
});
