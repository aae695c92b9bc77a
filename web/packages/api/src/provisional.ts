/**
 * PROVISIONAL: the paths the web apps use, typed by hand from the contract until `api/*.openapi.json`
 * exist. `npm run generate` then takes over and this file goes away; nothing outside `types.ts` and
 * `client.ts` may import it.
 */

type Json<Body> = { headers: Record<string, unknown>; content: { 'application/json': Body } };
type NoBody = { headers: Record<string, unknown>; content?: never };
type Send<Body> = { content: { 'application/json': Body } };

type Parameters<Query, Path> = (Query extends undefined ? { query?: never } : { query?: Query }) &
  (Path extends undefined ? { path?: never } : { path: Path }) & {
    header?: { 'X-Idempotency-Key'?: string };
    cookie?: never;
  };
interface Operation<Query, Path, Body, Answers> {
  parameters: Parameters<Query, Path>;
  requestBody: Body;
  responses: Answers;
}
type Get<Answer, Query = undefined, Path = undefined> = {
  parameters: Parameters<Query, Path>;
  requestBody?: never;
  responses: { 200: Json<Answer> };
};

export type CourtType = 'TENNIS' | 'PADEL' | 'BASKETBALL' | 'FOOTBALL_5X5';
export type LocationType = 'INDOOR' | 'OUTDOOR';
export type ConfirmationMode = 'INSTANT' | 'MANUAL';
export type Role = 'CUSTOMER' | 'COURT_OWNER' | 'SUPPORT_AGENT' | 'PLATFORM_ADMIN';
export type Provider = 'GOOGLE' | 'FACEBOOK' | 'APPLE';
export type Language = 'el' | 'en';
export type DayOfWeek = 'MONDAY' | 'TUESDAY' | 'WEDNESDAY' | 'THURSDAY' | 'FRIDAY' | 'SATURDAY' | 'SUNDAY';
export type BookingStatus =
  'PENDING_PAYMENT' | 'PENDING_CONFIRMATION' | 'CONFIRMED' | 'COMPLETED' | 'CANCELLED' | 'REJECTED';
export type PaymentStatus =
  | 'PENDING'
  | 'AUTHORIZED'
  | 'CAPTURED'
  | 'REFUNDED'
  | 'PARTIALLY_REFUNDED'
  | 'FAILED'
  | 'DISPUTED'
  | 'NOT_REQUIRED'
  | 'PAID_EXTERNALLY';

export interface UserProfile {
  id: string;
  email: string;
  name: string;
  phone?: string | null;
  role: Role;
  language: Language;
  verified?: boolean | null;
  stripeConnected?: boolean | null;
  subscriptionStatus?: 'TRIAL' | 'ACTIVE' | 'EXPIRED' | 'NONE' | null;
  trialDaysRemaining?: number | null;
  createdAt?: string;
}
export interface AuthResponse {
  accessToken: string;
  refreshToken?: string | null;
  expiresIn: number;
  user: UserProfile;
}
export interface ProviderSettings {
  provider: Provider;
  clientId: string;
  authorizeUrl: string;
  tokenUrl: string;
  scope: string;
  tokenField: string;
}
export interface ClientConfig {
  providers: ProviderSettings[];
  stripePublishableKey: string;
  mapTileUrl?: string | null;
  features: Record<string, boolean>;
  currency: string;
}
export interface LocalisedText {
  el: string;
  en?: string | null;
}
export interface CancellationTier {
  thresholdHours: number;
  refundPercentage: number;
}
export interface Court {
  id: string;
  ownerId?: string;
  name: LocalisedText;
  description?: { el?: string | null; en?: string | null } | null;
  courtType: CourtType;
  locationType: LocationType;
  latitude: number;
  longitude: number;
  address: string;
  timezone?: string;
  basePriceCents: number;
  durationMinutes: number;
  maxCapacity: number;
  confirmationMode: ConfirmationMode;
  confirmationTimeoutHours?: number;
  waitlistEnabled: boolean;
  amenities: string[];
  imageUrls: string[];
  averageRating?: number | null;
  totalReviews?: number;
  visible: boolean;
  version?: number;
  createdAt?: string;
}
export interface CourtSummary {
  id: string;
  name: string;
  nameTranslated: boolean;
  courtType: CourtType;
  locationType: LocationType;
  latitude: number;
  longitude: number;
  address: string;
  timezone: string;
  basePriceCents: number;
  durationMinutes: number;
  distanceKm?: number | null;
  averageRating?: number | null;
  imageUrl?: string | null;
  availabilityStatus: 'AVAILABLE' | 'FULLY_BOOKED' | 'WAITLIST_AVAILABLE';
  isFavorite: boolean;
}
export interface RestSlot {
  startTime: string;
  endTime: string;
  status: 'AVAILABLE' | 'BOOKED' | 'TEMPORARILY_HELD' | 'BLOCKED';
  priceCents: number;
}
export interface CourtDetail extends Court {
  distanceKm?: number | null;
  isFavorite?: boolean;
  ownerName?: string;
  cancellationPolicy?: { tiers: CancellationTier[] };
  availableSlots?: RestSlot[];
}
export interface SearchResponse {
  courts: CourtSummary[];
  suggestion?: 'EXPAND_RADIUS' | 'REMOVE_FILTERS' | 'TRY_DIFFERENT_DATE' | null;
  totalElements: number;
  page: number;
  size: number;
}
export interface AvailabilityResponse {
  courtId: string;
  date: string;
  timezone: string;
  cacheStatus: 'HIT' | 'MISS';
  slots: RestSlot[];
}
export interface AvailabilityWindow {
  id?: string;
  dayOfWeek: DayOfWeek;
  startTime: string;
  endTime: string;
}
export interface CreateCourtRequest {
  name: LocalisedText;
  description?: { el?: string; en?: string };
  courtType: CourtType;
  locationType: LocationType;
  latitude: number;
  longitude: number;
  address: string;
  basePriceCents: number;
  durationMinutes?: number;
  maxCapacity?: number;
  confirmationMode?: ConfirmationMode;
  waitlistEnabled?: boolean;
  amenities?: string[];
}
export interface Booking {
  id: string;
  bookingId: string;
  courtId: string;
  courtName: string;
  courtType: CourtType;
  customerId?: string | null;
  customerName?: string | null;
  date: string;
  startTime: string;
  endTime: string;
  durationMinutes: number;
  numberOfPeople?: number | null;
  status: BookingStatus;
  type: 'CUSTOMER' | 'MANUAL';
  confirmationMode: ConfirmationMode;
  totalAmountCents: number;
  currency: string;
  paymentStatus: PaymentStatus;
  isManual: boolean;
  timezone: string;
  confirmationDeadline?: string | null;
  holdExpiresAt?: string | null;
  paymentIntentClientSecret?: string | null;
  createdAt: string;
}
export interface BookingDetail extends Booking {
  courtAddress?: string;
  courtLocationType?: LocationType;
  ownerName?: string;
  paymentId?: string | null;
  platformFeeCents?: number;
  courtOwnerNetCents?: number;
  paymentTimeline: { event: string; timestamp: string; details?: string | null }[];
  statusHistory: { status: string; changedAt: string; changedBy: string; reason?: string | null }[];
  cancellationPolicy: CancellationTier[];
  version?: number;
  updatedAt?: string;
}
export interface BookingPage {
  bookings: Booking[];
  page: number;
  size: number;
  totalElements: number;
  totalPages: number;
}
export interface CancellationResult {
  bookingId: string;
  status: 'CANCELLED' | 'REJECTED';
  refundAmountCents: number;
  refundPercentage: number;
  policyTierApplied?: CancellationTier | null;
  refundStatus: 'PROCESSING' | 'NONE';
}
export interface ConfirmationResult {
  bookingId: string;
  status: 'CONFIRMED';
  paymentStatus: PaymentStatus;
  capturedAmountCents: number;
  courtOwnerNetCents: number;
}
export interface RejectionResult {
  bookingId: string;
  status: 'REJECTED';
  holdReleased: boolean;
}
export interface PaymentMethod {
  id: string;
  type: 'CARD' | 'APPLE_PAY' | 'GOOGLE_PAY';
  last4: string;
  brand: string;
  expiryMonth: number;
  expiryYear: number;
  isDefault: boolean;
}
export interface CreateBookingRequest {
  courtId: string;
  date: string;
  startTime: string;
  paymentMethodId: string;
  durationMinutes?: number;
  numberOfPeople?: number;
}

interface CourtPath {
  courtId: string;
}
interface BookingPath {
  bookingId: string;
}
interface SearchQuery {
  latitude: number;
  longitude: number;
  radiusKm?: number;
  courtType?: CourtType;
  locationType?: LocationType;
  date?: string;
  startTime?: string;
  minLat?: number;
  maxLat?: number;
  minLng?: number;
  maxLng?: number;
  q?: string;
  page?: number;
  size?: number;
}
interface BookingsQuery {
  status?: BookingStatus[];
  fromDate?: string;
  toDate?: string;
  courtId?: string;
  courtType?: CourtType;
  sort?: string;
  page?: number;
  size?: number;
}

export interface paths {
  '/api/client-config': { get: Get<ClientConfig> };
  '/api/auth/register': {
    post: Operation<
      undefined,
      undefined,
      Send<{
        oauthProvider: Provider;
        oauthToken: string;
        role: Role;
        termsAccepted: boolean;
        language?: Language;
      }>,
      { 201: Json<AuthResponse> }
    >;
  };
  '/api/auth/login': {
    post: Operation<
      undefined,
      undefined,
      Send<{ oauthProvider: Provider; oauthToken: string }>,
      { 200: Json<AuthResponse> }
    >;
  };
  '/api/auth/refresh': {
    post: Operation<undefined, undefined, Send<{ refreshToken?: string }>, { 200: Json<AuthResponse> }>;
  };
  '/api/auth/logout': { post: Operation<undefined, undefined, undefined, { 204: NoBody }> };
  '/api/users/me': {
    get: Get<UserProfile>;
    put: Operation<
      undefined,
      undefined,
      Send<{ name?: string; email?: string; phone?: string; language?: Language }>,
      { 200: Json<UserProfile> }
    >;
  };
  '/api/courts': {
    get: Get<SearchResponse, SearchQuery>;
    post: Operation<undefined, undefined, Send<CreateCourtRequest>, { 201: Json<Court> }>;
  };
  '/api/courts/owner/me': { get: Get<{ courts: Court[] }> };
  '/api/courts/{courtId}': { get: Get<CourtDetail, { date?: string }, CourtPath> };
  '/api/courts/{courtId}/availability': {
    get: Get<AvailabilityResponse, { date: string; durationMinutes?: number }, CourtPath>;
  };
  '/api/courts/{courtId}/availability/windows': {
    get: Get<{ windows: AvailabilityWindow[] }, undefined, CourtPath>;
    put: Operation<
      undefined,
      CourtPath,
      Send<{ windows: AvailabilityWindow[] }>,
      { 200: Json<{ windows: AvailabilityWindow[] }> }
    >;
  };
  '/api/bookings': {
    get: Get<BookingPage, BookingsQuery>;
    post: Operation<undefined, undefined, Send<CreateBookingRequest>, { 201: Json<Booking> }>;
  };
  '/api/bookings/pending': { get: Get<BookingPage, { courtId?: string; page?: number; size?: number }> };
  '/api/bookings/{bookingId}': { get: Get<BookingDetail, undefined, BookingPath> };
  '/api/bookings/{bookingId}/cancel': {
    post: Operation<undefined, BookingPath, Send<{ reason?: string }>, { 200: Json<CancellationResult> }>;
  };
  '/api/bookings/{bookingId}/confirm': {
    post: Operation<undefined, BookingPath, Send<{ message?: string }>, { 200: Json<ConfirmationResult> }>;
  };
  '/api/bookings/{bookingId}/reject': {
    post: Operation<undefined, BookingPath, Send<{ reason: string }>, { 200: Json<RejectionResult> }>;
  };
  '/api/payments/methods': { get: Get<{ methods: PaymentMethod[] }> };
}
