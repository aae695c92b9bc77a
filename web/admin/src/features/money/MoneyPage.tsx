/** What an owner has earned and when it arrives: Stripe's account, balance, payouts with their rhythm, disputes. */
import type { Booking } from '@courtside/api';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatTimeRange,
  ListSkeleton,
  problemText,
  ProblemView,
  useFocusBack,
  useLanguage,
} from '@courtside/ui';
import {
  Alert,
  Badge,
  Button,
  Container,
  Group,
  Modal,
  Pagination,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../app/Panel';
import { useBooking } from '../../data/bookings';
import {
  payoutsPerPage,
  useBalance,
  useChangeSchedule,
  useDispute,
  useDisputedBookings,
  usePayouts,
  useStripeOnboarding,
  useStripeStatus,
  useSubmitEvidence,
} from '../../data/money';
import { useRefreshUser } from '../../data/verification';

const zone = 'Europe/Athens';

export function MoneyPage() {
  const { t } = useTranslation();
  const status = useStripeStatus();
  // Whoever comes back from Stripe may just have been connected.
  useRefreshUser();
  return (
    <Container size="md" py="lg">
      <Title order={1} fz="h2" mb="md">
        {t('money.title')}
      </Title>
      {status.isPending && <ListSkeleton rows={4} />}
      {status.isError && status.data === undefined && (
        <ProblemView error={status.error} onRetry={() => void status.refetch()} />
      )}
      {status.data !== undefined && (
        <Stack gap="md">
          <Account />
          {status.data.status !== 'NOT_STARTED' && <Payouts />}
          <Disputes />
        </Stack>
      )}
    </Container>
  );
}

function Account() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const status = useStripeStatus().data;
  const isOpen = status?.status === 'ACTIVE' || status?.status === 'RESTRICTED';
  const balance = useBalance(isOpen);
  const onboarding = useStripeOnboarding();
  const schedule = useChangeSchedule();
  if (status === undefined) return null;
  return (
    <Panel title={t('money.account')}>
      <Group justify="space-between">
        <Group gap="sm">
          <Badge size="lg" variant="light" color={status.status === 'ACTIVE' ? 'pine' : 'orange'}>
            {t(`money.status.${status.status}`)}
          </Badge>
          {status.nextPayoutDate != null && (
            <Text>
              {t('money.next', { date: formatDate(status.nextPayoutDate.slice(0, 10), language, 'full') })}
            </Text>
          )}
        </Group>
        {(status.status !== 'ACTIVE' || status.requiresAction) && (
          <Button loading={onboarding.isPending} onClick={() => onboarding.mutate()}>
            {t(status.status === 'NOT_STARTED' ? 'standing.stripeGo' : 'money.resume')}
          </Button>
        )}
      </Group>
      {status.restrictionReason != null && (
        <Alert color="orange" role="alert" title={t('money.restricted')}>
          {status.restrictionReason}
        </Alert>
      )}
      {onboarding.isError && (
        <Alert color="red" role="alert">
          {problemText(onboarding.error, shared)}
        </Alert>
      )}
      {balance.data !== undefined && (
        <SimpleGrid cols={2} maw={420}>
          <div>
            <Text size="sm" c="dimmed">
              {t('money.available')}
            </Text>
            <Text fw={750} fz="xl">
              {formatMoney(balance.data.availableCents, language)}
            </Text>
          </div>
          <div>
            <Text size="sm" c="dimmed">
              {t('money.onTheWay')}
            </Text>
            <Text fw={750} fz="xl">
              {formatMoney(balance.data.pendingCents, language)}
            </Text>
          </div>
        </SimpleGrid>
      )}
      {status.status === 'ACTIVE' && (
        <div>
          <Text size="sm" fw={500} mb={4} id="payout-schedule">
            {t('money.schedule')}
          </Text>
          <SegmentedControl
            aria-labelledby="payout-schedule"
            value={schedule.isPending ? schedule.variables : (status.payoutSchedule ?? 'WEEKLY')}
            disabled={schedule.isPending}
            data={(['DAILY', 'WEEKLY', 'MONTHLY'] as const).map((value) => ({
              value,
              label: t(`money.schedules.${value}`),
            }))}
            onChange={(value) =>
              schedule.mutate(value, {
                onSuccess: () => notifications.show({ color: 'pine', message: t('settings.saved') }),
              })
            }
          />
          {schedule.isError && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert" mt={4}>
              {problemText(schedule.error, shared)}
            </Text>
          )}
        </div>
      )}
    </Panel>
  );
}

function Payouts() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const [page, setPage] = useState(0);
  const payouts = usePayouts(page, true);
  const pages = Math.ceil((payouts.data?.totalElements ?? 0) / payoutsPerPage);
  return (
    <Panel title={t('money.payouts')}>
      {payouts.isPending && <ListSkeleton rows={3} height={40} />}
      {payouts.isError && payouts.data === undefined && (
        <ProblemView compact error={payouts.error} onRetry={() => void payouts.refetch()} />
      )}
      {payouts.data?.payouts.length === 0 && <Text c="dimmed">{t('money.noPayouts')}</Text>}
      {(payouts.data?.payouts.length ?? 0) > 0 && (
        <Table.ScrollContainer minWidth={320}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('money.arrival')}</Table.Th>
                <Table.Th>{t('money.state')}</Table.Th>
                <Table.Th ta="end">{t('money.amount')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {payouts.data?.payouts.map((payout) => (
                <Table.Tr key={payout.id}>
                  <Table.Td>
                    {payout.arrivalDate == null
                      ? '–'
                      : formatDate(payout.arrivalDate.slice(0, 10), language, 'short')}
                  </Table.Td>
                  <Table.Td>{t(`money.payoutStatus.${payout.status}`)}</Table.Td>
                  <Table.Td ta="end" fw={650}>
                    {formatMoney(payout.amountCents, language)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {pages > 1 && (
        <Pagination
          total={pages}
          value={page + 1}
          onChange={(value) => setPage(value - 1)}
          getControlProps={(control) => ({
            'aria-label': t(control === 'previous' ? 'money.newer' : 'money.older'),
          })}
          aria-label={shared('loading')}
        />
      )}
    </Panel>
  );
}

function Disputes() {
  const { t } = useTranslation();
  const language = useLanguage();
  const disputed = useDisputedBookings();
  const [opened, setOpened] = useState<Booking>();
  return (
    <Panel title={t('disputes.title')} lead={t('disputes.lead')}>
      {disputed.isPending && <ListSkeleton rows={2} height={40} />}
      {disputed.isError && disputed.data === undefined && (
        <ProblemView compact error={disputed.error} onRetry={() => void disputed.refetch()} />
      )}
      {disputed.data?.length === 0 && <Text c="dimmed">{t('disputes.none')}</Text>}
      {disputed.data?.map((booking) => (
        <Group key={booking.id} justify="space-between">
          <Text size="sm">
            <b>{formatMoney(booking.totalAmountCents, language)}</b> · {booking.courtName},{' '}
            {formatDate(booking.date, language, 'medium')},{' '}
            {formatTimeRange(booking.startTime, booking.endTime)}
          </Text>
          <Button size="xs" variant="default" onClick={() => setOpened(booking)}>
            {t('disputes.open')}
          </Button>
        </Group>
      ))}
      {opened !== undefined && <DisputeDialog booking={opened} onClose={() => setOpened(undefined)} />}
    </Panel>
  );
}

function DisputeDialog({ booking, onClose }: { booking: Booking; onClose: () => void }) {
  useFocusBack();
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const detail = useBooking(booking.id);
  const paymentId = detail.data?.paymentId ?? undefined;
  const dispute = useDispute(paymentId);
  const failed = detail.error ?? dispute.error;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('disputes.one')}
      closeButtonProps={{ 'aria-label': shared('close') }}
    >
      {failed != null && <ProblemView compact error={failed} />}
      {failed == null && dispute.data === undefined && <ListSkeleton rows={3} height={40} />}
      {dispute.data !== undefined && paymentId !== undefined && (
        <Stack gap="sm">
          <Text>
            <b>{formatMoney(dispute.data.amountCents, language)}</b> ·{' '}
            {t(`disputes.status.${dispute.data.status}`)} · {dispute.data.reason}
          </Text>
          {dispute.data.evidenceDueBy != null && (
            <Text>
              {t('disputes.due', { when: formatInstant(dispute.data.evidenceDueBy, zone, language) })}
            </Text>
          )}
          {dispute.data.status === 'OPEN' && <EvidenceForm paymentId={paymentId} onClose={onClose} />}
        </Stack>
      )}
    </Modal>
  );
}

function EvidenceForm({ paymentId, onClose }: { paymentId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const submission = useSubmitEvidence(paymentId);
  const [explanation, setExplanation] = useState('');
  const [communication, setCommunication] = useState('');
  const [asked, setAsked] = useState(false);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (explanation.trim() === '') return;
        submission.mutate(
          {
            explanation: explanation.trim(),
            ...(communication.trim() !== '' && { customerCommunication: communication.trim() }),
          },
          {
            onSuccess: () => {
              notifications.show({ color: 'pine', message: t('disputes.sent') });
              onClose();
            },
          },
        );
      }}
    >
      <Stack gap="sm">
        <Textarea
          label={t('disputes.explanation')}
          description={t('disputes.explanationHint')}
          required
          maxLength={5000}
          autosize
          minRows={4}
          value={explanation}
          error={asked && explanation.trim() === '' ? t('verification.needed') : undefined}
          onChange={(event) => setExplanation(event.currentTarget.value)}
        />
        <Textarea
          label={t('disputes.communication')}
          maxLength={10000}
          autosize
          minRows={2}
          value={communication}
          onChange={(event) => setCommunication(event.currentTarget.value)}
        />
        {submission.isError && (
          <Alert color="red" role="alert">
            {problemText(submission.error, shared)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={submission.isPending}>
            {t('disputes.send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
