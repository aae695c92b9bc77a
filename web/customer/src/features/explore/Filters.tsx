/** What to look for: sport, roof, city, day and time. Every choice stands in the address and counts at once. */
import type { CourtType, LocationType } from '@courtside/api';
import { addDays, formatDate, SportIcon, todayIn, useLanguage } from '@courtside/ui';
import { ActionIcon, Select, TextInput, Tooltip } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconCurrentLocation, IconHeart, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cityNames } from '../../app/cities';
import type { ExploreSearch } from '../../app/router';
import classes from './Filters.module.css';
import { MoreFilters } from './MoreFilters';

const sports: CourtType[] = ['PADEL', 'TENNIS', 'BASKETBALL', 'FOOTBALL_5X5'];
/** BOOK-09: as far ahead as can be booked. */
const daysAhead = 30;
const startTimes = Array.from({ length: 17 }, (_unused, hour) => `${String(hour + 7).padStart(2, '0')}:00`);

interface FiltersProps {
  search: ExploreSearch;
  onChange: (change: Partial<ExploreSearch>) => void;
  onNearMe: () => void;
  locating: boolean;
  hasFavorites: boolean;
}

export function Filters({ search, onChange, onNearMe, locating, hasFavorites }: FiltersProps) {
  const { t } = useTranslation();
  const { t: shared } = useTranslation('ui');
  const language = useLanguage();
  const [typed, setTyped] = useState(search.words ?? '');
  const look = useDebouncedCallback((words: string) => onChange({ words: words.trim() || undefined }), 400);
  const today = todayIn('Europe/Athens', new Date());
  const dates = Array.from({ length: daysAhead + 1 }, (_unused, ahead) => addDays(today, ahead));
  return (
    <div className={classes.filters} role="search" aria-label={t('explore.filters')}>
      <div className={classes.tabs} role="group" aria-label={t('explore.sport')}>
        <button
          type="button"
          className={classes.tab}
          aria-pressed={search.sport === undefined}
          onClick={() => onChange({ sport: undefined })}
        >
          {t('explore.allSports')}
        </button>
        {(hasFavorites || search.liked === true) && (
          <button
            type="button"
            className={classes.tab}
            aria-pressed={search.liked === true}
            onClick={() => onChange({ liked: search.liked === true ? undefined : true })}
          >
            <IconHeart size={18} aria-hidden /> {t('settings.favorites')}
          </button>
        )}
        {sports.map((sport) => (
          <button
            key={sport}
            type="button"
            className={classes.tab}
            aria-pressed={search.sport === sport}
            onClick={() => onChange({ sport })}
          >
            <SportIcon sport={sport} size={18} /> {shared(`sport.${sport}`)}
          </button>
        ))}
      </div>
      <TextInput
        type="search"
        aria-label={t('explore.words')}
        placeholder={t('explore.words')}
        leftSection={<IconSearch size={17} aria-hidden />}
        maxLength={100}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          look(event.currentTarget.value);
        }}
      />
      <div className={classes.fields}>
        <div className={classes.where}>
          <Select
            aria-label={t('explore.city')}
            value={search.city ?? 'athens'}
            data={[
              ...cityNames.map((city) => ({ value: city, label: t(`city.${city}`) })),
              ...(search.city === 'me' ? [{ value: 'me', label: t('explore.nearMe') }] : []),
            ]}
            allowDeselect={false}
            onChange={(city) => onChange({ city: (city ?? 'athens') as NonNullable<ExploreSearch['city']> })}
          />
          <Tooltip label={t('explore.nearMe')}>
            <ActionIcon
              size={36}
              variant={search.city === 'me' ? 'filled' : 'default'}
              aria-label={t('explore.nearMe')}
              loading={locating}
              onClick={onNearMe}
            >
              <IconCurrentLocation size={19} />
            </ActionIcon>
          </Tooltip>
        </div>
        <Select
          aria-label={t('explore.place')}
          value={search.place ?? 'ANY'}
          data={[
            { value: 'ANY', label: t('explore.anyPlace') },
            { value: 'INDOOR', label: shared('location.INDOOR') },
            { value: 'OUTDOOR', label: shared('location.OUTDOOR') },
          ]}
          allowDeselect={false}
          onChange={(place) => onChange({ place: place === 'ANY' ? undefined : (place as LocationType) })}
        />
        <Select
          aria-label={t('explore.date')}
          value={search.date ?? 'ANY'}
          data={[
            { value: 'ANY', label: t('explore.anyDate') },
            ...dates.map((date, ahead) => ({
              value: date,
              label:
                ahead === 0
                  ? shared('days.today')
                  : ahead === 1
                    ? shared('days.tomorrow')
                    : formatDate(date, language, 'medium'),
            })),
          ]}
          allowDeselect={false}
          onChange={(date) =>
            onChange(date === 'ANY' || date === null ? { date: undefined, time: undefined } : { date })
          }
        />
        <Select
          aria-label={t('explore.time')}
          value={search.time ?? 'ANY'}
          data={[{ value: 'ANY', label: t('explore.anyTime') }, ...startTimes]}
          allowDeselect={false}
          onChange={(time) =>
            onChange(
              time === 'ANY' || time === null ? { time: undefined } : { time, date: search.date ?? today },
            )
          }
        />
      </div>
      <MoreFilters search={search} onChange={onChange} />
    </div>
  );
}
