/** What others say of a court. It loads by itself and never stands in the way of booking (APP-20). */
import { formatDate, ListSkeleton, ProblemView, useLanguage } from '@courtside/ui';
import { Button, Group, Rating, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRatings } from '../../data/ratings';

export function Ratings({ courtId }: { courtId: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const ratings = useRatings(courtId);
  const summary = ratings.data?.pages[0];
  const average = summary?.averageRating;
  const stars = (value: number) => t('ratings.stars', { count: value });
  return (
    <section aria-labelledby="ratings">
      <Group gap="sm" mb="xs" align="center">
        <Title order={2} fz="h4" id="ratings">
          {t('ratings.title')}
        </Title>
        {average != null && summary !== undefined && (
          <Text fw={650}>
            {t('ratings.summary', {
              average: average.toLocaleString(language, { maximumFractionDigits: 1 }),
              count: summary.totalReviews,
            })}
          </Text>
        )}
      </Group>
      {ratings.isPending && <ListSkeleton rows={2} height={70} />}
      {ratings.isError && ratings.data === undefined && (
        <ProblemView compact error={ratings.error} onRetry={() => void ratings.refetch()} />
      )}
      {summary?.reviews.length === 0 && <Text c="dimmed">{t('ratings.none')}</Text>}
      <Stack gap="md" component="ul" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
        {ratings.data?.pages
          .flatMap((page) => page.reviews)
          .map((review) => (
            <li key={review.id}>
              <Group gap="xs">
                <Rating
                  value={review.rating}
                  readOnly
                  size="sm"
                  aria-label={stars(review.rating)}
                  role="img"
                />
                <Text size="sm" fw={650}>
                  {review.customerName ?? t('ratings.someone')}
                </Text>
                <Text size="sm" c="dimmed">
                  {formatDate(review.createdAt.slice(0, 10), language, 'short')}
                </Text>
              </Group>
              {review.comment != null && (
                <Text mt={4} style={{ whiteSpace: 'pre-line' }}>
                  {review.comment}
                </Text>
              )}
            </li>
          ))}
      </Stack>
      {ratings.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          size="xs"
          loading={ratings.isFetchingNextPage}
          onClick={() => void ratings.fetchNextPage()}
        >
          {t('bookings.more')}
        </Button>
      )}
    </section>
  );
}
