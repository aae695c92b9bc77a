/** Short names for the wire types that the apps use. They are made from `api/*.openapi.json`, never here. */
import type { components as platform } from './generated/platform';
import type { components as transaction } from './generated/transaction';

type Platform = platform['schemas'];
type Transaction = transaction['schemas'];

export type AuthResponse = Platform['AuthResponse'];
export type AvailabilityOverride = Platform['AvailabilityOverride'];
export type AvailabilityResponse = Platform['AvailabilityResponse'];
export type AvailabilityWindow = Platform['AvailabilityWindow'];
export type CancellationPolicyTier = Platform['CancellationPolicyTier'];
export type ClientConfig = Platform['ClientConfigResponse'];
export type ConfirmationMode = Platform['ConfirmationMode'];
export type Court = Platform['Court'];
export type CourtDetail = Platform['CourtDetail'];
export type CourtSummary = Platform['CourtSummary'];
export type CourtType = Platform['CourtType'];
export type CreateCourtRequest = Platform['CreateCourtRequest'];
export type DayOfWeek = Platform['DayOfWeek'];
export type Language = Platform['Language'];
export type LocationType = Platform['LocationType'];
export type Provider = Platform['IdentityProvider'];
export type ProviderSettings = Platform['SignInProvider'];
export type RestSlot = Platform['TimeSlot'];
export type Role = Platform['Role'];
export type SearchResponse = Platform['CourtSearchResponse'];
export type UpdateCourtRequest = Platform['UpdateCourtRequest'];
export type UserProfile = Platform['UserProfile'];

export type Booking = Transaction['Booking'];
export type BookingDetail = Transaction['BookingDetail'];
export type BookingPage = Transaction['BookingListResponse'];
export type BookingStatus = Transaction['BookingStatus'];
export type CancellationResult = Transaction['CancellationResult'];
export type CancellationTier = Transaction['Tier'];
export type ConfirmationResult = Transaction['ConfirmationResult'];
export type CreateBookingRequest = Transaction['CreateBookingRequest'];
export type CreateManualBookingRequest = Transaction['CreateManualBookingRequest'];
export type PaymentMethod = Transaction['PaymentMethod'];
export type PaymentStatus = Transaction['PaymentStatus'];
