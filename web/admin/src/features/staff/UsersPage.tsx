/** Everybody with an account: search, details, suspension, staff roles and invitations (ADMIN-42). */
import { answer, type Role } from '@courtside/api';
import {
  ConfirmDialog,
  formatInstant,
  FormProblem,
  toastDone,
  useApi,
  useFields,
  useLanguage,
  useSession,
  viewerZone,
} from '@courtside/ui';
import {
  Badge,
  Button,
  Drawer,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconSearch, IconUserPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { pageSize, useDecision, usePeople, type Person, type PersonStatus } from './data';
import { Facts } from './Facts';
import { Listing } from './Listing';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

const roles: Role[] = ['CUSTOMER', 'COURT_OWNER', 'SUPPORT_AGENT', 'PLATFORM_ADMIN'];
const staffRoles: Role[] = ['SUPPORT_AGENT', 'PLATFORM_ADMIN'];
const statuses: PersonStatus[] = ['ACTIVE', 'SUSPENDED', 'DELETED'];
const statusColors = { ACTIVE: 'pine', SUSPENDED: 'red', DELETED: 'gray' } as const;

function Invite({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useStaffTexts();
  const { t: shared } = useTranslation('ui');
  const api = useApi();
  const language = useLanguage();
  const fields = useFields({
    initial: { name: '', email: '', role: 'SUPPORT_AGENT' },
    draft: 'staff-invitation',
  });
  const invite = useDecision(() => {
    const { name, email, role } = fields.values;
    const body = { name: name.trim(), email: email.trim(), role: role as Role, language };
    return answer(api.POST('/api/admin/users', { body }));
  });
  const send = async () => {
    const { name, email } = fields.values;
    const isFine = fields.check({
      name: name.trim() === '' ? t('users.nameNeeded') : undefined,
      email: /^\S+@\S+\.\S+$/.test(email.trim()) ? undefined : t('users.emailNeeded'),
    });
    if (!isFine) return;
    try {
      const sent = await invite.mutateAsync(undefined);
      const until = formatInstant(sent.invitationExpiresAt, viewerZone(), language);
      toastDone(t('users.invited'), t('users.invitedHint', { until }));
      fields.reset();
      onClose();
    } catch (thrown) {
      fields.take(thrown);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('users.invite')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      <form
        {...fields.form}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Stack>
          <Text c="dimmed">{t('users.inviteLead')}</Text>
          <TextInput
            label={t('users.name')}
            required
            data-autofocus
            maxLength={100}
            {...fields.text('name')}
          />
          <TextInput
            label={t('users.email')}
            required
            type="email"
            maxLength={254}
            {...fields.text('email')}
          />
          <NativeSelect
            label={t('users.role')}
            data={staffRoles.map((value) => ({ value, label: t(`users.roles.${value}`) }))}
            {...fields.text('role')}
          />
          <FormProblem problem={fields.general} />
          <Button type="submit" loading={invite.isPending}>
            {t('users.inviteSend')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function Actions({ person, onDone }: { person: Person; onDone: (changed: Person) => void }) {
  const { t } = useStaffTexts();
  const api = useApi();
  const { user } = useSession();
  const [open, setOpen] = useState<'suspend' | 'unsuspend' | 'role'>();
  const [reason, setReason] = useState('');
  const [role, setRole] = useState<Role>(person.role);
  const params = { path: { userId: person.id } };
  const suspend = useDecision(() =>
    answer(
      api.POST('/api/admin/users/{userId}/suspend', { params, body: { reason: reason.trim() || null } }),
    ),
  );
  const unsuspend = useDecision(() => answer(api.POST('/api/admin/users/{userId}/unsuspend', { params })));
  const assign = useDecision(() =>
    answer(api.PUT('/api/admin/users/{userId}/role', { params, body: { role } })),
  );
  const close = () => setOpen(undefined);
  if (person.id === user?.id) return <Text c="dimmed">{t('users.you')}</Text>;
  return (
    <Group>
      {person.status === 'ACTIVE' && (
        <Button color="red" variant="light" onClick={() => setOpen('suspend')}>
          {t('users.suspend')}
        </Button>
      )}
      {person.status === 'SUSPENDED' && (
        <Button onClick={() => setOpen('unsuspend')}>{t('users.unsuspend')}</Button>
      )}
      {staffRoles.includes(person.role) && person.status !== 'DELETED' && (
        <Button variant="default" onClick={() => setOpen('role')}>
          {t('users.changeRole')}
        </Button>
      )}
      <ConfirmDialog
        opened={open === 'suspend'}
        onClose={close}
        title={t('users.suspendTitle', { name: person.name })}
        lead={t('users.suspendLead')}
        confirm={t('users.suspend')}
        dangerous
        onConfirm={async () => {
          onDone(await suspend.mutateAsync(undefined));
          toastDone(t('users.suspended'), person.name);
        }}
      >
        <Textarea
          label={t('users.suspendReason')}
          data-autofocus
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </ConfirmDialog>
      <ConfirmDialog
        opened={open === 'unsuspend'}
        onClose={close}
        title={t('users.unsuspendTitle', { name: person.name })}
        lead={t('users.unsuspendLead')}
        confirm={t('users.unsuspend')}
        onConfirm={async () => {
          onDone(await unsuspend.mutateAsync(undefined));
          toastDone(t('users.unsuspended'), person.name);
        }}
      />
      <ConfirmDialog
        opened={open === 'role'}
        onClose={close}
        title={t('users.changeRoleTitle', { name: person.name })}
        lead={t('users.changeRoleLead')}
        confirm={t('users.changeRole')}
        blocked={role === person.role}
        onConfirm={async () => {
          onDone(await assign.mutateAsync(undefined));
          toastDone(t('users.roleChanged'), t(`users.roles.${role}`));
        }}
      >
        <NativeSelect
          label={t('users.newRole')}
          value={role}
          data={staffRoles.map((value) => ({ value, label: t(`users.roles.${value}`) }))}
          onChange={(event) => setRole(event.currentTarget.value as Role)}
        />
      </ConfirmDialog>
    </Group>
  );
}

function Details({ person, onChange }: { person: Person; onChange: (changed: Person) => void }) {
  const { t } = useStaffTexts();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const yes = (value: boolean) => t(value ? 'users.yes' : 'users.no');
  const isOwner = person.role === 'COURT_OWNER';
  const facts: [string, string | undefined][] = [
    [t('users.email'), person.email],
    [t('users.phone'), person.phone ?? undefined],
    [t('users.role'), t(`users.roles.${person.role}`)],
    [t('users.status'), t(`users.statuses.${person.status}`)],
    [t('users.language'), shared(`language.${person.language}`)],
    [t('users.since'), formatInstant(person.createdAt, viewerZone(), language)],
    ...(isOwner
      ? ([
          [t('users.verified'), yes(person.verified)],
          [t('users.stripe'), yes(person.stripeConnected)],
          [t('users.subscription'), t(`users.subscriptions.${person.subscriptionStatus}`)],
        ] as [string, string][])
      : []),
    ...(person.suspensionReason == null
      ? []
      : ([[t('users.reason'), person.suspensionReason]] as [string, string][])),
  ];
  return (
    <Stack>
      <Facts of={facts} />
      {isOwner && (
        <Button
          variant="default"
          renderRoot={(props) => <Link to="/staff/audit" search={{ owner: person.id }} {...props} />}
        >
          {t('users.audit')}
        </Button>
      )}
      <Actions key={`${person.id} ${person.role}`} person={person} onDone={onChange} />
    </Stack>
  );
}

function People() {
  const { t } = useStaffTexts();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const navigate = useNavigate();
  const asked = useSearch({ from: '/portal/staff/users' });
  const { words, role, status, page = 0 } = asked;
  const people = usePeople({ search: words, role, status, page });
  const [chosen, setChosen] = useState<Person>();
  const ask = (change: Partial<typeof asked>) =>
    void navigate({ to: '/staff/users', search: { ...asked, page: undefined, ...change }, replace: true });
  const search = useDebouncedCallback((text: string) => ask({ words: text.trim() || undefined }), 400);
  const any = { value: '', label: t('users.any') };
  return (
    <>
      <Group align="flex-end" mb="md">
        <TextInput
          style={{ flex: '1 1 14rem' }}
          type="search"
          label={t('users.search')}
          leftSection={<IconSearch size={17} aria-hidden />}
          defaultValue={words ?? ''}
          maxLength={100}
          onChange={(event) => search(event.currentTarget.value)}
        />
        <NativeSelect
          label={t('users.role')}
          value={role ?? ''}
          data={[any, ...roles.map((value) => ({ value, label: t(`users.roles.${value}`) }))]}
          onChange={(event) => ask({ role: (event.currentTarget.value || undefined) as Role | undefined })}
        />
        <NativeSelect
          label={t('users.status')}
          value={status ?? ''}
          data={[any, ...statuses.map((value) => ({ value, label: t(`users.statuses.${value}`) }))]}
          onChange={(event) =>
            ask({ status: (event.currentTarget.value || undefined) as PersonStatus | undefined })
          }
        />
      </Group>
      <Listing
        label={t('users.title')}
        query={people}
        rowsOf={(found) => found.users}
        rowKey={(row) => row.id}
        none={t('users.none')}
        noneHint={t('users.noneHint')}
        page={page}
        size={pageSize}
        totalOf={(found) => found.totalElements}
        onPage={(next) => ask({ page: next })}
        columns={[
          { key: 'name', title: t('users.name'), heading: true, cell: (row) => row.name },
          { key: 'email', title: t('users.email'), cell: (row) => row.email },
          { key: 'role', title: t('users.role'), cell: (row) => t(`users.roles.${row.role}`) },
          {
            key: 'status',
            title: t('users.status'),
            cell: (row) => (
              <Badge color={statusColors[row.status]} variant="light">
                {t(`users.statuses.${row.status}`)}
              </Badge>
            ),
          },
          {
            key: 'since',
            title: t('users.since'),
            cell: (row) => formatInstant(row.createdAt, viewerZone(), language),
          },
        ]}
        actionsTitle={t('users.open')}
        actions={(row) => (
          <Button
            size="xs"
            variant="light"
            aria-label={`${t('users.open')}: ${row.name}`}
            onClick={() => setChosen(row)}
          >
            {t('users.open')}
          </Button>
        )}
      />
      <Drawer
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        position="right"
        title={chosen?.name}
        closeButtonProps={{ 'aria-label': shared('close') }}
      >
        {chosen !== undefined && <Details person={chosen} onChange={setChosen} />}
      </Drawer>
    </>
  );
}

export function UsersPage() {
  const { t } = useStaffTexts();
  const [invites, invitation] = useDisclosure(false);
  return (
    <StaffScreen
      title={t('users.title')}
      aside={
        <Button leftSection={<IconUserPlus size={17} aria-hidden />} onClick={invitation.open}>
          {t('users.invite')}
        </Button>
      }
    >
      <People />
      <Invite opened={invites} onClose={invitation.close} />
    </StaffScreen>
  );
}
