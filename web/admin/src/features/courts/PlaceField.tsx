/** Where the court is: a pin on the map, or two typed numbers, always the same position (ADMIN-14). */
import { LazyCourtMap } from '@courtside/ui';
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DecimalInput } from '../../app/DecimalInput';
import { useClientConfig } from '../../data/clientConfig';
import classes from './PlaceField.module.css';

export interface Position {
  latitude: number | undefined;
  longitude: number | undefined;
}

/** Until something is chosen the pin waits in the middle of Athens, and the form does not take it. */
const athens = { latitude: 37.9755, longitude: 23.7348 };
const view = { ...athens, zoom: 11 };

interface PlaceFieldProps {
  value: Position;
  onChange: (position: Position) => void;
  error: string | undefined;
  errors: { latitude: string | undefined; longitude: string | undefined };
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

export function PlaceField({ value, onChange, error, errors }: PlaceFieldProps) {
  const { t } = useTranslation();
  const config = useClientConfig();
  const { latitude, longitude } = value;
  const isPlaced =
    latitude !== undefined &&
    longitude !== undefined &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180;
  return (
    <div>
      <Text size="sm" c="dimmed" mb="xs">
        {t('place.hint')}
      </Text>
      <div className={classes.map} data-error={error !== undefined || undefined}>
        <LazyCourtMap
          view={view}
          styleUrl={config.data?.mapTileUrl}
          pin={isPlaced ? { latitude, longitude } : athens}
          onPinMove={(position) =>
            onChange({ latitude: round(position.latitude), longitude: round(position.longitude) })
          }
        />
      </div>
      {error !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" mt={4} role="alert">
          {error}
        </Text>
      )}
      <Group grow mt="xs" align="flex-start">
        <DecimalInput
          label={t('place.latitude')}
          value={latitude}
          decimalScale={6}
          hideControls
          error={errors.latitude}
          onChange={(typed) => onChange({ ...value, latitude: typed })}
        />
        <DecimalInput
          label={t('place.longitude')}
          value={longitude}
          decimalScale={6}
          hideControls
          error={errors.longitude}
          onChange={(typed) => onChange({ ...value, longitude: typed })}
        />
      </Group>
    </div>
  );
}
