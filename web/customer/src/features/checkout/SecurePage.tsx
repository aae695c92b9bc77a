/** 3-D Secure: the way to the bank, and the wait for what came of it (APP-28, BOOK-08). */
import { problemFromThrown } from '@courtside/api';
import { EmptyState, formatDate, formatTime, ProblemView, problemText, useLanguage } from '@courtside/ui';
import { Alert, Button, Card, Center, Container, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { IconCreditCardOff, IconShieldLock } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useNow } from '../../app/useNow';
import { Redirect } from '../../app/Redirect';
import { useBooking } from '../../data/bookings';
import { useStripe } from '../../data/clientConfig';
import { forgetSecret, rememberedSecret } from './secrets';

export function SecurePage() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const { bookingId } = useParams({ from: '/members/bookings/$bookingId/secure' });
  const booking = useBooking(bookingId, 2_000);
  const stripe = useStripe();
  const secret = booking.data?.paymentIntentClientSecret ?? rememberedSecret(bookingId);
  const now = useNow(1_000);
  const intent = useQuery({
    queryKey: ['payment-intent', bookingId],
    enabled: stripe !== undefined && secret !== undefined,
    refetchInterval: 2_000,
    retry: false,
    queryFn: () => {
      if (stripe === undefined || secret === undefined) throw new Error('nothing to ask with');
      return stripe.paymentIntent(secret);
    },
  });

  const leaving = useMutation({
    mutationFn: async () => {
      if (stripe === undefined || secret === undefined) throw new Error('nothing to ask with');
      const asked = await stripe.authenticate(secret, `${location.origin}/bookings/${bookingId}/secure`);
      if (asked.redirectUrl !== undefined) location.assign(asked.redirectUrl);
    },
  });

  const gone = booking.isError && problemFromThrown(booking.error).kind === 'gone';
  const failed =
    gone || intent.data?.status === 'canceled' || intent.data?.status === 'requires_payment_method';
  if (failed) {
    forgetSecret(bookingId);
    return (
      <EmptyState
        icon={<IconCreditCardOff size={52} stroke={1.3} />}
        title={t('secure.failed')}
        hint={t('secure.failedHint')}
        action={
          <Button
            mt="sm"
            renderRoot={(props) =>
              booking.data === undefined ? (
                <Link to="/" {...props} />
              ) : (
                <Link
                  to="/courts/$courtId"
                  params={{ courtId: booking.data.courtId }}
                  search={{ date: booking.data.date }}
                  {...props}
                />
              )
            }
          >
            {t('secure.again')}
          </Button>
        }
      />
    );
  }
  if (booking.data === undefined) {
    return booking.isError ? (
      <ProblemView error={booking.error} onRetry={() => void booking.refetch()} />
    ) : (
      <Center h="50dvh">
        <Loader />
      </Center>
    );
  }
  if (booking.data.status !== 'PENDING_PAYMENT') {
    forgetSecret(bookingId);
    return <Redirect href={`/bookings/${bookingId}/result`} />;
  }

  const waitsForBank = intent.data?.status === 'requires_action';
  const holdEnds = booking.data.holdExpiresAt == null ? undefined : new Date(booking.data.holdExpiresAt);
  const secondsLeft =
    holdEnds === undefined ? undefined : Math.max(0, Math.round((holdEnds.getTime() - now.getTime()) / 1000));
  return (
    <Container size={520} py="xl">
      <Card withBorder>
        <Stack align="center" ta="center">
          <IconShieldLock size={56} stroke={1.3} color="var(--courtside-brand-text)" aria-hidden />
          <Title order={1} fz="h2">
            {t(waitsForBank ? 'secure.title' : 'secure.checking')}
          </Title>
          <Text c="dimmed">
            {booking.data.courtName} · {formatDate(booking.data.date, language)},{' '}
            {formatTime(booking.data.startTime)}
          </Text>
          {waitsForBank ? (
            <>
              <Text>{t('secure.hint')}</Text>
              <Button
                size="lg"
                loading={leaving.isPending || leaving.isSuccess}
                onClick={() => leaving.mutate()}
              >
                {t('secure.go')}
              </Button>
              {leaving.isError && (
                <Alert color="red" role="alert">
                  {problemText(leaving.error, shared)}
                </Alert>
              )}
            </>
          ) : (
            <Group role="status">
              <Loader size="sm" />
              <Text>{t('secure.wait')}</Text>
            </Group>
          )}
          {secondsLeft !== undefined && (
            <Text size="sm" c="dimmed">
              {t('secure.left', {
                time: `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`,
              })}
            </Text>
          )}
          {secret === undefined && <Alert color="yellow">{t('secure.lost')}</Alert>}
        </Stack>
      </Card>
    </Container>
  );
}
