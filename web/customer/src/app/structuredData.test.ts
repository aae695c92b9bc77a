import { describe, expect, it } from 'vitest';
import { clubData, courtData, type DescribedCourt } from './structuredData';

const court: DescribedCourt = {
  id: '0198c3de-7a10-7000-8000-0000000000aa',
  name: { el: 'Γήπεδο 1', en: null },
  description: { el: 'Στο κέντρο', en: 'Downtown' },
  courtType: 'PADEL',
  locationType: 'OUTDOOR',
  address: 'Syntagma 1',
  latitude: 37.97,
  longitude: 23.73,
  timezone: 'Europe/Athens',
  basePriceCents: 2450,
  durationMinutes: 90,
  maxCapacity: 4,
  imageUrls: ['/pictures/1.webp'],
  averageRating: null,
  totalReviews: 0,
  amenities: ['SHOWERS'],
};

describe('structured data', () => {
  // APP-65
  it('tells of a court where it is, what it costs and how to book it', () => {
    expect(courtData(court, 'en', 'https://play.test')).toMatchObject({
      '@type': 'SportsActivityLocation',
      url: `https://play.test/courts/${court.id}`,
      name: 'Γήπεδο 1',
      description: 'Downtown',
      image: ['https://play.test/pictures/1.webp'],
      geo: { latitude: 37.97, longitude: 23.73 },
      priceRange: 'EUR 24.50',
      potentialAction: { '@type': 'ReserveAction' },
    });
  });

  it('claims no rating before the first review', () => {
    expect(courtData(court, 'en', 'https://play.test')).not.toHaveProperty('aggregateRating');
    const rated = courtData({ ...court, averageRating: 4.5, totalReviews: 2 }, 'en', 'https://play.test');
    expect(rated).toMatchObject({ aggregateRating: { ratingValue: 4.5, reviewCount: 2 } });
  });

  it('lists the courts of a club', () => {
    const club = { clubId: 'c', name: null, courts: [court] };
    expect(clubData(club, 'The club', 'el', 'https://play.test')).toMatchObject({
      name: 'The club',
      containsPlace: [{ name: 'Γήπεδο 1' }],
    });
  });
});
