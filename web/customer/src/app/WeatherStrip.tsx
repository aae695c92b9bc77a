/** Temperature, rain, wind and what they mean for playing outdoors; a quiet placeholder without a forecast (APP-06). */
import type { WeatherForecast } from '@courtside/api';
import { addDays, formatDate, localeOf, todayIn, useLanguage } from '@courtside/ui';
import { Button, Skeleton, Text } from '@mantine/core';
import { useNetwork } from '@mantine/hooks';
import {
  IconCloud,
  IconCloudFog,
  IconCloudOff,
  IconCloudRain,
  IconCloudStorm,
  IconMoon,
  IconSnowflake,
  IconSun,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useWeather } from '../data/weather';
import { useNow } from './useNow';
import classes from './WeatherStrip.module.css';

/** FIND-39. */
const daysForetold = 7;

interface WeatherStripProps {
  place: { latitude: number; longitude: number };
  date: string;
  time: string | undefined;
  zone?: string;
  /** Indoors the sky matters less, so nothing is advised. */
  advises?: boolean;
}

export function WeatherStrip({
  place,
  date,
  time,
  zone = 'Europe/Athens',
  advises = true,
}: WeatherStripProps) {
  const { t } = useTranslation();
  const { online } = useNetwork();
  const today = todayIn(zone, useNow());
  const isForetold = date >= today && date <= addDays(today, daysForetold);
  const weather = useWeather(place, date, time, isForetold);
  if (!isForetold) return <Quiet text={t('weather.tooFar')} />;
  if (weather.data?.available === true) {
    return <Forecast forecast={weather.data} date={date} time={time} advises={advises} />;
  }
  if (weather.isPending) return <Skeleton h={54} radius="md" />;
  if (!online) return <Quiet text={t('weather.offline')} />;
  return <Quiet text={t('weather.none')} onRetry={() => void weather.refetch()} />;
}

function Quiet({ text, onRetry }: { text: string; onRetry?: () => void }) {
  const { t } = useTranslation('ui');
  return (
    <div className={classes.strip}>
      <span className={classes.icon} aria-hidden>
        <IconCloudOff size={24} />
      </span>
      <Text size="sm" className={classes.words}>
        {text}
      </Text>
      {onRetry !== undefined && (
        <Button size="compact-sm" variant="subtle" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

interface ForecastProps {
  forecast: WeatherForecast;
  date: string;
  time: string | undefined;
  advises: boolean;
}

function Forecast({ forecast, date, time, advises }: ForecastProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = new Intl.NumberFormat(localeOf(language), { maximumFractionDigits: 0 });
  const facts = [
    forecast.temperature != null && `${number.format(forecast.temperature)}°`,
    forecast.condition != null && t(`weather.sky.${forecast.condition}`, { defaultValue: '' }),
    forecast.precipitationProbability != null &&
      t('weather.rain', { percent: number.format(forecast.precipitationProbability) }),
    forecast.windSpeedKmh != null && t('weather.wind', { speed: number.format(forecast.windSpeedKmh) }),
  ].filter(Boolean);
  const advice =
    advises && forecast.recommendation != null && forecast.recommendation !== 'NEUTRAL'
      ? t(`weather.advice.${forecast.recommendation}`)
      : undefined;
  return (
    <div className={classes.strip} data-testid="weather">
      <span className={classes.icon} aria-hidden>
        <Sky icon={forecast.icon ?? ''} />
      </span>
      <div className={classes.words}>
        <Text size="sm" fw={650}>
          {facts.join(' · ')}
        </Text>
        <Text size="sm" c="dimmed">
          {[formatDate(date, language), time, advice].filter(Boolean).join(' · ')}
        </Text>
      </div>
    </div>
  );
}

function Sky({ icon }: { icon: string }) {
  if (icon === 'clear-day') return <IconSun size={26} />;
  if (icon === 'clear-night') return <IconMoon size={26} />;
  if (icon === 'rain' || icon === 'drizzle') return <IconCloudRain size={26} />;
  if (icon === 'thunderstorm') return <IconCloudStorm size={26} />;
  if (icon === 'snow') return <IconSnowflake size={26} />;
  if (icon === 'fog') return <IconCloudFog size={26} />;
  return <IconCloud size={26} />;
}
