/** APP-40, ADMIN-48: how many seconds an action has to wait after a 429, counting down to 0. */
import { problemFromThrown } from '@courtside/api';
import { useEffect, useState } from 'react';

export function useWait(thrown: unknown): number {
  const problem = thrown == null ? undefined : problemFromThrown(thrown);
  const seconds = problem?.kind === 'tooMany' ? (problem.retryAfterSeconds ?? 0) : 0;
  const [counted, setCounted] = useState({ of: thrown, left: seconds });
  const left = counted.of === thrown ? counted.left : seconds;
  useEffect(() => {
    if (seconds === 0) return undefined;
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const remaining = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setCounted({ of: thrown, left: remaining });
      if (remaining === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [thrown, seconds]);
  return left;
}
