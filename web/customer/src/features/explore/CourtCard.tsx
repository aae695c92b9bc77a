/** One court in the list of results, and the same small under a pressed pin. */
import type { CourtSummary } from '@courtside/api';
import { CourtImage, formatDistance, formatMoney, SportIcon, useLanguage } from '@courtside/ui';
import { Group, Text } from '@mantine/core';
import { IconStarFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { FavoriteHeart } from '../../app/FavoriteHeart';
import classes from './CourtCard.module.css';

interface CourtCardProps {
  court: CourtSummary;
  date: string | undefined;
  time: string | undefined;
  active?: boolean;
  onPoint?: (courtId: string | undefined) => void;
}

export function CourtCard({ court, date, time, active = false, onPoint }: CourtCardProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  return (
    <div className={classes.cell}>
      <Link
        to="/courts/$courtId"
        params={{ courtId: court.id }}
        search={{ date, time }}
        className={classes.card}
        data-active={active || undefined}
        data-court-card={court.id}
        onMouseEnter={() => onPoint?.(court.id)}
        onMouseLeave={() => onPoint?.(undefined)}
        onFocus={() => onPoint?.(court.id)}
        onBlur={() => onPoint?.(undefined)}
      >
        <div className={classes.picture}>
          <CourtImage source={court.imageUrl ?? undefined} sport={court.courtType} alt="" />
        </div>
        <div className={classes.words}>
          <Text component="h2" className={classes.name} lineClamp={2}>
            {court.name}
          </Text>
          <Group gap={6} c="dimmed" wrap="nowrap">
            <SportIcon sport={court.courtType} size={16} />
            <Text size="sm" truncate>
              {shared(`sport.${court.courtType}`)} · {shared(`location.${court.locationType}`)}
            </Text>
          </Group>
          <Text size="sm" c="dimmed" truncate>
            {court.distanceKm != null && formatDistance(court.distanceKm, language)}
            {court.averageRating != null && (
              <>
                {' · '}
                <IconStarFilled size={12} className={classes.star} aria-hidden />{' '}
                {court.averageRating.toLocaleString(language, { maximumFractionDigits: 1 })}
              </>
            )}
          </Text>
          <Group justify="space-between" mt="auto" wrap="nowrap" gap="xs">
            <Text fw={750}>
              {formatMoney(court.basePriceCents, language, true)}
              <Text span size="sm" c="dimmed" fw={500}>
                {' '}
                / {court.durationMinutes}′
              </Text>
            </Text>
            <Text size="sm" fw={650} className={classes.availability} data-status={court.availabilityStatus}>
              {t(`${date === undefined ? 'availabilityToday' : 'availability'}.${court.availabilityStatus}`)}
            </Text>
          </Group>
        </div>
      </Link>
      <FavoriteHeart
        courtId={court.id}
        courtName={court.name}
        said={court.isFavorite}
        className={classes.heart}
      />
    </div>
  );
}
