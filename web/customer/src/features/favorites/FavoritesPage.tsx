/** The favourite courts, each with its next free time (FIND-30, FIND-31). */
import type { FavoriteCourt } from '@courtside/api';
import {
  CourtImage,
  EmptyState,
  formatDate,
  formatMoney,
  formatTime,
  ListSkeleton,
  ProblemView,
  SportIcon,
  useLanguage,
} from '@courtside/ui';
import { Button, Container, Group, Text, Title } from '@mantine/core';
import { IconHeart } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataAge } from '../../app/DataAge';
import { FavoriteHeart } from '../../app/FavoriteHeart';
import { useFavorites } from '../../data/favorites';
import classes from './FavoritesPage.module.css';

export function FavoritesPage() {
  const { t } = useTranslation();
  const favorites = useFavorites();
  return (
    <Container size="sm" py="lg">
      <title>{`${t('settings.favorites')} · Courtside`}</title>
      <Title order={1} fz="h2" mb="md">
        {t('settings.favorites')}
      </Title>
      <DataAge query={favorites} />
      {favorites.isPending && <ListSkeleton rows={3} height={112} />}
      {favorites.isError && favorites.data === undefined && (
        <ProblemView error={favorites.error} onRetry={() => void favorites.refetch()} />
      )}
      {favorites.data?.length === 0 && (
        <EmptyState
          icon={<IconHeart size={48} stroke={1.4} />}
          title={t('favorites.none')}
          hint={t('favorites.noneHint')}
          action={
            <Button mt="sm" renderRoot={(props) => <Link to="/" {...props} />}>
              {t('bookings.find')}
            </Button>
          }
        />
      )}
      <ul className={classes.list}>
        {favorites.data?.map((court) => (
          <li key={court.id} className={classes.item}>
            <Favorite court={court} />
            <FavoriteHeart courtId={court.id} courtName={court.name} said className={classes.heart} />
          </li>
        ))}
      </ul>
    </Container>
  );
}

function Favorite({ court }: { court: FavoriteCourt }) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const next = court.nextFreeSlot;
  const content = (
    <>
      <div className={classes.picture}>
        <CourtImage source={court.imageUrl ?? undefined} sport={court.courtType} alt="" />
      </div>
      <div className={classes.words}>
        <Text component="h2" fw={700} lineClamp={2}>
          {court.name}
        </Text>
        <Group gap={6} c="dimmed" wrap="nowrap">
          <SportIcon sport={court.courtType} size={16} />
          <Text size="sm" truncate>
            {shared(`sport.${court.courtType}`)} · {formatMoney(court.basePriceCents, language, true)}
          </Text>
        </Group>
        <Text size="sm" fw={650} mt="auto" c={next == null ? 'dimmed' : 'var(--courtside-brand-text)'}>
          {!court.available
            ? t('favorites.unavailable')
            : next == null
              ? t('favorites.full')
              : t('favorites.next', {
                  date: formatDate(next.date, language),
                  time: formatTime(next.startTime),
                })}
        </Text>
      </div>
    </>
  );
  if (!court.available) return <div className={classes.card}>{content}</div>;
  return (
    <Link
      to="/courts/$courtId"
      params={{ courtId: court.id }}
      search={next == null ? {} : { date: next.date, time: formatTime(next.startTime) }}
      className={classes.card}
    >
      {content}
    </Link>
  );
}
