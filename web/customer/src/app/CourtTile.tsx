/** A court as strangers meet it, on the landing page and on its club's: a picture, what it is, what it costs. */
import type { CourtType, LocationType } from '@courtside/api';
import { CourtImage, formatMoney, SportIcon, useLanguage } from '@courtside/ui';
import { Group, Text } from '@mantine/core';
import { IconStarFilled } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import classes from './CourtTile.module.css';

interface CourtTileProps {
  id: string;
  name: string;
  sport: CourtType;
  location: LocationType;
  address: string;
  priceCents: number;
  minutes: number;
  image: string | undefined;
  rating: number | null | undefined;
}

export function CourtTile(court: CourtTileProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  return (
    <Link to="/courts/$courtId" params={{ courtId: court.id }} className={classes.tile}>
      <div className={classes.picture}>
        <CourtImage source={court.image} sport={court.sport} alt="" />
      </div>
      <div className={classes.words}>
        <h3 className={classes.name}>{court.name}</h3>
        <Group gap={6} c="dimmed" wrap="nowrap">
          <SportIcon sport={court.sport} size={16} />
          <Text size="sm" truncate>
            {shared(`sport.${court.sport}`)} · {shared(`location.${court.location}`)}
          </Text>
        </Group>
        <Text size="sm" c="dimmed" truncate>
          {court.address}
        </Text>
        <Group justify="space-between" mt="xs" wrap="nowrap">
          <Text fw={750}>
            {formatMoney(court.priceCents, language, true)}
            <Text span size="sm" c="dimmed" fw={500}>
              {' / '}
              {t('minutes', { count: court.minutes })}
            </Text>
          </Text>
          {court.rating != null && (
            <Text size="sm" fw={650} className={classes.rating}>
              <IconStarFilled size={13} aria-hidden />{' '}
              {court.rating.toLocaleString(language, { maximumFractionDigits: 1 })}
            </Text>
          )}
        </Group>
      </div>
    </Link>
  );
}

/** Tiles side by side, as many as fit. */
export function CourtTiles({ courts }: { courts: readonly CourtTileProps[] }) {
  return (
    <ul className={classes.tiles}>
      {courts.map((court) => (
        <li key={court.id}>
          <CourtTile {...court} />
        </li>
      ))}
    </ul>
  );
}
