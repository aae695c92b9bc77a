/** Stars and a few words about a court that was played on, once for each booking (COURT-43, COURT-44). */
import { problemFromThrown } from '@courtside/api';
import { problemText } from '@courtside/ui';
import { Alert, Button, Group, Rating, Stack, Text, Textarea, Title } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRate } from '../../data/ratings';

export function RateBooking({ bookingId, courtId }: { bookingId: string; courtId: string }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const { online } = useNetwork();
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState('');
  const rate = useRate(courtId);
  const isRated = rate.isSuccess || (rate.isError && problemFromThrown(rate.error).kind === 'conflict');
  if (isRated) {
    return (
      <Alert color="pine" role="status">
        {t(rate.isSuccess ? 'ratings.thanks' : 'ratings.already')}
      </Alert>
    );
  }
  return (
    <form
      aria-labelledby="rate"
      onSubmit={(event) => {
        event.preventDefault();
        const words = comment.trim();
        rate.mutate({ bookingId, rating: stars, ...(words === '' ? {} : { comment: words }) });
      }}
    >
      <Stack gap="sm">
        <Title order={2} fz="h4" id="rate">
          {t('ratings.how')}
        </Title>
        <Rating
          size="xl"
          value={stars}
          onChange={setStars}
          getSymbolLabel={(count) => t('ratings.stars', { count })}
        />
        <Textarea
          label={t('ratings.comment')}
          value={comment}
          maxLength={1000}
          autosize
          minRows={2}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        {rate.isError && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {problemText(rate.error, shared)}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={rate.isPending} disabled={stars === 0 || !online}>
            {t('ratings.send')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
