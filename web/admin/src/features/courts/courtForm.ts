/** The form of a new court: what it starts with, and what it becomes on the wire. Pure. */
import type {
  ConfirmationMode,
  Court,
  CourtDefaults,
  CourtType,
  CreateCourtRequest,
  LocationType,
  UpdateCourtRequest,
} from '@courtside/api';

/** COURT-09. */
export const sportDefaults: Record<CourtType, { durationMinutes: number; maxCapacity: number }> = {
  PADEL: { durationMinutes: 90, maxCapacity: 4 },
  TENNIS: { durationMinutes: 60, maxCapacity: 4 },
  BASKETBALL: { durationMinutes: 60, maxCapacity: 10 },
  FOOTBALL_5X5: { durationMinutes: 60, maxCapacity: 10 },
};

export const amenities = [
  'PARKING',
  'SHOWERS',
  'LOCKERS',
  'EQUIPMENT_RENTAL',
  'CAFE',
  'LIGHTING',
  'ACCESSIBLE',
  'WIFI',
] as const;

export interface CourtForm {
  nameEl: string;
  nameEn: string;
  descriptionEl: string;
  descriptionEn: string;
  courtType: CourtType;
  locationType: LocationType;
  address: string;
  latitude: number | undefined;
  longitude: number | undefined;
  durationMinutes: number | undefined;
  maxCapacity: number | undefined;
  priceEuros: number | undefined;
  confirmationMode: ConfirmationMode;
  confirmationTimeoutHours: number | undefined;
  amenities: string[];
}

export function emptyForm(): CourtForm {
  return {
    nameEl: '',
    nameEn: '',
    descriptionEl: '',
    descriptionEn: '',
    courtType: 'PADEL',
    locationType: 'OUTDOOR',
    address: '',
    latitude: undefined,
    longitude: undefined,
    ...sportDefaults.PADEL,
    priceEuros: undefined,
    confirmationMode: 'INSTANT',
    confirmationTimeoutHours: 24,
    amenities: [],
  };
}

/** Another sport brings its own defaults, but never overwrites what the owner has changed. */
export function withSport(form: CourtForm, courtType: CourtType): CourtForm {
  const before = sportDefaults[form.courtType];
  const after = sportDefaults[courtType];
  return {
    ...form,
    courtType,
    durationMinutes:
      form.durationMinutes === before.durationMinutes ? after.durationMinutes : form.durationMinutes,
    maxCapacity: form.maxCapacity === before.maxCapacity ? after.maxCapacity : form.maxCapacity,
  };
}

/** What must be there before the server is asked at all. */
export function missingFields(form: CourtForm): Set<'name.el' | 'address' | 'position' | 'basePriceCents'> {
  const missing = new Set<'name.el' | 'address' | 'position' | 'basePriceCents'>();
  if (form.nameEl.trim() === '') missing.add('name.el');
  if (form.address.trim() === '') missing.add('address');
  if (form.latitude === undefined || form.longitude === undefined) missing.add('position');
  if (form.priceEuros === undefined || form.priceEuros <= 0) missing.add('basePriceCents');
  return missing;
}

/** Money leaves as integer cents; empty texts are not sent at all. */
export function requestOf(form: CourtForm): CreateCourtRequest {
  const text = (value: string) => (value.trim() === '' ? undefined : value.trim());
  return {
    name: { el: form.nameEl.trim(), en: text(form.nameEn) },
    description: { el: text(form.descriptionEl), en: text(form.descriptionEn) },
    courtType: form.courtType,
    locationType: form.locationType,
    address: form.address.trim(),
    latitude: form.latitude ?? 0,
    longitude: form.longitude ?? 0,
    durationMinutes: form.durationMinutes,
    maxCapacity: form.maxCapacity,
    basePriceCents: Math.round((form.priceEuros ?? 0) * 100),
    confirmationMode: form.confirmationMode,
    confirmationTimeoutHours: form.confirmationMode === 'MANUAL' ? form.confirmationTimeoutHours : undefined,
    waitlistEnabled: false,
    amenities: form.amenities,
  };
}

/** The form of a court that exists. */
export function formOf(court: Court): CourtForm {
  return {
    nameEl: court.name.el ?? '',
    nameEn: court.name.en ?? '',
    descriptionEl: court.description.el ?? '',
    descriptionEn: court.description.en ?? '',
    courtType: court.courtType,
    locationType: court.locationType,
    address: court.address,
    latitude: court.latitude,
    longitude: court.longitude,
    durationMinutes: court.durationMinutes,
    maxCapacity: court.maxCapacity,
    priceEuros: court.basePriceCents / 100,
    confirmationMode: court.confirmationMode,
    confirmationTimeoutHours: court.confirmationTimeoutHours,
    amenities: [...court.amenities].sort(),
  };
}

/** What the details section of a court changes; mode, price and hours have sections of their own. */
export type CourtDetails = Omit<CourtForm, 'priceEuros' | 'confirmationMode' | 'confirmationTimeoutHours'> & {
  enabled: boolean;
};

export function detailsOf(court: Court): CourtDetails {
  const { priceEuros, confirmationMode, confirmationTimeoutHours, ...details } = formOf(court);
  void priceEuros;
  void confirmationMode;
  void confirmationTimeoutHours;
  return { ...details, enabled: court.enabled };
}

/** COURT-16: only the fields that changed are sent; a text in two languages goes as a whole. */
export function updateOf(base: CourtDetails, mine: CourtDetails, version: number): UpdateCourtRequest {
  const changed = (...fields: (keyof CourtDetails)[]) =>
    fields.some((field) => JSON.stringify(base[field]) !== JSON.stringify(mine[field]));
  return {
    version,
    ...(changed('nameEl', 'nameEn') && { name: { el: mine.nameEl.trim(), en: mine.nameEn.trim() } }),
    ...(changed('descriptionEl', 'descriptionEn') && {
      description: { el: mine.descriptionEl.trim(), en: mine.descriptionEn.trim() },
    }),
    ...(changed('courtType') && { courtType: mine.courtType }),
    ...(changed('locationType') && { locationType: mine.locationType }),
    ...(changed('address') && { address: mine.address.trim() }),
    ...(changed('latitude', 'longitude') && { latitude: mine.latitude, longitude: mine.longitude }),
    ...(changed('durationMinutes') && { durationMinutes: mine.durationMinutes }),
    ...(changed('maxCapacity') && { maxCapacity: mine.maxCapacity }),
    ...(changed('amenities') && { amenities: mine.amenities }),
    ...(changed('enabled') && { enabled: mine.enabled }),
  };
}

/** COURT-13: a new court begins with what the owner has saved for new courts. */
export function withDefaults(form: CourtForm, defaults: CourtDefaults | undefined): CourtForm {
  if (defaults === undefined) return form;
  return {
    ...form,
    durationMinutes: defaults.defaultDurationMinutes ?? form.durationMinutes,
    maxCapacity: defaults.defaultCapacity ?? form.maxCapacity,
    confirmationMode: defaults.defaultConfirmationMode ?? form.confirmationMode,
    confirmationTimeoutHours: defaults.defaultConfirmationTimeoutHours ?? form.confirmationTimeoutHours,
  };
}
