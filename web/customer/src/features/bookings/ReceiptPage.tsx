/** The receipt of a paid booking, to read here and to keep as a PDF (PAY-40). */
import type { Receipt } from '@courtside/api';
import {
  formatDate,
  formatInstant,
  formatMoney,
  formatTimeRange,
  ProblemView,
  problemText,
  useLanguage,
  viewerZone,
} from '@courtside/ui';
import { Alert, Button, Card, Container, Divider, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { IconArrowLeft, IconDownload } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useReceipt, useReceiptFile } from '../../data/bookings';

export function ReceiptPage() {
  const { t } = useTranslation();
  const { bookingId } = useParams({ from: '/members/bookings/$bookingId/receipt' });
  const receipt = useReceipt(bookingId);
  return (
    <Container size="sm" py="md">
      <title>{`${t('receipt.title')} · Courtside`}</title>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        ml={-8}
        mb="sm"
        leftSection={<IconArrowLeft size={16} />}
        renderRoot={(props) => <Link to="/bookings/$bookingId" params={{ bookingId }} {...props} />}
      >
        {t('move.back')}
      </Button>
      {receipt.isPending ? (
        <Skeleton h={420} radius="lg" role="status" aria-label={t('loading', { ns: 'ui' })} />
      ) : receipt.data === undefined ? (
        <ProblemView error={receipt.error} onRetry={() => void receipt.refetch()} />
      ) : (
        <ReceiptView receipt={receipt.data} />
      )}
    </Container>
  );
}

function ReceiptView({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { online } = useNetwork();
  const file = useReceiptFile(receipt.bookingId);
  const money = (cents: number) => formatMoney(cents, language);
  return (
    <Card withBorder>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={1} fz="h2">
              {t('receipt.title')}
            </Title>
            <Text c="dimmed">
              {receipt.number} · {formatInstant(receipt.issuedAt, viewerZone(), language)}
            </Text>
          </div>
          <Button
            variant="default"
            leftSection={<IconDownload size={18} />}
            loading={file.isPending}
            disabled={!online}
            onClick={() => file.mutate(receipt.number)}
          >
            {t('receipt.pdf')}
          </Button>
        </Group>
        {file.isError && (
          <Alert color="red" role="alert">
            {problemText(file.error, shared)}
          </Alert>
        )}
        <div>
          <Text fw={700}>{receipt.courtName}</Text>
          <Text c="dimmed">{receipt.courtAddress}</Text>
          <Text tt="capitalize">
            {formatDate(receipt.date, language, 'full')},{' '}
            {formatTimeRange(receipt.startTime, receipt.endTime)}
          </Text>
        </div>
        <Divider />
        <Stack gap={6}>
          <Line label={t('receipt.court')} value={money(receipt.courtOwnerNetCents)} />
          <Line label={t('receipt.fee')} value={money(receipt.platformFeeCents)} />
          {receipt.discountCents != null && receipt.discountCents > 0 && (
            <Line label={t('receipt.discount')} value={`−${money(receipt.discountCents)}`} />
          )}
          <Line label={t('booking.total')} value={money(receipt.totalChargedCents)} strong />
          {receipt.vat != null && (
            <Line
              label={t('receipt.vat', { percent: receipt.vat.ratePercent })}
              value={money(receipt.vat.includedCents)}
            />
          )}
        </Stack>
        <Divider />
        <Stack gap={6}>
          {receipt.cardLast4 != null && <Line label={t('pay.card')} value={`•••• ${receipt.cardLast4}`} />}
          <Line label={t('receipt.transaction')} value={receipt.transactionId} />
        </Stack>
      </Stack>
    </Card>
  );
}

function Line({ label, value, strong = false }: { label: string; value: string; strong?: boolean }) {
  return (
    <Group justify="space-between" gap="md">
      <Text c="dimmed">{label}</Text>
      <Text fw={strong ? 750 : 500} fz={strong ? 'lg' : 'md'} style={{ overflowWrap: 'anywhere' }}>
        {value}
      </Text>
    </Group>
  );
}
