/** What became of a series when it was booked: which dates could not be had and why. Kept for this tab only. */
import type { RecurringBookingResult } from '@courtside/api';

const keyOf = (groupId: string) => `courtside.series.${groupId}`;

export interface SeriesResult {
  wanted: number;
  conflicts: { date: string; reason: string }[];
}

export function rememberSeries(result: RecurringBookingResult): void {
  const kept: SeriesResult = {
    wanted: result.totalCreated + result.totalConflicts,
    conflicts: result.conflicts,
  };
  sessionStorage.setItem(keyOf(result.recurringGroupId), JSON.stringify(kept));
}

export function rememberedSeries(groupId: string): SeriesResult | undefined {
  const kept = sessionStorage.getItem(keyOf(groupId));
  return kept === null ? undefined : (JSON.parse(kept) as SeriesResult);
}
