/** The queue of businesses to be verified, the oldest first (ADMIN-42), and verified ones that have changed since. */
import { answer } from '@courtside/api';
import { formatInstant, toastDone, toastProblem, useApi, useLanguage, viewerZone } from '@courtside/ui';
import { Badge, Button, Card, SegmentedControl, Text, Title } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { pageSize, useDecision, useReVerifications, useVerifications, type VerificationState } from './data';
import { Listing } from './Listing';
import { isOverdue } from './overdue';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

const states: VerificationState[] = ['PENDING_REVIEW', 'APPROVED', 'REJECTED'];

function Queue() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const navigate = useNavigate();
  const { state = 'PENDING_REVIEW', page = 0 } = useSearch({ from: '/portal/staff/verifications' });
  const requests = useVerifications(state, page);
  return (
    <>
      <SegmentedControl
        aria-label={t('verifications.state')}
        mb="md"
        value={state}
        onChange={(chosen) => void navigate({ to: '/staff/verifications', search: { state: chosen } })}
        data={states.map((value) => ({ value, label: t(`verifications.states.${value}`) }))}
      />
      <Listing
        label={t('verifications.title')}
        query={requests}
        rowsOf={(found) => found.verifications}
        rowKey={(request) => request.requestId}
        none={t('verifications.none')}
        noneHint={t('verifications.noneHint')}
        page={page}
        size={pageSize}
        totalOf={(found) => found.totalElements}
        onPage={(next) => void navigate({ to: '/staff/verifications', search: { state, page: next } })}
        columns={[
          {
            key: 'business',
            title: t('verifications.business'),
            heading: true,
            cell: (row) => row.businessName,
          },
          {
            key: 'owner',
            title: t('verifications.owner'),
            cell: (row) => row.courtOwnerName ?? row.courtOwnerEmail,
          },
          { key: 'tax', title: t('verifications.taxId'), cell: (row) => row.taxId },
          {
            key: 'submitted',
            title: t('verifications.submitted'),
            cell: (row) => (
              <>
                {formatInstant(row.submittedAt, viewerZone(), language)}{' '}
                {isOverdue(row, new Date()) && (
                  <Badge color="red" variant="light">
                    {t('verifications.overdue')}
                  </Badge>
                )}
              </>
            ),
          },
        ]}
        actionsTitle={t('verifications.open')}
        actions={(row) => (
          <Button
            size="xs"
            variant="light"
            aria-label={`${t('verifications.open')}: ${row.businessName}`}
            renderRoot={(props) => (
              <Link to="/staff/verifications/$requestId" params={{ requestId: row.requestId }} {...props} />
            )}
          >
            {t('verifications.open')}
          </Button>
        )}
      />
    </>
  );
}

function Changed() {
  const { t } = useStaffTexts();
  const api = useApi();
  const language = useLanguage();
  const changed = useReVerifications();
  const verify = useDecision((userId: string) =>
    answer(api.POST('/api/admin/court-owners/{userId}/verify', { params: { path: { userId } } })),
  );
  if (changed.data === undefined || changed.data.length === 0) return null;
  return (
    <Card withBorder mt="xl">
      <Title order={2} fz="h4">
        {t('verifications.changed')}
      </Title>
      <Text c="dimmed" mb="md">
        {t('verifications.changedHint')}
      </Text>
      <Listing
        label={t('verifications.changed')}
        query={changed}
        rowsOf={(rows) => rows}
        rowKey={(row) => row.courtOwnerId}
        none={t('verifications.none')}
        noneHint={t('verifications.noneHint')}
        columns={[
          {
            key: 'business',
            title: t('verifications.business'),
            heading: true,
            cell: (row) => row.businessName ?? row.courtOwnerName,
          },
          { key: 'owner', title: t('verifications.owner'), cell: (row) => row.courtOwnerEmail },
          { key: 'tax', title: t('verifications.taxId'), cell: (row) => row.taxId },
          { key: 'address', title: t('verification.address'), cell: (row) => row.businessAddress },
          {
            key: 'changed',
            title: t('verifications.submitted'),
            cell: (row) =>
              row.changedAt == null ? '–' : formatInstant(row.changedAt, viewerZone(), language),
          },
        ]}
        actionsTitle={t('verifications.verify')}
        actions={(row) => (
          <Button
            size="xs"
            loading={verify.isPending && verify.variables === row.courtOwnerId}
            aria-label={`${t('verifications.verify')}: ${row.businessName ?? row.courtOwnerName}`}
            onClick={() =>
              verify.mutate(row.courtOwnerId, {
                onSuccess: () => toastDone(t('verifications.verified')),
                onError: (thrown) => toastProblem(thrown),
              })
            }
          >
            {t('verifications.verify')}
          </Button>
        )}
      />
    </Card>
  );
}

export function VerificationsPage() {
  const { t } = useStaffTexts();
  return (
    <StaffScreen title={t('verifications.title')} lead={t('verifications.lead')}>
      <Queue />
      <Changed />
    </StaffScreen>
  );
}
