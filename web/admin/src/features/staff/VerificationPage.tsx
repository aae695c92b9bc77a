/** One request to be verified: what the owner says, the document, earlier tries, and the decision. */
import { answer } from '@courtside/api';
import {
  ConfirmDialog,
  formatInstant,
  ListSkeleton,
  ProblemView,
  toastDone,
  useApi,
  useLanguage,
  viewerZone,
} from '@courtside/ui';
import { Anchor, Badge, Button, Card, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useDecision, useVerification, type Verification } from './data';
import { Facts } from './Facts';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

function Decision({ request }: { request: Verification }) {
  const { t } = useStaffTexts();
  const api = useApi();
  const [open, setOpen] = useState<'approve' | 'reject'>();
  const [notes, setNotes] = useState('');
  const [reason, setReason] = useState('');
  const params = { path: { requestId: request.requestId } };
  const approve = useDecision(() =>
    answer(
      api.POST('/api/admin/verifications/{requestId}/approve', { params, body: { notes: notes || null } }),
    ),
  );
  const reject = useDecision(() =>
    answer(
      api.POST('/api/admin/verifications/{requestId}/reject', {
        params,
        body: { reason: reason.trim(), notes: notes || null },
      }),
    ),
  );
  const notesField = (
    <Textarea
      label={t('verification.notes')}
      value={notes}
      maxLength={2000}
      autosize
      minRows={2}
      onChange={(event) => setNotes(event.currentTarget.value)}
    />
  );
  return (
    <Group>
      <Button onClick={() => setOpen('approve')}>{t('verification.approve')}</Button>
      <Button variant="default" onClick={() => setOpen('reject')}>
        {t('verification.reject')}
      </Button>
      <ConfirmDialog
        opened={open === 'approve'}
        onClose={() => setOpen(undefined)}
        title={t('verification.approveTitle', { name: request.businessName })}
        lead={t('verification.approveLead')}
        confirm={t('verification.approve')}
        onConfirm={async () => {
          await approve.mutateAsync(undefined);
          toastDone(t('verification.approved'), request.businessName);
        }}
      >
        {notesField}
      </ConfirmDialog>
      <ConfirmDialog
        opened={open === 'reject'}
        onClose={() => setOpen(undefined)}
        title={t('verification.rejectTitle', { name: request.businessName })}
        lead={t('verification.rejectLead')}
        confirm={t('verification.reject')}
        dangerous
        blocked={reason.trim() === ''}
        onConfirm={async () => {
          await reject.mutateAsync(undefined);
          toastDone(t('verification.rejected'), request.businessName);
        }}
      >
        <Textarea
          label={t('verification.reason')}
          description={t('verification.reasonNeeded')}
          required
          data-autofocus
          value={reason}
          maxLength={1000}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {notesField}
      </ConfirmDialog>
    </Group>
  );
}

const stateColors = { PENDING_REVIEW: 'yellow', APPROVED: 'pine', REJECTED: 'red' } as const;

function StateBadge({ state }: { state: Verification['status'] }) {
  const { t } = useStaffTexts();
  return (
    <Badge color={stateColors[state]} variant="light" size="lg">
      {t(`verifications.states.${state}`)}
    </Badge>
  );
}

function Content() {
  const { t } = useStaffTexts();
  const language = useLanguage();
  const { requestId } = useParams({ from: '/portal/staff/verifications/$requestId' });
  const request = useVerification(requestId);
  if (request.isPending) return <ListSkeleton rows={3} />;
  if (request.data === undefined) {
    return <ProblemView error={request.error} onRetry={() => void request.refetch()} />;
  }
  const found = request.data;
  const instant = (value: string | null | undefined) =>
    value == null ? undefined : formatInstant(value, viewerZone(), language);
  return (
    <Stack>
      <Card withBorder>
        <Group justify="space-between" mb="md">
          <Title order={2} fz="h3">
            {found.businessName}
          </Title>
          <StateBadge state={found.status} />
        </Group>
        <Facts
          of={[
            [t('verification.type'), t(`verification.types.${found.businessType}`)],
            [t('verifications.taxId'), found.taxId],
            [t('verification.address'), found.businessAddress],
            [
              t('verifications.owner'),
              [found.courtOwnerName, found.courtOwnerEmail].filter(Boolean).join(', '),
            ],
            [t('verifications.submitted'), instant(found.submittedAt)],
            ...(found.reviewedAt == null
              ? []
              : [[t('verification.decided'), instant(found.reviewedAt)] as [string, string | undefined]]),
            ...(found.rejectionReason == null
              ? []
              : [[t('verification.reason'), found.rejectionReason] as [string, string]]),
            ...(found.notes == null ? [] : [[t('verification.notes'), found.notes] as [string, string]]),
          ]}
        />
        <Title order={3} fz="h5" mt="lg">
          {t('verification.document')}
        </Title>
        <Anchor href={found.proofDocumentUrl} target="_blank" rel="noopener noreferrer">
          <Group gap={6} component="span">
            {t('verification.openDocument')} <IconExternalLink size={16} aria-hidden />
          </Group>
        </Anchor>
        <Text size="sm" c="dimmed" mb="lg">
          {t('verification.documentHint')}
        </Text>
        {found.status === 'PENDING_REVIEW' && <Decision request={found} />}
      </Card>
      <Card withBorder>
        <Title order={2} fz="h4" mb="sm">
          {t('verification.history')}
        </Title>
        {found.history.length === 0 && <Text c="dimmed">{t('verification.noHistory')}</Text>}
        <Stack gap="xs">
          {found.history.map((other) => (
            <Group key={other.requestId} gap="sm">
              <StateBadge state={other.status} />
              <Anchor
                renderRoot={(props) => (
                  <Link
                    to="/staff/verifications/$requestId"
                    params={{ requestId: other.requestId }}
                    {...props}
                  />
                )}
              >
                {instant(other.submittedAt)}
              </Anchor>
              {other.rejectionReason != null && <Text c="dimmed">{other.rejectionReason}</Text>}
            </Group>
          ))}
        </Stack>
      </Card>
    </Stack>
  );
}

export function VerificationPage() {
  const { t } = useStaffTexts();
  return (
    <StaffScreen
      title={t('verification.title')}
      aside={
        <Button variant="default" renderRoot={(props) => <Link to="/staff/verifications" {...props} />}>
          {t('verification.back')}
        </Button>
      }
    >
      <Content />
    </StaffScreen>
  );
}
