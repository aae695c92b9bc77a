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
export type DataExport = Platform['DataExport'];
export type DayOfWeek = Platform['DayOfWeek'];
export type FavoriteCourt = Platform['FavoriteCourt'];
export type Language = Platform['Language'];
export type LinkedProvider = Platform['OAuthProvider'];
export type LocationType = Platform['LocationType'];
export type NotificationPreferences = Platform['NotificationPreferences'];
export type Provider = Platform['IdentityProvider'];
export type ProviderSettings = Platform['SignInProvider'];
export type RestSlot = Platform['TimeSlot'];
export type Review = Platform['Review'];
export type Role = Platform['Role'];
export type SearchResponse = Platform['CourtSearchResponse'];
export type SessionSummary = Platform['SessionSummary'];
export type SignInChallenge = Platform['SignInChallenge'];
export type UpdateCourtRequest = Platform['UpdateCourtRequest'];
/** Only what changes; whatever is left out stays. */
export type UpdatePreferencesRequest = Partial<Platform['UpdatePreferencesRequest']>;
export type UserPreferences = Platform['UserPreferences'];
export type UserProfile = Platform['UserProfile'];
export type WeatherForecast = Platform['WeatherForecast'];

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
export type ModificationResult = Transaction['BookingModificationResult'];
export type PaymentStatus = Transaction['PaymentStatus'];
export type Receipt = Transaction['ReceiptView'];
export type RecurringBookingRequest = Transaction['CreateRecurringBookingRequest'];
export type RecurringBookingResult = Transaction['RecurringBookingResult'];
export type RefundView = Transaction['RefundView'];
