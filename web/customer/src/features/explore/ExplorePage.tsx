/** Home: filters, the map and its twin, the list. Both always show the same courts. */
import type { CourtSummary, CourtType } from '@courtside/api';
import {
  EmptyState,
  formatMoney,
  LazyCourtMap,
  ListSkeleton,
  ProblemView,
  sportColors,
  todayIn,
  useLanguage,
  type MapMarker,
  type MapView,
} from '@courtside/ui';
import { ActionIcon, Alert, Button, Group, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowsMaximize, IconArrowsMinimize, IconMapPinOff, IconX } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cities } from '../../app/cities';
import { DataAge } from '../../app/DataAge';
import type { ExploreSearch } from '../../app/router';
import { useNow } from '../../app/useNow';
import { WeatherStrip } from '../../app/WeatherStrip';
import { useClientConfig } from '../../data/clientConfig';
import { useFavorites } from '../../data/favorites';
import { usePreferences } from '../../data/preferences';
import { CourtCard } from './CourtCard';
import classes from './ExplorePage.module.css';
import { Filters } from './Filters';
import { narrowed } from './narrowing';
import { PlayingPrompt } from './PlayingPrompt';
import { UnfinishedPayment } from './UnfinishedPayment';
import { useCourtSearch, type Area } from './useCourtSearch';
import { usePosition } from './usePosition';

const cityRadiusKm = 25;

function useArea(search: ExploreSearch, radiusKm: number, position: ReturnType<typeof usePosition>['state']) {
  const city = search.city === 'me' && position.phase === 'known' ? undefined : cityOf(search.city);
  const home = useMemo((): MapView => {
    if (city !== undefined) return city;
    return position.phase === 'known'
      ? { latitude: position.latitude, longitude: position.longitude, zoom: 12.5 }
      : cities.athens;
  }, [city, position]);
  // Moving the map takes over from the city until another city is chosen.
  const [moved, setMoved] = useState<{ home: MapView; area: Area }>();
  const current: Area =
    moved?.home === home
      ? moved.area
      : { kind: 'around', latitude: home.latitude, longitude: home.longitude, radiusKm };
  // APP-11: at most one request per 500 ms while the map moves.
  const [settled] = useDebouncedValue(moved?.home === home ? moved.area : undefined, 500);
  const area = moved?.home === home ? (settled ?? current) : current;
  return { home, area, moveTo: (next: Area) => setMoved({ home, area: next }) };
}

function cityOf(name: ExploreSearch['city']): MapView {
  return cities[name === undefined || name === 'me' ? 'athens' : name];
}

export function ExplorePage() {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const position = usePosition();
  const favorites = useFavorites().data;
  const preferred = usePreferences().data?.maxSearchDistanceKm;
  const nearby = search.city === 'me' ? (preferred ?? cityRadiusKm) : cityRadiusKm;
  const { home, area, moveTo } = useArea(search, search.km ?? nearby, position.state);
  const config = useClientConfig();
  const [pressed, setPressed] = useState<string>();
  const [pointed, setPointed] = useState<string>();
  const [mapLarge, setMapLarge] = useState(false);
  const { sport, place, date, time, words } = search;
  const result = useCourtSearch(area, { sport, place, date, time, words });

  const today = todayIn('Europe/Athens', useNow());

  const change = (changes: Partial<ExploreSearch>) => {
    setPressed(undefined);
    void navigate({ search: (before) => ({ ...before, ...changes }), replace: true });
  };
  const nearMe = async () => {
    if (await position.ask()) change({ city: 'me' });
  };

  const found = result.data?.courts;
  const { price, rating, free, liked } = search;
  const isNarrowed = [price, rating, free, liked].some((value) => value !== undefined);
  const courts = useMemo(
    () =>
      found === undefined
        ? undefined
        : narrowed(found, { price, rating, free, liked }, (court) =>
            favorites === undefined ? court.isFavorite : favorites.some(({ id }) => id === court.id),
          ),
    [found, price, rating, free, liked, favorites],
  );
  const markers = useMemo(
    (): MapMarker[] =>
      (courts ?? []).map((court) => {
        const label = formatMoney(court.basePriceCents, language, true);
        return {
          id: court.id,
          latitude: court.latitude,
          longitude: court.longitude,
          label,
          title: `${court.name}, ${shared(`sport.${court.courtType}`)}, ${label}`,
          color: sportColors[court.courtType],
          priceCents: court.basePriceCents,
          // Without a day the answer is about today, which says little late in the evening.
          quiet: date !== undefined && court.availabilityStatus !== 'AVAILABLE',
        };
      }),
    [courts, language, shared, date],
  );
  const pressedCourt = courts?.find((court) => court.id === pressed);
  const colours = useMemo(() => [...new Set((courts ?? []).map((court) => court.courtType))], [courts]);

  return (
    <div className={classes.page} data-map-large={mapLarge || undefined}>
      <title>{`${t('explore.title')} · Courtside`}</title>
      <h1 className={classes.hidden}>{t('explore.title')}</h1>
      <div className={classes.side}>
        <UnfinishedPayment />
        <Filters
          search={search}
          onChange={change}
          onNearMe={() => void nearMe()}
          locating={position.state.phase === 'asking'}
          hasFavorites={(favorites?.length ?? 0) > 0}
        />
        {position.state.phase === 'refused' && (
          <Alert color="yellow" mt="sm" role="status">
            {t('explore.noPosition')}
          </Alert>
        )}
        <div className={classes.results}>
          <div className={classes.weather}>
            <WeatherStrip place={area} date={date ?? today} time={time} />
          </div>
          <DataAge query={result} />
          {result.isPending && <ListSkeleton rows={5} height={128} />}
          {result.isError && courts === undefined && (
            <ProblemView error={result.error} onRetry={() => void result.refetch()} />
          )}
          {result.data !== undefined && courts !== undefined && (
            <Results
              courts={courts}
              total={isNarrowed ? courts.length : result.data.totalElements}
              suggestion={
                isNarrowed && courts.length === 0 ? 'REMOVE_FILTERS' : (result.data.suggestion ?? undefined)
              }
              search={search}
              active={pressed}
              onPoint={setPointed}
              onReset={() =>
                change({
                  sport: undefined,
                  place: undefined,
                  date: undefined,
                  time: undefined,
                  words: undefined,
                  price: undefined,
                  rating: undefined,
                  km: undefined,
                  free: undefined,
                  liked: undefined,
                })
              }
            />
          )}
        </div>
        <PlayingPrompt />
      </div>
      <div className={classes.map}>
        <LazyCourtMap
          view={home}
          markers={markers}
          selected={pressed ?? pointed}
          onSelect={setPressed}
          seeking={words !== undefined}
          onMove={(box, centre) => moveTo({ kind: 'box', ...centre, box })}
          you={position.state.phase === 'known' ? position.state : undefined}
          styleUrl={config.data?.mapTileUrl}
        />
        <ActionIcon
          className={classes.resize}
          variant="default"
          size="xl"
          aria-label={t(mapLarge ? 'explore.smallerMap' : 'explore.largerMap')}
          onClick={() => setMapLarge(!mapLarge)}
        >
          {mapLarge ? <IconArrowsMinimize size={20} /> : <IconArrowsMaximize size={20} />}
        </ActionIcon>
        {colours.length > 1 && <Legend sports={colours} />}
        {pressedCourt !== undefined && (
          <div className={classes.preview}>
            <CourtCard court={pressedCourt} date={date} time={time} />
            <ActionIcon
              className={classes.closePreview}
              variant="default"
              radius="xl"
              aria-label={shared('close')}
              onClick={() => setPressed(undefined)}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
        )}
      </div>
    </div>
  );
}

function Legend({ sports }: { sports: CourtType[] }) {
  const { t: shared } = useTranslation('ui');
  return (
    <ul className={classes.legend} aria-hidden>
      {sports.map((sport) => (
        <li key={sport}>
          <span style={{ background: sportColors[sport] }} /> {shared(`sport.${sport}`)}
        </li>
      ))}
    </ul>
  );
}

interface ResultsProps {
  courts: CourtSummary[];
  total: number;
  suggestion: string | undefined;
  search: ExploreSearch;
  active: string | undefined;
  onPoint: (courtId: string | undefined) => void;
  onReset: () => void;
}

function Results({ courts, total, suggestion, search, active, onPoint, onReset }: ResultsProps) {
  const { t } = useTranslation();
  if (courts.length === 0) {
    const { city, ...choices } = search;
    void city;
    const isFiltered = Object.values(choices).some((value) => value !== undefined);
    return (
      <EmptyState
        icon={<IconMapPinOff size={48} stroke={1.4} />}
        title={t('explore.none')}
        hint={t(`explore.suggestion.${suggestion ?? 'EXPAND_RADIUS'}`)}
        action={
          isFiltered ? (
            <Button variant="light" mt="sm" onClick={onReset}>
              {t('explore.reset')}
            </Button>
          ) : undefined
        }
      />
    );
  }
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed" role="status">
          {courts.length < total
            ? t('explore.nearestOf', { shown: courts.length, total })
            : t('explore.count', { count: total })}
        </Text>
      </Group>
      <ul className={classes.list}>
        {courts.map((court) => (
          <li key={court.id}>
            <CourtCard
              court={court}
              date={search.date}
              time={search.time}
              active={court.id === active}
              onPoint={onPoint}
            />
          </li>
        ))}
      </ul>
    </>
  );
}
