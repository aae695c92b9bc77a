/** Messages that a consumer failed to handle too often, of both services: looked at, sent again, put away (EVT-05). */
import { toastDone, toastProblem, useApi, useLanguage } from '@courtside/ui';
import { Badge, Button, Checkbox, Group, NativeSelect, Tabs, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useNow } from '../../app/useNow';
import { ageOf } from './age';
import {
  deadLetters,
  letterServices,
  letterStates,
  pageSize,
  replayLetters,
  useDecision,
  useSource,
  type DeadLetter,
  type LetterService,
  type LetterState,
} from './data';
import { DeadLetterDrawer } from './DeadLetter';
import { Listing } from './Listing';
import { SendingReport, type Report } from './SendingReport';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

/** Names of events are long: they may be broken between their words. */
const breakable = (name: string) => name.replaceAll('_', '_\u200b');

const everyState = 'ALL';
type Shown = LetterState | typeof everyState;

interface LettersProps {
  service: LetterService;
  shown: Shown;
  page: number;
  onAsk: (asked: { state?: Shown; page?: number }) => void;
}

function useReplay(service: LetterService) {
  const { t } = useStaffTexts();
  const api = useApi();
  const [report, setReport] = useState<Report>();
  const replay = useDecision((letters: DeadLetter[]) =>
    replayLetters(
      api,
      service,
      letters.map(({ id }) => id),
    ),
  );
  const send = (letters: DeadLetter[], onSent: () => void) =>
    replay.mutate(letters, {
      onSuccess: ({ replayed, skipped }) => {
        const names = letters.map(({ id, eventType, topic }) => [id, eventType ?? topic] as const);
        setReport((before) => ({
          number: (before?.number ?? 0) + 1,
          replayed,
          skipped,
          names: new Map(names),
        }));
        if (replayed.length > 0) toastDone(t('deadLetters.replayed'));
        onSent();
      },
      onError: (thrown) => toastProblem(thrown),
    });
  return {
    report,
    close: () => setReport(undefined),
    send,
    sending: replay.isPending ? replay.variables : [],
  };
}

function Letters({ service, shown, page, onAsk }: LettersProps) {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const now = useNow(60_000);
  const letters = useSource(deadLetters[service], shown === everyState ? undefined : shown, page);
  const [chosenIds, setChosenIds] = useState<ReadonlySet<string>>(new Set());
  const [openId, setOpenId] = useState<string>();
  const { report, close, send, sending } = useReplay(service);
  const parked = letters.data?.rows.filter(({ state }) => state === 'PARKED') ?? [];
  // What has left the list meanwhile is not sent unseen.
  const chosen = parked.filter(({ id }) => chosenIds.has(id));
  const isSending = sending.length > 0;
  const nameOf = (letter: DeadLetter) => letter.eventType ?? t('deadLetters.unknownType');
  const choose = (rows: DeadLetter[], wanted: boolean) =>
    setChosenIds((before) => {
      const after = new Set(before);
      for (const { id } of rows) {
        if (wanted) after.add(id);
        else after.delete(id);
      }
      return after;
    });
  return (
    <>
      {report !== undefined && (
        <SendingReport key={report.number} service={service} report={report} onClose={close} />
      )}
      <Group align="flex-end" justify="space-between" mb="md">
        <NativeSelect
          label={t('deadLetters.state')}
          value={shown}
          data={[
            ...letterStates.map((value) => ({ value, label: t(`deadLetters.states.${value}`) })),
            { value: everyState, label: t('deadLetters.all') },
          ]}
          onChange={(event) => onAsk({ state: event.currentTarget.value as Shown })}
        />
        {parked.length > 0 && (
          <Group>
            <Checkbox
              label={t('deadLetters.chooseAll')}
              checked={chosen.length === parked.length}
              indeterminate={chosen.length > 0 && chosen.length < parked.length}
              onChange={(event) => choose(parked, event.currentTarget.checked)}
            />
            <Button
              disabled={chosen.length === 0}
              loading={isSending}
              onClick={() => send(chosen, () => setChosenIds(new Set()))}
            >
              {t('deadLetters.replayMany', { count: chosen.length })}
            </Button>
          </Group>
        )}
      </Group>
      <Listing
        label={t('deadLetters.title')}
        query={letters}
        rowsOf={({ rows }) => rows}
        rowKey={(row) => row.id}
        none={t('deadLetters.none')}
        noneHint={t('deadLetters.noneHint')}
        page={page}
        size={pageSize}
        totalOf={({ totalElements }) => totalElements}
        onPage={(next) => onAsk({ state: shown, page: next })}
        columns={[
          {
            key: 'event',
            title: t('deadLetters.event'),
            heading: true,
            cell: (row) => (
              <Group gap="xs" wrap="nowrap" align="flex-start">
                {row.state === 'PARKED' && (
                  <Checkbox
                    aria-label={t('deadLetters.choose', { name: `${nameOf(row)}, ${row.key}` })}
                    checked={chosenIds.has(row.id)}
                    onChange={(event) => choose([row], event.currentTarget.checked)}
                  />
                )}
                <div>
                  {breakable(nameOf(row))}
                  <Text size="sm" c="dimmed">
                    {row.topic}
                  </Text>
                </div>
              </Group>
            ),
          },
          {
            key: 'key',
            title: t('deadLetters.key'),
            cell: (row) => (
              <Text component="span" size="sm">
                {row.key}
              </Text>
            ),
          },
          {
            key: 'error',
            title: t('deadLetters.error'),
            cell: (row) => (
              <Text component="span" size="sm" lineClamp={3}>
                {row.error}
              </Text>
            ),
          },
          { key: 'attempts', title: t('deadLetters.attempts'), end: true, cell: (row) => row.attempts },
          {
            key: 'parked',
            title: t('deadLetters.parked'),
            cell: (row) => ageOf(row.parkedAt, now, language),
          },
          ...(shown === everyState
            ? [
                {
                  key: 'state',
                  title: t('money.state'),
                  cell: (row: DeadLetter) => (
                    <Badge
                      variant="light"
                      color={row.state === 'PARKED' ? 'yellow' : 'gray'}
                      miw="max-content"
                    >
                      {t(`deadLetters.is.${row.state}`)}
                    </Badge>
                  ),
                },
              ]
            : []),
        ]}
        actionsTitle={t('deadLetters.open')}
        actions={(row) => (
          <Group gap="xs" justify="flex-end">
            {row.state === 'PARKED' && (
              <Button
                size="xs"
                aria-label={t('deadLetters.replayOne', { name: `${nameOf(row)}, ${row.key}` })}
                loading={sending.some(({ id }) => id === row.id)}
                onClick={() => send([row], () => choose([row], false))}
              >
                {t('deadLetters.replay')}
              </Button>
            )}
            <Button
              size="xs"
              variant="light"
              aria-label={t('deadLetters.openOne', { name: `${nameOf(row)}, ${row.key}` })}
              onClick={() => setOpenId(row.id)}
            >
              {t('deadLetters.open')}
            </Button>
          </Group>
        )}
      />
      <DeadLetterDrawer
        service={service}
        letterId={openId}
        isSending={isSending}
        onReplay={(letter) => send([letter], () => setOpenId(undefined))}
        onClose={() => setOpenId(undefined)}
      />
    </>
  );
}

export function DeadLettersPage() {
  const { t } = useStaffTexts();
  const navigate = useNavigate();
  const {
    service = 'transaction',
    state = 'PARKED',
    page = 0,
  } = useSearch({ from: '/portal/staff/dead-letters' });
  return (
    <StaffScreen title={t('deadLetters.title')} lead={t('deadLetters.lead')}>
      <Tabs
        value={service}
        keepMounted={false}
        onChange={(chosen) =>
          void navigate({
            to: '/staff/dead-letters',
            search: { service: letterServices.find((known) => known === chosen) },
          })
        }
      >
        <Tabs.List mb="md" aria-label={t('deadLetters.service')}>
          {letterServices.map((key) => (
            <Tabs.Tab key={key} value={key}>
              {t(`deadLetters.services.${key}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={service}>
          <Letters
            // What is chosen or under way belongs to one service.
            key={service}
            service={service}
            shown={state}
            page={page}
            onAsk={(asked) => void navigate({ to: '/staff/dead-letters', search: { service, ...asked } })}
          />
        </Tabs.Panel>
      </Tabs>
    </StaffScreen>
  );
}
