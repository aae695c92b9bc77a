/** The desk: what waits for a decision and how the system is doing; each role sees what it may do (ADMIN-44). */
import { EmptyState, ListSkeleton, useSession } from '@courtside/ui';
import { Alert, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconChevronRight, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { UseQueryResult } from '@tanstack/react-query';
import { useDisputes, usePaymentReviews, usePayoutHolds, useVerifications } from './data';
import { Health } from './Health';
import classes from './StaffPage.module.css';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

interface Waiting {
  key: 'verifications' | 'disputes' | 'holds' | 'reviews';
  to: '/staff/verifications' | '/staff/money';
  tab?: 'disputes' | 'holds' | 'reviews';
  query: UseQueryResult<{ totalElements: number }>;
}

function WaitingList() {
  const { t } = useStaffTexts();
  const lines: Waiting[] = [
    { key: 'verifications', to: '/staff/verifications', query: useVerifications('PENDING_REVIEW', 0) },
    { key: 'disputes', to: '/staff/money', tab: 'disputes', query: useDisputes('OPEN', 0) },
    { key: 'holds', to: '/staff/money', tab: 'holds', query: usePayoutHolds('HELD', 0) },
    { key: 'reviews', to: '/staff/money', tab: 'reviews', query: usePaymentReviews('OPEN', 0) },
  ];
  if (lines.some(({ query }) => query.isPending)) return <ListSkeleton rows={3} height={56} />;
  const shown = lines.filter(({ query }) => query.data === undefined || query.data.totalElements > 0);
  if (shown.length === 0) {
    return (
      <EmptyState
        icon={<IconCircleCheck size={48} stroke={1.3} />}
        title={t('desk.none')}
        hint={t('desk.noneHint')}
      />
    );
  }
  return (
    <ul className={classes.lines}>
      {shown.map(({ key, to, tab, query }) => (
        <li key={key}>
          <Link to={to} search={tab === undefined ? {} : { tab }} className={classes.line}>
            <span>
              {query.data === undefined
                ? `${t(`nav.${key === 'verifications' ? key : 'money'}`)}: ${t('desk.unknown')}`
                : t(`desk.${key}`, { count: query.data.totalElements })}
            </span>
            <IconChevronRight size={18} aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function StaffPage() {
  const { t } = useStaffTexts();
  const { user } = useSession();
  const isAdmin = user?.role === 'PLATFORM_ADMIN';
  return (
    <StaffScreen
      title={t('desk.title')}
      lead={t('desk.hello', { email: user?.email, role: t(`users.roles.${user?.role ?? 'SUPPORT_AGENT'}`) })}
      roles={['SUPPORT_AGENT', 'PLATFORM_ADMIN']}
    >
      <Stack gap="lg">
        {isAdmin ? (
          <Card withBorder>
            <Group justify="space-between" mb="sm">
              <Title order={2} fz="h4">
                {t('desk.waiting')}
              </Title>
            </Group>
            <WaitingList />
          </Card>
        ) : (
          <Alert title={t('desk.agentTitle')} color="blue">
            <Text c="var(--mantine-color-text)">{t('desk.agentHint')}</Text>
          </Alert>
        )}
        <Health />
      </Stack>
    </StaffScreen>
  );
}
