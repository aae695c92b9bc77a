/** The map, fetched when it is first shown, with a calm plate until then and a word when it cannot be. */
import { Center, Skeleton, Text } from '@mantine/core';
import { Component, lazy, Suspense, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CourtMapProps } from '../map/CourtMap';

const CourtMap = lazy(() => import('../map/CourtMap').then((module) => ({ default: module.CourtMap })));

function MapFailed() {
  const { t } = useTranslation('ui');
  return (
    <Center h="100%" p="md" bg="var(--courtside-brand-soft)">
      <Text c="dimmed" ta="center">
        {t('map.failed')}
      </Text>
    </Center>
  );
}

/** A chunk that cannot be fetched must not take the list beside the map down with it. */
class MapBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <MapFailed /> : this.props.children;
  }
}

export function LazyCourtMap(props: CourtMapProps) {
  const [failed, setFailed] = useState(false);
  if (failed) return <MapFailed />;
  return (
    <MapBoundary>
      <Suspense fallback={<Skeleton h="100%" w="100%" radius={0} />}>
        <CourtMap
          {...props}
          onFailure={() => {
            setFailed(true);
            props.onFailure?.();
          }}
        />
      </Suspense>
    </MapBoundary>
  );
}
