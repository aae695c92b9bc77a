/** Where the device is, asked only when someone wants courts near them (APP-14). */
import { useCallback, useState } from 'react';

export type PositionState =
  { phase: 'unasked' | 'asking' | 'refused' } | { phase: 'known'; latitude: number; longitude: number };

export function usePosition() {
  const [state, setState] = useState<PositionState>({ phase: 'unasked' });
  const ask = useCallback(
    () =>
      new Promise<boolean>((settle) => {
        if (!('geolocation' in navigator)) {
          setState({ phase: 'refused' });
          settle(false);
          return;
        }
        setState({ phase: 'asking' });
        navigator.geolocation.getCurrentPosition(
          ({ coords }) => {
            setState({ phase: 'known', latitude: coords.latitude, longitude: coords.longitude });
            settle(true);
          },
          () => {
            setState({ phase: 'refused' });
            settle(false);
          },
          { timeout: 8_000, maximumAge: 300_000 },
        );
      }),
    [],
  );
  return { state, ask };
}
