/** The desk: what waits for a decision and how the system is doing; each role sees what it may do (ADMIN-44). */
import { EmptyState, ListSkeleton, useSession } from '@courtside/ui';
import { Alert, Card, Group, Stack, Text, Title } from '@mantine/core';
import { IconChevronRight, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import {
  deadLetters,
  disputes,
  paymentReviews,
  payoutHolds,
  useSource,
  useVerifications,
  type Source,
} from './data';
import { Health } from './Health';
import classes from './StaffPage.module.css';
import { StaffScreen } from './StaffScreen';
import { useStaffTexts } from './texts';

interface Waiting {
  key: 'verifications' | 'disputes' | 'holds' | 'reviews' | 'deadLetters';
  to: '/staff/verifications' | '/staff/money' | '/staff/dead-letters';
  tab?: 'disputes' | 'holds' | 'reviews';
  isPending: boolean;
  /** How many; nothing when that could not be told. */
  count: number | undefined;
}

/** How many of a list wait for somebody. */
function useWaiting<Row, State extends string>(source: Source<Row, State>) {
  const found = useSource(source, source.open, 0);
  return { isPending: found.isPending, count: found.data?.totalElements };
}

function WaitingList() {
  const { t } = useStaffTexts();
  const verifications = useVerifications('PENDING_REVIEW', 0);
  const letters = [useWaiting(deadLetters.transaction), useWaiting(deadLetters.platform)];
  const lines: Waiting[] = [
    {
      key: 'verifications',
      to: '/staff/verifications',
      isPending: verifications.isPending,
      count: verifications.data?.totalElements,
    },
    { key: 'disputes', to: '/staff/money', tab: 'disputes', ...useWaiting(disputes) },
    { key: 'holds', to: '/staff/money', tab: 'holds', ...useWaiting(payoutHolds) },
    { key: 'reviews', to: '/staff/money', tab: 'reviews', ...useWaiting(paymentReviews) },
    {
      key: 'deadLetters',
      to: '/staff/dead-letters',
      isPending: letters.some(({ isPending }) => isPending),
      count: letters.some(({ count }) => count === undefined)
        ? undefined
        : letters.reduce((sum, { count = 0 }) => sum + count, 0),
    },
  ];
  if (lines.some(({ isPending }) => isPending)) return <ListSkeleton rows={3} height={56} />;
  const shown = lines.filter(({ count }) => count !== 0);
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
      {shown.map(({ key, to, tab, count }) => (
        <li key={key}>
          <Link to={to} search={tab === undefined ? {} : { tab }} className={classes.line}>
            <span>
              {count === undefined
                ? `${t(`nav.${tab === undefined ? key : 'money'}`)}: ${t('desk.unknown')}`
                : t(`desk.${key}`, { count })}
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
