//! `notification-events`: somebody is to be told something.
//!
//! The text may hold placeholders such as `{customerName}`, which delivery fills from the ids in `data`; names and
//! addresses themselves never travel (EVT-09).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Source;
use super::limits::{BrokenRule, Limits, require};
use crate::identity::Language;
use crate::ids::{BookingId, CourtId, MatchId, PaymentId, TicketId, UserId};
use crate::wire_text::wire_text;

/// What a message is about (EVT-13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum NotificationType {
    /// The booking stands.
    BookingConfirmed,
    /// The booking was called off.
    BookingCancelled,
    /// The owner refused the booking.
    BookingRejected,
    /// The booking waits for the owner.
    BookingPendingConfirmation,
    /// The booking is near.
    BookingReminder,
    /// A weekly series costs something else now (EVT-16).
    RecurringBookingPriceChanged,
    /// Money came in.
    PaymentReceived,
    /// A payment was refused.
    PaymentFailed,
    /// A payment is contested.
    PaymentDispute,
    /// Money was paid out.
    PayoutCompleted,
    /// Money went back.
    RefundCompleted,
    /// A slot somebody waits for is offered.
    WaitlistSlotAvailable,
    /// The offer was not taken.
    WaitlistExpired,
    /// Somebody wants to join a match.
    MatchJoinRequest,
    /// They may.
    MatchJoinApproved,
    /// They may not.
    MatchJoinDeclined,
    /// Somebody left a match.
    MatchPlayerLeft,
    /// A share is asked for.
    SplitPaymentRequested,
    /// A share was paid.
    SplitPaymentReceived,
    /// A share was not paid in time.
    SplitPaymentExpired,
    /// A booking still waits for the owner.
    PendingConfirmationReminder,
    /// A subscription ends soon.
    SubscriptionExpiring,
    /// A subscription has ended.
    SubscriptionExpired,
    /// A subscription goes on.
    SubscriptionRenewed,
    /// The owner is verified.
    VerificationApproved,
    /// The owner is not.
    VerificationRejected,
    /// News on a support ticket.
    SupportTicketUpdated,
    /// A reminder rule or a coming holiday.
    ReminderAlert,
    /// The forecast turned.
    WeatherAlert,
    /// Stripe wants something from the owner; named by the rule book.
    StripeAccountRestricted,
    /// News on a favourite court; named by the rule book.
    FavoriteCourtAlert,
    /// Somebody signs in, or tries to, in a way the person should know of; named by the rule book (SEC-02, SEC-05).
    SecurityNotice,
    /// The person's data can be fetched; named by the rule book (AUTH-38).
    DataExportReady,
    /// A court that somebody booked or is offered has changed; named by the rule book (COURT-19, COURT-56).
    CourtChanged,
}

wire_text!(NotificationType {
    BookingConfirmed => "BOOKING_CONFIRMED",
    BookingCancelled => "BOOKING_CANCELLED",
    BookingRejected => "BOOKING_REJECTED",
    BookingPendingConfirmation => "BOOKING_PENDING_CONFIRMATION",
    BookingReminder => "BOOKING_REMINDER",
    RecurringBookingPriceChanged => "RECURRING_BOOKING_PRICE_CHANGED",
    PaymentReceived => "PAYMENT_RECEIVED",
    PaymentFailed => "PAYMENT_FAILED",
    PaymentDispute => "PAYMENT_DISPUTE",
    PayoutCompleted => "PAYOUT_COMPLETED",
    RefundCompleted => "REFUND_COMPLETED",
    WaitlistSlotAvailable => "WAITLIST_SLOT_AVAILABLE",
    WaitlistExpired => "WAITLIST_EXPIRED",
    MatchJoinRequest => "MATCH_JOIN_REQUEST",
    MatchJoinApproved => "MATCH_JOIN_APPROVED",
    MatchJoinDeclined => "MATCH_JOIN_DECLINED",
    MatchPlayerLeft => "MATCH_PLAYER_LEFT",
    SplitPaymentRequested => "SPLIT_PAYMENT_REQUESTED",
    SplitPaymentReceived => "SPLIT_PAYMENT_RECEIVED",
    SplitPaymentExpired => "SPLIT_PAYMENT_EXPIRED",
    PendingConfirmationReminder => "PENDING_CONFIRMATION_REMINDER",
    SubscriptionExpiring => "SUBSCRIPTION_EXPIRING",
    SubscriptionExpired => "SUBSCRIPTION_EXPIRED",
    SubscriptionRenewed => "SUBSCRIPTION_RENEWED",
    VerificationApproved => "VERIFICATION_APPROVED",
    VerificationRejected => "VERIFICATION_REJECTED",
    SupportTicketUpdated => "SUPPORT_TICKET_UPDATED",
    ReminderAlert => "REMINDER_ALERT",
    WeatherAlert => "WEATHER_ALERT",
    StripeAccountRestricted => "STRIPE_ACCOUNT_RESTRICTED",
    FavoriteCourtAlert => "FAVORITE_COURT_ALERT",
    SecurityNotice => "SECURITY_NOTICE",
    DataExportReady => "DATA_EXPORT_READY",
    CourtChanged => "COURT_CHANGED",
});

impl NotificationType {
    /// Who asks for messages of this type (EVT-14). Reminders come from both: holidays from platform, rules from
    /// transaction.
    #[must_use]
    pub const fn producers(self) -> &'static [Source] {
        match self {
            Self::VerificationApproved
            | Self::VerificationRejected
            | Self::SubscriptionExpiring
            | Self::SubscriptionExpired
            | Self::SubscriptionRenewed
            | Self::SupportTicketUpdated
            | Self::WeatherAlert
            | Self::StripeAccountRestricted
            | Self::FavoriteCourtAlert
            | Self::SecurityNotice
            | Self::DataExportReady
            | Self::CourtChanged => &[Source::PlatformService],
            Self::ReminderAlert => &[Source::PlatformService, Source::TransactionService],
            _ => &[Source::TransactionService],
        }
    }
}

impl NotificationType {
    /// How urgent messages of this type are (NOTE-14 to NOTE-16).
    #[must_use]
    pub const fn urgency(self) -> Urgency {
        match self {
            Self::BookingConfirmed
            | Self::BookingCancelled
            | Self::BookingRejected
            | Self::BookingPendingConfirmation
            | Self::PaymentFailed
            | Self::PaymentDispute
            | Self::StripeAccountRestricted
            | Self::SecurityNotice => Urgency::Critical,
            Self::FavoriteCourtAlert => Urgency::Promotional,
            _ => Urgency::Standard,
        }
    }
}

/// How a message goes out (EVT-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum Urgency {
    /// At once.
    Critical,
    /// Not in quiet hours.
    Standard,
    /// Only to those who did not opt out.
    Promotional,
}

wire_text!(Urgency { Critical => "CRITICAL", Standard => "STANDARD", Promotional => "PROMOTIONAL" });

/// Ways to reach a person; a wish, preferences decide (EVT-15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum Channel {
    /// A phone.
    Push,
    /// A mailbox.
    Email,
    /// The list inside the app.
    InApp,
    /// A browser.
    WebPush,
}

wire_text!(Channel { Push => "PUSH", Email => "EMAIL", InApp => "IN_APP", WebPush => "WEB_PUSH" });

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct LocalisedText {
    /// Greek.
    pub el: String,
    /// English.
    pub en: String,
}

impl LocalisedText {
    /// The text in the language of the reader.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::El => &self.el,
            Language::En => &self.en,
        }
    }
}

/// What a message is about, by id, and where a tap leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct NotificationData {
    /// The booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub booking_id: Option<BookingId>,
    /// The court.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub court_id: Option<CourtId>,
    /// The match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub match_id: Option<MatchId>,
    /// The payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub payment_id: Option<PaymentId>,
    /// The ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub ticket_id: Option<TicketId>,
    /// Path in the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub deep_link: Option<String>,
}

/// Somebody is to be told something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRequested {
    /// Who.
    pub user_id: UserId,
    /// About what.
    pub notification_type: NotificationType,
    /// How urgently.
    pub urgency: Urgency,
    /// Headline.
    pub title: LocalisedText,
    /// Text.
    pub body: LocalisedText,
    /// Ids and link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<NotificationData>,
    /// Wished ways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<Channel>>,
}

impl Limits for NotificationRequested {
    fn limits(&self) -> Result<(), BrokenRule> {
        let both = |text: &LocalisedText| !text.el.trim().is_empty() && !text.en.trim().is_empty();
        require(both(&self.title), "title", "written in both languages")?;
        require(both(&self.body), "body", "written in both languages")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<NotificationType>();
        agrees_with_serde::<Urgency>();
        agrees_with_serde::<Channel>();
    }

    /// NOTE-14 to NOTE-16: eight types go out at once, one only to those who want it, all others may wait.
    #[test]
    fn each_type_has_its_urgency() {
        let count = |urgency| NotificationType::ALL.iter().filter(|kind| kind.urgency() == urgency).count();
        assert_eq!((count(Urgency::Critical), count(Urgency::Promotional)), (8, 1));
        assert_eq!(NotificationType::WaitlistSlotAvailable.urgency(), Urgency::Standard);
    }

    /// EVT-14, NOTE-02: thirteen types come from platform, one of them from both.
    #[test]
    fn each_type_has_its_producers() {
        let from_platform =
            NotificationType::ALL.iter().filter(|kind| kind.producers().contains(&Source::PlatformService)).count();
        assert_eq!(from_platform, 13);
        assert_eq!(NotificationType::ReminderAlert.producers().len(), 2);
        assert_eq!(NotificationType::BookingConfirmed.producers(), [Source::TransactionService]);
    }
}
