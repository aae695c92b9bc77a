/** What a stranger sees first: what Courtside is for players, and what for owners (APP-63). */
import { formatMoney, ListSkeleton, ProblemView, SportIcon, useLanguage } from '@courtside/ui';
import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import {
  IconAdjustments,
  IconArrowRight,
  IconBuildingStadium,
  IconCalendarEvent,
  IconCode,
  IconCreditCard,
  IconSearch,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cities, cityNames, type City } from '../../app/cities';
import { CourtDrawing } from '../../app/CourtDrawing';
import { CourtTiles } from '../../app/CourtTile';
import { PublicHead } from '../../app/PublicHead';
import { siteData } from '../../app/structuredData';
import { useCourtsAround } from '../../data/publicCourts';
import { CalendarDrawing } from './CalendarDrawing';
import classes from './LandingPage.module.css';

/** As many tiles as fill two rows. */
const shownCourts = 6;

export function LandingPage() {
  const { t } = useTranslation();
  return (
    <div className={classes.page}>
      <title>{`Courtside · ${t('landing.headline')}`}</title>
      <PublicHead
        title={t('landing.headline')}
        description={t('landing.lead')}
        path="/"
        data={siteData(t('landing.lead'), location.origin)}
      />
      <section className={classes.hero}>
        <div className={classes.heroWords}>
          <h1 className={classes.headline}>{t('landing.headline')}</h1>
          <Text className={classes.lead}>{t('landing.lead')}</Text>
          <Group mt="xl" gap="sm">
            <Button
              size="lg"
              leftSection={<IconSearch size={20} aria-hidden />}
              renderRoot={(props) => <Link to="/welcome" {...props} />}
            >
              {t('landing.find')}
            </Button>
            <Button
              size="lg"
              variant="default"
              component="a"
              href="#owners"
              leftSection={<IconBuildingStadium size={20} aria-hidden />}
            >
              {t('landing.forOwners')}
            </Button>
          </Group>
          <Sports />
        </div>
        <div className={classes.heroPicture} aria-hidden>
          <CourtDrawing className={classes.drawing} />
          <BookingSample />
        </div>
      </section>
      <Steps />
      <Nearby />
      <Owners />
      <footer className={classes.footer}>
        <Text fw={700}>{t('landing.farewell')}</Text>
        <Group gap="lg">
          <Link to="/welcome" className={classes.footerLink}>
            {t('nav.signIn')}
          </Link>
          <a href="/admin/" className={classes.footerLink}>
            {t('landing.portal')}
          </a>
        </Group>
      </footer>
    </div>
  );
}

function Sports() {
  const { t } = useTranslation('ui');
  return (
    <ul className={classes.sports}>
      {(['PADEL', 'TENNIS', 'BASKETBALL', 'FOOTBALL_5X5'] as const).map((sport) => (
        <li key={sport}>
          <SportIcon sport={sport} size={18} />
          {t(`sport.${sport}`)}
        </li>
      ))}
    </ul>
  );
}

/** A picture of booking, drawn like the real thing; nobody can press it. */
function BookingSample() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  return (
    <div className={classes.sample}>
      <div className={classes.sampleHead}>
        <span className={classes.sampleBadge}>
          <SportIcon sport="PADEL" size={18} />
        </span>
        <div>
          <div className={classes.sampleTitle}>{t('landing.sampleCourt')}</div>
          <div
            className={classes.sampleHint}
          >{`${shared('days.today')} · ${t('minutes', { count: 90 })}`}</div>
        </div>
      </div>
      <div className={classes.sampleSlots}>
        {[
          ['17:00', 2400],
          ['18:30', 2800],
          ['20:00', 2800],
        ].map(([time, cents]) => (
          <span key={time} data-chosen={time === '18:30' || undefined}>
            <b>{time}</b>
            {formatMoney(Number(cents), language, true)}
          </span>
        ))}
      </div>
      <div className={classes.sampleButton}>{t('court.book')}</div>
    </div>
  );
}

function Steps() {
  const { t } = useTranslation();
  const steps = [
    ['see', IconSearch],
    ['book', IconCreditCard],
    ['play', IconCalendarEvent],
  ] as const;
  return (
    <section className={classes.section} aria-labelledby="players">
      <p className={classes.kicker}>{t('landing.players')}</p>
      <h2 id="players" className={classes.title}>
        {t('landing.stepsTitle')}
      </h2>
      <ol className={classes.steps}>
        {steps.map(([step, Icon], position) => (
          <li key={step} className={classes.step}>
            <span className={classes.stepNumber} aria-hidden>
              {position + 1}
            </span>
            <Icon size={28} stroke={1.6} aria-hidden />
            <h3>{t(`landing.steps.${step}`)}</h3>
            <Text c="dimmed">{t(`landing.steps.${step}Hint`)}</Text>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Nearby() {
  const { t } = useTranslation();
  const [city, setCity] = useState<City>('athens');
  const around = useCourtsAround(cities[city]);
  return (
    <section className={`${classes.section} ${classes.nearby}`} aria-labelledby="nearby">
      <Group justify="space-between" align="flex-end" gap="md" mb="lg">
        <div>
          <h2 id="nearby" className={classes.title}>
            {t('landing.nearby')}
          </h2>
          <Text c="dimmed">{t('landing.nearbyHint')}</Text>
        </div>
        <div className={classes.cities}>
          <SegmentedControl
            aria-label={t('explore.city')}
            value={city}
            onChange={(value) => setCity(value)}
            data={cityNames.map((name) => ({ value: name, label: t(`city.${name}`) }))}
          />
        </div>
      </Group>
      {around.isPending ? (
        <ListSkeleton rows={2} height={220} />
      ) : around.data === undefined ? (
        <ProblemView compact error={around.error} onRetry={() => void around.refetch()} />
      ) : around.data.courts.length === 0 ? (
        <Text role="status">{t('landing.nearbyNone')}</Text>
      ) : (
        <CourtTiles
          courts={around.data.courts.slice(0, shownCourts).map((court) => ({
            id: court.id,
            name: court.name,
            sport: court.courtType,
            location: court.locationType,
            address: court.address,
            priceCents: court.basePriceCents,
            minutes: court.durationMinutes,
            image: court.imageUrl ?? undefined,
            rating: court.averageRating,
          }))}
        />
      )}
    </section>
  );
}

function Owners() {
  const { t } = useTranslation();
  const points = [
    ['calendar', IconCalendarEvent],
    ['money', IconCreditCard],
    ['rules', IconAdjustments],
    ['widget', IconCode],
  ] as const;
  return (
    <section id="owners" className={classes.owners} aria-labelledby="owners-title">
      <div className={classes.ownersInside}>
        <div>
          <p className={classes.kicker}>{t('landing.owners')}</p>
          <h2 id="owners-title" className={classes.title}>
            {t('landing.ownersTitle')}
          </h2>
          <p className={classes.ownersLead}>{t('landing.ownersLead')}</p>
          <ul className={classes.points}>
            {points.map(([point, Icon]) => (
              <li key={point}>
                <Icon size={24} stroke={1.6} aria-hidden />
                <div>
                  <h3>{t(`landing.points.${point}`)}</h3>
                  <p>{t(`landing.points.${point}Hint`)}</p>
                </div>
              </li>
            ))}
          </ul>
          <Button
            component="a"
            href="/admin/"
            size="lg"
            mt="xl"
            className={classes.ownersButton}
            rightSection={<IconArrowRight size={20} aria-hidden />}
          >
            {t('landing.openPortal')}
          </Button>
        </div>
        <CalendarDrawing className={classes.calendar} />
      </div>
    </section>
  );
}
