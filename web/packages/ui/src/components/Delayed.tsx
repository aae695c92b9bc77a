/** APP-42: nothing is shown for the first 300 ms of waiting, so quick answers do not flicker. */
import { useEffect, useState, type ReactNode } from 'react';

export function Delayed({ children, waitMs = 300 }: { children: ReactNode; waitMs?: number }) {
  const [due, setDue] = useState(waitMs === 0);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), waitMs);
    return () => clearTimeout(timer);
  }, [waitMs]);
  return due ? children : null;
}
