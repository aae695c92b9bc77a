/** ADMIN-37: which messages come on which way, to which browser, and when not (NOTE-25 to NOTE-32). */
import type { OwnerEventType, OwnerMessages, UpdateOwnerMessages } from '@courtside/api';
import { ListSkeleton, PreferencesGrid, ProblemView, PushSettings } from '@courtside/ui';
import { Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../app/Panel';
import { push } from '../../app/services';
import { useChangeOwnerMessages, useOwnerMessages } from '../../data/messages';

type Way = 'email' | 'push' | 'inApp';
const ways: Way[] = ['email', 'push', 'inApp'];

/** NOTE-14: these cannot wait. */
const urgent = new Set<OwnerEventType>([
  'NEW_BOOKING',
  'CANCELLATION',
  'PENDING_CONFIRMATION',
  'PAYMENT_DISPUTE',
]);

/** What the hours are before somebody has chosen any. */
const suggested = { startTime: '23:00', endTime: '07:00' };

export function NotificationsPart() {
  const { t } = useTranslation();
  const messages = useOwnerMessages();
  const change = useChangeOwnerMessages();
  return (
    <Stack gap="md">
      <Panel title={t('messages.device')} lead={t('messages.deviceLead')}>
        <PushSettings push={push} />
      </Panel>
      {messages.isPending && <ListSkeleton rows={3} height={140} />}
      {messages.isError && messages.data === undefined && (
        <ProblemView error={messages.error} onRetry={() => void messages.refetch()} />
      )}
      {messages.data !== undefined && <Wishes messages={messages.data} onChange={change.mutate} />}
    </Stack>
  );
}

interface WishesProps {
  messages: OwnerMessages;
  onChange: (change: UpdateOwnerMessages) => void;
}

function Wishes({ messages, onChange }: WishesProps) {
  const { t } = useTranslation();
  const channelsOf = (kind: OwnerEventType) =>
    messages.preferences.find(({ eventType }) => eventType === kind)?.channels;
  const isOn = (kind: OwnerEventType, way: Way) => channelsOf(kind)?.[way] === true;
  /** NOTE-28: with the other ways off, the services keep this one. */
  const isHeld = (kind: OwnerEventType, way: Way) =>
    way === 'inApp' && urgent.has(kind) && !isOn(kind, 'email') && !isOn(kind, 'push');
  const set = (kind: OwnerEventType, way: Way, on: boolean) => {
    const channels = { ...channelsOf(kind), [way]: on };
    const silent = urgent.has(kind) && ways.every((one) => channels[one] !== true);
    onChange({
      preferences: [{ eventType: kind, channels: { [way]: on, ...(silent && { inApp: true }) } }],
    });
  };
  const { doNotDisturb, emailDigest } = messages;
  const hours = doNotDisturb ?? suggested;
  return (
    <>
      <Panel title={t('messages.title')} lead={t('messages.lead')}>
        <PreferencesGrid
          label={t('messages.title')}
          kindTitle={t('messages.kind')}
          rows={messages.preferences.map(({ eventType }) => ({
            kind: eventType,
            label: t(`messages.kinds.${eventType}`),
            hint: urgent.has(eventType) ? t('messages.urgent') : undefined,
          }))}
          ways={ways.map((way) => ({ way, label: t(`messages.ways.${way}`) }))}
          isOn={isOn}
          heldBy={(kind, way) => (isHeld(kind, way) ? t('messages.held') : undefined)}
          onChange={set}
        />
      </Panel>
      <Panel title={t('messages.quiet')} lead={t('messages.quietLead')}>
        <Switch
          label={t('messages.quietOn')}
          checked={doNotDisturb?.enabled === true}
          onChange={(event) =>
            onChange({
              doNotDisturb: {
                startTime: hours.startTime,
                endTime: hours.endTime,
                enabled: event.currentTarget.checked,
              },
            })
          }
        />
        {doNotDisturb?.enabled === true && (
          <Hours
            // What was saved elsewhere replaces what stands here, what is being typed does not change it.
            key={`${doNotDisturb.startTime} ${doNotDisturb.endTime}`}
            startTime={doNotDisturb.startTime}
            endTime={doNotDisturb.endTime}
            onSave={(startTime, endTime) => onChange({ doNotDisturb: { enabled: true, startTime, endTime } })}
          />
        )}
      </Panel>
      <Panel title={t('messages.digest')} lead={t('messages.digestLead')}>
        <Switch
          label={t('messages.digestOn')}
          checked={emailDigest.enabled}
          onChange={(event) =>
            onChange({ emailDigest: { enabled: event.currentTarget.checked, frequency: 'DAILY' } })
          }
        />
      </Panel>
    </>
  );
}

interface HoursProps {
  startTime: string;
  endTime: string;
  onSave: (startTime: string, endTime: string) => void;
}

/** NOTE-29: they may cross midnight. */
function Hours({ startTime, endTime, onSave }: HoursProps) {
  const { t } = useTranslation();
  const [from, setFrom] = useState(startTime);
  const [to, setTo] = useState(endTime);
  const changed = from !== startTime || to !== endTime;
  const missing = from === '' || to === '';
  const same = !missing && from === to;
  const problem = missing ? t('messages.missing') : same ? t('messages.same') : undefined;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && problem === undefined) onSave(from, to);
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          type="time"
          label={t('messages.from')}
          value={from}
          w={125}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="time"
          label={t('messages.to')}
          value={to}
          w={125}
          aria-invalid={problem !== undefined}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button type="submit" variant="light" disabled={!changed || problem !== undefined}>
          {t('messages.saveHours')}
        </Button>
      </Group>
      {problem !== undefined && (
        <Text size="sm" mt={4} c="var(--mantine-color-error)" role="alert">
          {problem}
        </Text>
      )}
    </form>
  );
}
