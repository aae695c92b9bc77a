/** The heart of a court: pressed for a favourite, with a mark while the change waits for the network. */
import { ActionIcon } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconHeart, IconHeartFilled } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFavorite } from '../data/favorites';

interface FavoriteHeartProps {
  courtId: string;
  courtName: string;
  said: boolean;
  className?: string | undefined;
}

export function FavoriteHeart({ courtId, courtName, said, className }: FavoriteHeartProps) {
  const { t } = useTranslation();
  const { isFavorite, isWaiting, toggle } = useFavorite(courtId, said);
  const Icon = isFavorite ? IconHeartFilled : IconHeart;
  const label = t('favorites.heart', { name: courtName });
  return (
    <ActionIcon
      variant="default"
      radius="xl"
      size={38}
      className={className}
      aria-pressed={isFavorite}
      aria-label={isWaiting ? `${label}, ${t('offline.waiting')}` : label}
      onClick={() => {
        if (!toggle()) notifications.show({ message: t('offline.full'), color: 'orange' });
      }}
    >
      <Icon
        size={20}
        color={isFavorite ? 'light-dark(#c2255c, #ff8fb3)' : undefined}
        opacity={isWaiting ? 0.6 : 1}
        aria-hidden
      />
    </ActionIcon>
  );
}
