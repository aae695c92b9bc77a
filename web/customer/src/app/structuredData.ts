/** Pure: public pages in the words of schema.org, for search engines (APP-65). */
import type { Language, PublicClub, PublicCourtCard } from '@courtside/api';
import { inLanguage } from './inLanguage';

/** The part of a court that the data tells. */
export type DescribedCourt = PublicCourtCard & {
  description?: { el?: string | null; en?: string | null } | null;
  amenities?: string[];
};

const sports = {
  TENNIS: 'Tennis',
  PADEL: 'Padel',
  BASKETBALL: 'Basketball',
  FOOTBALL_5X5: 'Football',
} as const;

/** A court as a place to play at. */
export function courtData(court: DescribedCourt, language: Language, origin: string): object {
  const address = `${origin}/courts/${court.id}`;
  const description = court.description == null ? undefined : inLanguage(court.description, language)?.text;
  return {
    '@context': 'https://schema.org',
    '@type': 'SportsActivityLocation',
    '@id': address,
    url: address,
    name: inLanguage(court.name, language)?.text ?? '',
    ...(description === undefined ? {} : { description }),
    ...(court.imageUrls.length === 0
      ? {}
      : { image: court.imageUrls.map((image) => new URL(image, origin).toString()) }),
    address: { '@type': 'PostalAddress', streetAddress: court.address },
    geo: { '@type': 'GeoCoordinates', latitude: court.latitude, longitude: court.longitude },
    keywords: sports[court.courtType],
    currenciesAccepted: 'EUR',
    priceRange: `EUR ${(court.basePriceCents / 100).toFixed(2)}`,
    maximumAttendeeCapacity: court.maxCapacity,
    ...(court.amenities === undefined || court.amenities.length === 0
      ? {}
      : {
          amenityFeature: court.amenities.map((name) => ({
            '@type': 'LocationFeatureSpecification',
            name,
            value: true,
          })),
        }),
    // Without any review there is no rating; an empty one would be refused.
    ...(court.averageRating == null || court.totalReviews === 0
      ? {}
      : {
          aggregateRating: {
            '@type': 'AggregateRating',
            ratingValue: court.averageRating,
            reviewCount: court.totalReviews,
            bestRating: 5,
            worstRating: 1,
          },
        }),
    potentialAction: { '@type': 'ReserveAction', target: address },
  };
}

/** A club with its courts. */
export function clubData(club: PublicClub, name: string, language: Language, origin: string): object {
  const address = `${origin}/clubs/${club.clubId}`;
  return {
    '@context': 'https://schema.org',
    '@type': 'SportsActivityLocation',
    '@id': address,
    url: address,
    name,
    ...(club.courts[0] === undefined
      ? {}
      : { address: { '@type': 'PostalAddress', streetAddress: club.courts[0].address } }),
    containsPlace: club.courts.map((court) => courtData(court, language, origin)),
  };
}

/** The site itself. */
export function siteData(description: string, origin: string): object {
  return {
    '@context': 'https://schema.org',
    '@type': 'WebSite',
    name: 'Courtside',
    url: origin,
    description,
  };
}
