/** Pure: what people narrow a result by that the services do not (price, rating, free only, favourites only). */
import type { CourtSummary } from '@courtside/api';

export interface Narrowing {
  /** Highest price, in whole euros. */
  price?: number | undefined;
  /** Lowest average of stars. */
  rating?: number | undefined;
  free?: true | undefined;
  liked?: true | undefined;
}

export function narrowed(
  courts: readonly CourtSummary[],
  by: Narrowing,
  isFavorite: (court: CourtSummary) => boolean,
): CourtSummary[] {
  return courts.filter(
    (court) =>
      (by.price === undefined || court.basePriceCents <= by.price * 100) &&
      (by.rating === undefined || (court.averageRating ?? 0) >= by.rating) &&
      (by.free !== true || court.availabilityStatus === 'AVAILABLE') &&
      (by.liked !== true || isFavorite(court)),
  );
}
