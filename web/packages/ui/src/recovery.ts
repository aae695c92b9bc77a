/**
 * Brings a page back by itself after the services were away: while something shown could not be read, they are asked
 * with growing waits, and once they answer everything that failed is read again. Typed input is not touched.
 */
import { problemFromThrown } from '@courtside/api';
import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const away = new Set(['offline', 'slow', 'unavailable', 'failure']);

/** A query whose repeats are used up, or that waits for one, because nobody answered. */
function waitsForServices(query: Query): boolean {
  const reason: unknown = query.state.error ?? query.state.fetchFailureReason;
  return query.isActive() && reason != null && away.has(problemFromThrown(reason).kind);
}

export function recoveryWait(tries: number): number {
  return Math.min(15_000, 1_000 * 2 ** tries);
}

async function isReady(): Promise<boolean> {
  try {
    const answer = await fetch('/api/client-config', {
      cache: 'no-store',
      signal: AbortSignal.timeout(5_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** Watches until the returned function is called. `tell` hears whether the services are away. */
export function watchServices(
  queries: QueryClient,
  tell: (away: boolean) => void,
  ask: () => Promise<boolean> = isReady,
): () => void {
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const waiting = () => queries.getQueryCache().findAll({ predicate: waitsForServices });
  const look = () => {
    if (stopped || timer !== undefined) return;
    if (waiting().length === 0) {
      tries = 0;
      tell(false);
      return;
    }
    tell(true);
    timer = setTimeout(() => void probe(), recoveryWait(tries));
  };
  const probe = async () => {
    tries += 1;
    const ready = await ask();
    timer = undefined;
    if (stopped) return;
    if (ready) {
      await queries.refetchQueries({ predicate: waitsForServices }, { cancelRefetch: true });
    }
    look();
  };

  const unsubscribe = queries.getQueryCache().subscribe(look);
  return () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
  };
}

/** Whether the services are away right now; reading anew is taken care of. */
export function useServicesAway(): boolean {
  const queries = useQueryClient();
  const [isAway, setAway] = useState(false);
  useEffect(() => watchServices(queries, setAway), [queries]);
  return isAway;
}
