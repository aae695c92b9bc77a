/** The live connection for components: a court's board, the own bookings' queue, and how it is doing. */
import {
  createContext,
  useContext,
  useEffect,
  useReducer,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';
import { applyMessage, emptyBoard, type AvailabilityMessage, type CourtBoard } from './board';
import type { LiveConnection, LiveState } from './connection';

const LiveContext = createContext<LiveConnection | undefined>(undefined);

export function LiveProvider({ connection, children }: { connection: LiveConnection; children: ReactNode }) {
  useEffect(() => {
    // APP-55: back in the foreground or online again, do not wait for the next try.
    const wake = () => {
      if (document.visibilityState === 'visible') connection.retryNow();
    };
    document.addEventListener('visibilitychange', wake);
    window.addEventListener('online', wake);
    return () => {
      document.removeEventListener('visibilitychange', wake);
      window.removeEventListener('online', wake);
    };
  }, [connection]);
  return <LiveContext.Provider value={connection}>{children}</LiveContext.Provider>;
}

function useConnection(): LiveConnection {
  const connection = useContext(LiveContext);
  if (connection === undefined) throw new Error('LiveProvider is missing above this component');
  return connection;
}

export function useLiveState(): LiveState {
  const connection = useConnection();
  return useSyncExternalStore(connection.subscribe, connection.snapshot);
}

/** Hears a destination while the component is shown; nothing while it is undefined. */
export function useDestination(destination: string | undefined, hear: (message: unknown) => void): void {
  const connection = useConnection();
  const latest = useRef(hear);
  useEffect(() => {
    latest.current = hear;
  });
  useEffect(() => {
    if (destination === undefined) return undefined;
    return connection.watch(destination, (message) => latest.current(message));
  }, [connection, destination]);
}

export function useCourtBoard(courtId: string | undefined): CourtBoard {
  const [known, hear] = useReducer(
    (previous: { courtId: string | undefined; board: CourtBoard }, message: AvailabilityMessage) => {
      const board = previous.courtId === message.courtId ? previous.board : emptyBoard;
      const next = applyMessage(board, message);
      return next === previous.board ? previous : { courtId: message.courtId, board: next };
    },
    { courtId, board: emptyBoard },
  );
  useDestination(courtId === undefined ? undefined : `/topic/courts/${courtId}/availability`, (message) => {
    const heard = message as AvailabilityMessage;
    if (heard.courtId === courtId) hear(heard);
  });
  return known.courtId === courtId ? known.board : emptyBoard;
}

export interface BookingStatusUpdate {
  messageType: 'BOOKING_STATUS_UPDATE';
  bookingId: string;
  courtId: string;
  courtName?: string;
  date?: string;
  startTime?: string;
  endTime?: string;
  status: string;
  previousStatus?: string | null;
  cancelledBy?: 'CUSTOMER' | 'COURT_OWNER' | 'SYSTEM' | null;
  paymentStatus?: string | null;
  timestamp: string;
}

/** Changes of the caller's bookings: own ones for a customer, those on own courts for an owner. */
export function useBookingUpdates(hear: (update: BookingStatusUpdate) => void, enabled = true): void {
  useDestination(enabled ? '/user/queue/bookings' : undefined, (message) => {
    const update = message as BookingStatusUpdate;
    if (update.messageType === 'BOOKING_STATUS_UPDATE') hear(update);
  });
}

/**
 * APP-53, LIVE-54: how often a page should read by itself. False while the connection lives or was lost
 * less than 60 seconds ago, then every 10 seconds.
 */
export function useFallbackInterval(): number | false {
  const { downSince } = useLiveState();
  const [longDownSince, setLongDownSince] = useState<number>();
  useEffect(() => {
    if (downSince === undefined) return undefined;
    const timer = setTimeout(() => setLongDownSince(downSince), Math.max(0, downSince + 60_000 - Date.now()));
    return () => clearTimeout(timer);
  }, [downSince]);
  return downSince !== undefined && longDownSince === downSince ? 10_000 : false;
}
