/** ADMIN-03 to ADMIN-05: proving who runs the courts, where that stands, and trying again after a no. */
import { problemFromThrown, type BusinessType } from '@courtside/api';
import { formatInstant, ListSkeleton, problemText, ProblemView, useLanguage } from '@courtside/ui';
import {
  Alert,
  Button,
  Card,
  Container,
  FileInput,
  Group,
  Radio,
  Stack,
  Text,
  TextInput,
  Timeline,
  Title,
} from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconCircleCheck, IconFileUpload, IconHourglass } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  useRefreshUser,
  useSubmitVerification,
  useVerification,
  type VerificationFields,
} from '../../data/verification';

const zone = 'Europe/Athens';
const kinds = ['application/pdf', 'image/jpeg', 'image/png'];
const largestBytes = 10 * 1024 * 1024;
const businessTypes: BusinessType[] = ['SOLE_PROPRIETOR', 'COMPANY', 'ASSOCIATION'];

export function VerificationPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const status = useVerification();
  useRefreshUser();
  const current = status.data?.currentRequest ?? undefined;
  const isWaiting = current?.status === 'PENDING_REVIEW';
  const rejected = current?.status === 'REJECTED' ? current : undefined;
  return (
    <Container size="sm" py="lg">
      <Title order={1} fz="h2">
        {t('verification.title')}
      </Title>
      <Text c="dimmed" mb="md">
        {t('verification.lead')}
      </Text>
      {status.isPending && <ListSkeleton rows={3} />}
      {status.isError && status.data === undefined && (
        <ProblemView error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.data !== undefined && (
        <Stack gap="md">
          {status.data.verified && (
            <Alert color="pine" icon={<IconCircleCheck />} title={t('verification.verified')}>
              {t(
                status.data.reVerificationRequired
                  ? 'verification.reviewedAgain'
                  : 'verification.verifiedHint',
              )}
            </Alert>
          )}
          {isWaiting && (
            <Alert color="blue" icon={<IconHourglass />} title={t('verification.waiting')}>
              {t('verification.waitingHint', { when: formatInstant(current.submittedAt, zone, language) })}
            </Alert>
          )}
          {rejected !== undefined && !status.data.verified && (
            <Alert color="red" role="alert" title={t('verification.rejected')}>
              {rejected.rejectionReason ?? rejected.reason}
            </Alert>
          )}
          {!status.data.verified && !isWaiting && (
            <VerificationForm
              key={rejected?.requestId}
              first={{
                businessName: rejected?.businessName ?? '',
                taxId: rejected?.taxId ?? '',
                businessType: rejected?.businessType ?? 'SOLE_PROPRIETOR',
                businessAddress: rejected?.businessAddress ?? '',
              }}
              again={rejected !== undefined}
            />
          )}
          {status.data.history.length > 0 && (
            <Card withBorder component="section">
              <Title order={2} fz="h4" mb="sm">
                {t('verification.history')}
              </Title>
              <Timeline bulletSize={16} lineWidth={2}>
                {status.data.history.map((request) => (
                  <Timeline.Item key={request.requestId} title={t(`verification.state.${request.status}`)}>
                    <Text size="sm">{request.businessName}</Text>
                    <Text size="sm" c="dimmed">
                      {formatInstant(request.reviewedAt ?? request.submittedAt, zone, language)}
                    </Text>
                    {(request.rejectionReason ?? request.reason) != null && (
                      <Text size="sm">{request.rejectionReason ?? request.reason}</Text>
                    )}
                  </Timeline.Item>
                ))}
              </Timeline>
            </Card>
          )}
        </Stack>
      )}
    </Container>
  );
}

function VerificationForm({ first, again }: { first: VerificationFields; again: boolean }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const submission = useSubmitVerification();
  const [fields, setFields] = useState(first);
  const [proof, setProof] = useState<File | null>(null);
  const [asked, setAsked] = useState(false);
  const problem = submission.isError ? problemFromThrown(submission.error) : undefined;
  const set = (change: Partial<VerificationFields>) => setFields((before) => ({ ...before, ...change }));
  const wrong = (field: keyof VerificationFields) =>
    asked && fields[field].trim() === '' ? t('verification.needed') : problem?.fieldMessage(field);
  const proofIsWrong = proof !== null && (!kinds.includes(proof.type) || proof.size > largestBytes);
  const proofError = proofIsWrong
    ? t('verification.proofRefused')
    : asked && proof === null
      ? t('verification.proofNeeded')
      : problem?.fieldMessage('proofDocument');
  const submit = () => {
    setAsked(true);
    if (proof === null || proofIsWrong || Object.values(fields).some((value: string) => value.trim() === ''))
      return;
    submission.mutate(
      { fields, proof },
      { onSuccess: () => notifications.show({ color: 'pine', message: t('verification.sent') }) },
    );
  };
  const reference =
    typeof problem?.details.existingRequestId === 'string' ? problem.details.existingRequestId : undefined;
  return (
    <Card withBorder component="section">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('verification.businessName')}
            required
            maxLength={200}
            autoComplete="organization"
            value={fields.businessName}
            error={wrong('businessName')}
            onChange={(event) => set({ businessName: event.currentTarget.value })}
          />
          <TextInput
            label={t('verification.taxId')}
            description={t('verification.taxIdHint')}
            required
            maxLength={32}
            inputMode="numeric"
            autoComplete="off"
            value={fields.taxId}
            error={wrong('taxId')}
            onChange={(event) => set({ taxId: event.currentTarget.value })}
          />
          <Radio.Group
            label={t('verification.businessType')}
            required
            value={fields.businessType}
            onChange={(value) => set({ businessType: value })}
          >
            <Group mt={4} gap="md">
              {businessTypes.map((value) => (
                <Radio key={value} value={value} label={t(`verification.type.${value}`)} />
              ))}
            </Group>
          </Radio.Group>
          <TextInput
            label={t('verification.businessAddress')}
            required
            maxLength={300}
            autoComplete="street-address"
            value={fields.businessAddress}
            error={wrong('businessAddress')}
            onChange={(event) => set({ businessAddress: event.currentTarget.value })}
          />
          <FileInput
            label={t('verification.proof')}
            description={t('verification.proofHint')}
            placeholder={t('verification.chooseFile')}
            required
            clearable
            accept={kinds.join(',')}
            leftSection={<IconFileUpload size={17} aria-hidden />}
            clearButtonProps={{ 'aria-label': t('verification.clearFile') }}
            value={proof}
            error={proofError}
            onChange={setProof}
          />
          {problem !== undefined && problem.fields.length === 0 && (
            <Alert color="red" role="alert">
              {problemText(problem, shared)}
              {reference !== undefined && ` ${shared('problem.reference', { id: reference })}`}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={submission.isPending} disabled={!online}>
              {t(again ? 'verification.again' : 'verification.send')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}
