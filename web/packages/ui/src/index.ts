/** The design system of both apps. The map is apart (`@courtside/ui/map`), since it is heavy. */
export { CourtImage } from './components/CourtImage';
export { DayStrip } from './components/DayStrip';
export { ConfirmDialog } from './components/ConfirmDialog';
export { ConnectionBanner } from './components/ConnectionBanner';
export { CourtTime } from './components/CourtTime';
export { DataTable, type Column } from './components/DataTable';
export { Delayed } from './components/Delayed';
export { EmptyState } from './components/EmptyState';
export { LanguageSwitch } from './components/LanguageSwitch';
export { LazyCourtMap } from './components/LazyCourtMap';
export type { CourtMapProps, MapView } from './map/CourtMap';
export type { Bounds, MapMarker } from './map/clusters';
export { ListSkeleton } from './components/ListSkeleton';
export { LiveMark } from './components/LiveMark';
export { Logo, LogoMark } from './components/Logo';
export { Money } from './components/Money';
export { Pager } from './components/Pager';
export { ProblemView, problemText } from './components/ProblemView';
export { SchemeSwitch } from './components/SchemeSwitch';
export { SlotGrid, type GridSlot } from './components/SlotGrid';
export { SportIcon } from './components/SportIcon';
export { StatusBadge } from './components/StatusBadge';
export { toastDone, toastProblem } from './components/toast';
export { useFocusBack } from './components/useFocusBack';
export { useWait } from './components/useWait';
export { useClientConfig } from './clientConfig';
export * from './formats';
export { FormProblem } from './forms/FormProblem';
export { useFields } from './forms/useFields';
export { reloadOnStaleFiles } from './freshBuild';
export {
  changeLanguage,
  currentLanguage,
  deviceLanguage,
  isLanguage,
  languageWasChosen,
  startI18n,
  useLanguage,
  type Texts,
} from './i18n';
export { applyMessage, emptyBoard, type CourtBoard, type LiveSlot, type LiveSlotStatus } from './live/board';
export { LiveConnection, type LivePhase, type LiveState } from './live/connection';
export {
  LiveProvider,
  useBookingUpdates,
  useCourtBoard,
  useDestination,
  useFallbackInterval,
  useLiveState,
  type BookingStatusUpdate,
} from './live/hooks';
export {
  useMarkRead,
  useNotificationFeed,
  useNotifications,
  useUnreadCount,
  type NotificationMessage,
} from './notifications/data';
export type { AppNotification, MessageData } from './notifications/inbox';
export { NotificationBell } from './notifications/NotificationBell';
export { NotificationCentre } from './notifications/NotificationCentre';
export { NotificationList } from './notifications/NotificationList';
export { PreferencesGrid, type PreferenceRow } from './notifications/PreferencesGrid';
export { CourtsideProviders, createQueryClient, useApi, useSession } from './providers';
export { BrowserPush, type PushPhase, type PushState } from './push/browserPush';
export { PushOffer } from './push/PushOffer';
export { PushSettings } from './push/PushSettings';
export { usePushSubscription, type PushSubscriptionState } from './push/usePushSubscription';
export { useServicesAway } from './recovery';
export { ProviderButtons } from './signin/ProviderButtons';
export { SignInReturn } from './signin/SignInReturn';
export { UnlockAccount } from './signin/UnlockAccount';
export { WelcomeFrame } from './signin/WelcomeFrame';
export { sportColors } from './theme';
