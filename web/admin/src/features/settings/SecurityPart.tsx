/** ADMIN-38, ADMIN-39, ADMIN-57: sessions, the second factor, the log of what was done, and the keyboard. */
import { formatInstant, ListSkeleton, problemText, ProblemView, useLanguage } from '@courtside/ui';
import {
  Alert,
  Badge,
  Button,
  Code,
  CopyButton,
  Group,
  Pagination,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { DatePickerInput } from '@mantine/dates';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../app/Panel';
import { ShortcutList } from '../../app/Shortcuts';
import {
  useAuditLog,
  useConfirmSecondFactor,
  useEndSession,
  useRemoveSecondFactor,
  useSecondFactor,
  useSessions,
  useSetUpSecondFactor,
} from '../../data/security';
import { deviceOf } from './device';

const zone = 'Europe/Athens';

export function SecurityPart() {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Sessions />
      <SecondFactor />
      <AuditLog />
      <Panel title={t('shortcuts.title')} lead={t('shortcuts.lead')}>
        <ShortcutList />
      </Panel>
    </Stack>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const sessions = useSessions();
  const end = useEndSession();
  return (
    <Panel title={t('sessions.title')} lead={t('sessions.lead')}>
      {sessions.isPending && <ListSkeleton rows={2} height={48} />}
      {sessions.isError && sessions.data === undefined && (
        <ProblemView compact error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      {sessions.data?.map((session) => {
        const known = deviceOf(session.device);
        const device =
          known === undefined ? (session.device ?? t('sessions.unknown')) : t('sessions.on', { ...known });
        return (
          <Group key={session.sessionId} justify="space-between" gap="sm">
            <div style={{ minWidth: 0, flex: '1 1 16rem' }}>
              <Text fw={650} style={{ overflowWrap: 'anywhere' }}>
                {device}{' '}
                {session.current && (
                  <Badge component="span" size="sm" color="pine" variant="light">
                    {t('sessions.current')}
                  </Badge>
                )}
              </Text>
              <Text size="sm" c="dimmed">
                {[
                  session.ipAddress,
                  t('sessions.active', { when: formatInstant(session.lastActivityAt, zone, language) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </Text>
            </div>
            {!session.current && (
              <Button
                size="xs"
                variant="default"
                aria-label={t('sessions.endOne', { device })}
                loading={end.isPending && end.variables === session.sessionId}
                onClick={() => end.mutate(session.sessionId)}
              >
                {t('sessions.end')}
              </Button>
            )}
          </Group>
        );
      })}
      {end.isError && (
        <Alert color="red" role="alert">
          {problemText(end.error, shared)}
        </Alert>
      )}
    </Panel>
  );
}

function SecondFactor() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const state = useSecondFactor();
  const setUp = useSetUpSecondFactor();
  const confirm = useConfirmSecondFactor();
  const remove = useRemoveSecondFactor();
  const [code, setCode] = useState('');
  const failed = setUp.error ?? confirm.error ?? remove.error;
  const codes = confirm.data?.recoveryCodes;
  const codeField = (
    <TextInput
      label={t('secondFactor.code')}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={40}
      maw={220}
      value={code}
      onChange={(event) => setCode(event.currentTarget.value)}
    />
  );
  return (
    <Panel title={t('secondFactor.title')} lead={t('secondFactor.lead')}>
      {state.isPending && <ListSkeleton rows={1} height={48} />}
      {state.isError && state.data === undefined && (
        <ProblemView compact error={state.error} onRetry={() => void state.refetch()} />
      )}
      {codes !== undefined && (
        <Alert color="yellow" title={t('secondFactor.codes')}>
          <Text size="sm" mb="xs">
            {t('secondFactor.codesHint')}
          </Text>
          <Code block>{codes.join('\n')}</Code>
          <CopyButton value={codes.join('\n')}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" mt="xs" onClick={copy}>
                {t(copied ? 'feed.copied' : 'feed.copy')}
              </Button>
            )}
          </CopyButton>
        </Alert>
      )}
      {state.data?.enabled === true && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (code.trim() === '') return;
            remove.mutate(code.trim(), {
              onSuccess: () => {
                setCode('');
                confirm.reset();
                notifications.show({ color: 'pine', message: t('secondFactor.off') });
              },
            });
          }}
        >
          <Stack gap="sm">
            <Text>
              {t('secondFactor.on')} {t('secondFactor.left', { count: state.data.recoveryCodesLeft })}
            </Text>
            {codeField}
            <Group>
              <Button type="submit" color="red" variant="light" loading={remove.isPending}>
                {t('secondFactor.remove')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {state.data?.enabled === false && setUp.data === undefined && (
        <Group>
          <Button loading={setUp.isPending} onClick={() => setUp.mutate()}>
            {t('secondFactor.setUp')}
          </Button>
        </Group>
      )}
      {state.data?.enabled === false && setUp.data !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (code.trim() === '') return;
            confirm.mutate(code.trim(), { onSuccess: () => setCode('') });
          }}
        >
          <Stack gap="sm">
            <Text size="sm">{t('secondFactor.scan')}</Text>
            <img src={setUp.data.qrImage} alt={t('secondFactor.qr')} width={190} height={190} />
            <Text size="sm">
              {t('secondFactor.secret')} <Code>{setUp.data.secret}</Code>
            </Text>
            {codeField}
            <Group>
              <Button type="submit" loading={confirm.isPending}>
                {t('secondFactor.confirm')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {failed != null && (
        <Alert color="red" role="alert">
          {problemText(failed, shared)}
        </Alert>
      )}
    </Panel>
  );
}

const resources = [
  'COURT',
  'BOOKING',
  'AVAILABILITY',
  'PRICING',
  'CANCELLATION_POLICY',
  'HOLIDAY',
  'SETTINGS',
  'SESSION',
];

function AuditLog() {
  const { t } = useTranslation();
  const language = useLanguage();
  const [range, setRange] = useState<[string | null, string | null]>([null, null]);
  const [resourceType, setResourceType] = useState<string | null>(null);
  const [page, setPage] = useState(0);
  const log = useAuditLog({
    from: range[0] ?? undefined,
    to: range[1] ?? undefined,
    resourceType: resourceType ?? undefined,
    page,
  });
  return (
    <Panel title={t('log.title')} lead={t('log.lead')}>
      <Group align="flex-end" gap="sm">
        <DatePickerInput
          type="range"
          label={t('log.days')}
          placeholder={t('log.allDays')}
          locale={language}
          hideOutsideDates
          weekendDays={[]}
          clearable
          clearButtonProps={{ 'aria-label': t('log.clearDays') }}
          valueFormat="D MMM YYYY"
          miw={220}
          value={range}
          onChange={(value) => {
            setRange(value);
            setPage(0);
          }}
        />
        <Select
          label={t('log.resource')}
          placeholder={t('log.all')}
          clearable
          clearButtonProps={{ 'aria-label': t('log.clearResource') }}
          data={resources.map((value) => ({ value, label: t(`log.resources.${value}`) }))}
          value={resourceType}
          onChange={(value) => {
            setResourceType(value);
            setPage(0);
          }}
        />
      </Group>
      {log.isPending && <ListSkeleton rows={4} height={36} />}
      {log.isError && log.data === undefined && (
        <ProblemView compact error={log.error} onRetry={() => void log.refetch()} />
      )}
      {log.data?.content.length === 0 && <Text c="dimmed">{t('log.none')}</Text>}
      {(log.data?.content.length ?? 0) > 0 && (
        <Table.ScrollContainer minWidth={460}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('log.when')}</Table.Th>
                <Table.Th>{t('log.action')}</Table.Th>
                <Table.Th>{t('log.resource')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {log.data?.content.map((entry) => (
                <Table.Tr key={entry.id}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    {formatInstant(entry.timestamp, zone, language)}
                  </Table.Td>
                  <Table.Td>
                    <Code>{entry.actionType}</Code>
                  </Table.Td>
                  <Table.Td>
                    {t(`log.resources.${entry.resourceType}`, { defaultValue: entry.resourceType })}{' '}
                    <Text component="span" size="sm" c="dimmed">
                      {entry.resourceId.slice(-8).toUpperCase()}
                    </Text>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {(log.data?.totalPages ?? 0) > 1 && (
        <Pagination
          total={log.data?.totalPages ?? 1}
          value={page + 1}
          onChange={(value) => setPage(value - 1)}
          getControlProps={(control) => ({
            'aria-label': t(control === 'previous' ? 'log.newer' : 'log.older'),
          })}
        />
      )}
    </Panel>
  );
}
