//! Words of an owner's settings about messages: what happens, what a reminder rule waits for, and by which ways a rule
//! speaks. Platform stores them, the transaction service reads them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire_text::wire_text;

/// What an owner can switch the channels of, one by one (NOTE-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum OwnerEventType {
    /// Somebody booked and it stands.
    NewBooking,
    /// A booking was called off.
    Cancellation,
    /// A booking waits for the owner.
    PendingConfirmation,
    /// Money came in.
    PaymentReceived,
    /// Money was paid out.
    PayoutCompleted,
    /// A payment is contested.
    PaymentDispute,
    /// A reminder rule or a coming holiday.
    ReminderAlert,
    /// The owner's own subscription.
    SubscriptionBilling,
}

wire_text!(OwnerEventType {
    NewBooking => "NEW_BOOKING",
    Cancellation => "CANCELLATION",
    PendingConfirmation => "PENDING_CONFIRMATION",
    PaymentReceived => "PAYMENT_RECEIVED",
    PayoutCompleted => "PAYOUT_COMPLETED",
    PaymentDispute => "PAYMENT_DISPUTE",
    ReminderAlert => "REMINDER_ALERT",
    SubscriptionBilling => "SUBSCRIPTION_BILLING",
});

impl OwnerEventType {
    /// Whether messages about it cannot wait (NOTE-14): they stay in the app whatever is switched off (NOTE-28).
    #[must_use]
    pub const fn is_critical(self) -> bool {
        matches!(self, Self::NewBooking | Self::Cancellation | Self::PendingConfirmation | Self::PaymentDispute)
    }
}

/// What a reminder rule waits for (NOTE-45 to NOTE-49).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum ReminderTrigger {
    /// A manual booking nobody has marked as paid.
    UnpaidBooking,
    /// A customer's money is held and the owner has not confirmed.
    PaymentHeldNotCaptured,
    /// A booking waits too long for the owner.
    PendingConfirmation,
    /// A manual booking without phone and email.
    NoContactManual,
    /// A court that nobody has booked for some days.
    LowOccupancy,
}

wire_text!(ReminderTrigger {
    UnpaidBooking => "UNPAID_BOOKING",
    PaymentHeldNotCaptured => "PAYMENT_HELD_NOT_CAPTURED",
    PendingConfirmation => "PENDING_CONFIRMATION",
    NoContactManual => "NO_CONTACT_MANUAL",
    LowOccupancy => "LOW_OCCUPANCY",
});

/// A way by which a reminder rule speaks; preferences may still say no (NOTE-07).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum ReminderChannel {
    /// Phone and browser.
    Push,
    /// A mailbox.
    Email,
    /// The list inside the portal.
    InApp,
}

wire_text!(ReminderChannel { Push => "PUSH", Email => "EMAIL", InApp => "IN_APP" });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<OwnerEventType>();
        agrees_with_serde::<ReminderTrigger>();
        agrees_with_serde::<ReminderChannel>();
    }
}
