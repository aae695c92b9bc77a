/** What was done, by whom and to what: of one owner or of all (ADMIN-42). Read only. */
import {
  formatInstant,
  ListSkeleton,
  Pager,
  ProblemView,
  EmptyState,
  DataTable,
  useLanguage,
  viewerZone,
} from '@courtside/ui';
import { Button, Group, TextInput } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useAudit, type AuditEntry } from './data';
import { Json } from './Json';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

function Changes({ entry }: { entry: AuditEntry }) {
  const { t } = useStaffTexts();
  const sides = (['before', 'after'] as const).filter((side) => entry[side] != null);
  if (sides.length === 0) return '–';
  return (
    <details>
      <summary>{t('audit.changes')}</summary>
      {sides.map((side) => (
        <div key={side}>
          {t(`audit.${side}`)}
          <Json label={t(`audit.${side}`)} value={entry[side]} />
        </div>
      ))}
    </details>
  );
}

function Filters() {
  const { t } = useStaffTexts();
  const navigate = useNavigate();
  const asked = useSearch({ from: '/portal/staff/audit' });
  const [owner, setOwner] = useState(asked.owner ?? '');
  const [action, setAction] = useState(asked.action ?? '');
  const [resource, setResource] = useState(asked.resource ?? '');
  const [from, setFrom] = useState(asked.from ?? '');
  const [to, setTo] = useState(asked.to ?? '');
  const isId = owner.trim() === '' || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(owner.trim());
  const apply = () => {
    if (!isId) return;
    const given = (text: string) => text.trim() || undefined;
    void navigate({
      to: '/staff/audit',
      search: {
        owner: given(owner),
        action: given(action)?.toUpperCase(),
        resource: given(resource)?.toUpperCase(),
        from: given(from),
        to: given(to),
      },
    });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <Group align="flex-end" mb="md">
        <TextInput
          label={t('audit.from')}
          type="date"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          label={t('audit.to')}
          type="date"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <TextInput
          label={t('audit.action')}
          value={action}
          maxLength={100}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
        <TextInput
          label={t('audit.resource')}
          value={resource}
          maxLength={100}
          onChange={(event) => setResource(event.currentTarget.value)}
        />
        <TextInput
          style={{ flex: '1 1 14rem' }}
          label={t('audit.owner')}
          placeholder={t('audit.ownerHint')}
          value={owner}
          error={isId ? undefined : t('audit.ownerWrong')}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <Button type="submit">{t('audit.apply')}</Button>
      </Group>
    </form>
  );
}

function Entries() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const navigate = useNavigate();
  const asked = useSearch({ from: '/portal/staff/audit' });
  const { owner, action, resource, from, to, page = 0 } = asked;
  const entries = useAudit({
    courtOwnerId: owner,
    actionType: action,
    resourceType: resource,
    from,
    to,
    page,
  });
  if (entries.isPending) return <ListSkeleton rows={6} height={48} />;
  if (entries.data === undefined) {
    return <ProblemView error={entries.error} onRetry={() => void entries.refetch()} />;
  }
  return (
    <>
      {entries.data.content.length === 0 ? (
        <EmptyState
          icon={<IconListSearch size={48} stroke={1.3} />}
          title={t('audit.none')}
          hint={t('audit.noneHint')}
        />
      ) : (
        <DataTable
          label={t('audit.title')}
          rows={entries.data.content}
          rowKey={(row) => row.id}
          columns={[
            { key: 'what', title: t('audit.what'), heading: true, cell: (row) => row.actionType },
            {
              key: 'when',
              title: t('audit.when'),
              cell: (row) => formatInstant(row.timestamp, viewerZone(), language),
            },
            {
              key: 'thing',
              title: t('audit.thing'),
              cell: (row) => `${row.resourceType} ${row.resourceId}`,
            },
            { key: 'who', title: t('audit.who'), cell: (row) => row.actorId ?? t('audit.system') },
            { key: 'changes', title: t('audit.changes'), cell: (row) => <Changes entry={row} /> },
          ]}
        />
      )}
      <Pager
        page={page}
        size={50}
        total={entries.data.totalElements}
        onChange={(next) => void navigate({ to: '/staff/audit', search: { ...asked, page: next } })}
      />
    </>
  );
}

export function AuditPage() {
  const { t } = useStaffTexts();
  return (
    <StaffScreen title={t('audit.title')} lead={t('audit.lead')}>
      <Filters />
      <Entries />
    </StaffScreen>
  );
}
