/** One club's courts, for everybody (APP-64). */
import { EmptyState, ListSkeleton, ProblemView, useLanguage } from '@courtside/ui';
import { problemFromThrown } from '@courtside/api';
import { Button, Text, Title } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CourtTiles } from '../../app/CourtTile';
import { inLanguage } from '../../app/inLanguage';
import { PublicHead } from '../../app/PublicHead';
import { clubData } from '../../app/structuredData';
import { useClub } from '../../data/publicCourts';
import classes from './ClubPage.module.css';

export function ClubPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { clubId } = useParams({ from: '/open/clubs/$clubId' });
  const club = useClub(clubId);
  if (club.isPending) {
    return (
      <div className={classes.page}>
        <ListSkeleton rows={3} height={160} />
      </div>
    );
  }
  if (club.isError) {
    return problemFromThrown(club.error).status === 404 ? (
      <EmptyState
        icon={<IconMapQuestion size={48} stroke={1.4} />}
        title={t('club.gone')}
        hint={t('club.goneHint')}
        action={
          <Button renderRoot={(props) => <Link to="/" {...props} />} mt="sm">
            {t('notFound.home')}
          </Button>
        }
      />
    ) : (
      <ProblemView error={club.error} onRetry={() => void club.refetch()} />
    );
  }
  const { name, courts } = club.data;
  const title = name ?? t('club.unnamed');
  const lead = t('club.lead', { count: courts.length });
  return (
    <div className={classes.page}>
      <title>{`${title} · Courtside`}</title>
      <PublicHead
        title={title}
        description={lead}
        path={`/clubs/${clubId}`}
        image={courts[0]?.imageUrls[0]}
        data={clubData(club.data, title, language, location.origin)}
      />
      <Title order={1} className={classes.title}>
        {title}
      </Title>
      <Text c="dimmed" mb="lg">
        {lead}
      </Text>
      <h2 className={classes.hidden}>{t('club.courts')}</h2>
      <CourtTiles
        courts={courts.map((court) => ({
          id: court.id,
          name: inLanguage(court.name, language)?.text ?? '',
          sport: court.courtType,
          location: court.locationType,
          address: court.address,
          priceCents: court.basePriceCents,
          minutes: court.durationMinutes,
          image: court.imageUrls[0],
          rating: court.averageRating,
        }))}
      />
    </div>
  );
}
