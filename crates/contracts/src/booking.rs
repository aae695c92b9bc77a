//! Words about bookings and payments that both services, events and socket messages share.
//!
//! Which state may follow which is decided in the transaction service alone; here are only the names.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::court::TimeOfDay;
use crate::wire_text::wire_text;

/// Paid by a customer, or entered by an owner without payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum BookingType {
    /// Made and paid by a customer.
    Customer,
    /// Entered by the owner.
    Manual,
}

wire_text!(BookingType { Customer => "CUSTOMER", Manual => "MANUAL" });

/// The states of a booking that people get to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum BookingStatus {
    /// A hold: the slot is taken while the payment is under way.
    PendingPayment,
    /// Paid for, waiting for the owner.
    PendingConfirmation,
    /// Stands.
    Confirmed,
    /// Played.
    Completed,
    /// Called off by somebody or by a deadline.
    Cancelled,
    /// Refused by the owner.
    Rejected,
}

wire_text!(BookingStatus {
    PendingPayment => "PENDING_PAYMENT",
    PendingConfirmation => "PENDING_CONFIRMATION",
    Confirmed => "CONFIRMED",
    Completed => "COMPLETED",
    Cancelled => "CANCELLED",
    Rejected => "REJECTED",
});

/// State of the money of a booking (PAY-12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum PaymentStatus {
    /// Asked for, no answer yet.
    Pending,
    /// Held on the card.
    Authorized,
    /// Taken.
    Captured,
    /// Given back as far as the rules give back.
    Refunded,
    /// Given back in part.
    PartiallyRefunded,
    /// Refused.
    Failed,
    /// Contested at the bank.
    Disputed,
    /// A manual booking.
    NotRequired,
    /// A manual booking that was paid at the desk.
    PaidExternally,
}

wire_text!(PaymentStatus {
    Pending => "PENDING",
    Authorized => "AUTHORIZED",
    Captured => "CAPTURED",
    Refunded => "REFUNDED",
    PartiallyRefunded => "PARTIALLY_REFUNDED",
    Failed => "FAILED",
    Disputed => "DISPUTED",
    NotRequired => "NOT_REQUIRED",
    PaidExternally => "PAID_EXTERNALLY",
});

/// Who called a booking off (BOOK-57).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum CancelledBy {
    /// The customer.
    Customer,
    /// The owner, also by rejecting or blocking.
    CourtOwner,
    /// A deadline.
    System,
}

wire_text!(CancelledBy { Customer => "CUSTOMER", CourtOwner => "COURT_OWNER", System => "SYSTEM" });

/// Why a hold ended without a booking (LIVE-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum ReleaseReason {
    /// Five minutes passed.
    HoldExpired,
    /// The payment was refused.
    PaymentFailed,
    /// The customer let go.
    UserAbandoned,
}

wire_text!(ReleaseReason {
    HoldExpired => "HOLD_EXPIRED",
    PaymentFailed => "PAYMENT_FAILED",
    UserAbandoned => "USER_ABANDONED",
});

/// A stretch of one court-local day. It ends on the date it starts, after it starts (BOOK-23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct Slot {
    /// Court-local date.
    pub date: Date,
    /// Court-local start.
    pub start_time: TimeOfDay,
    /// Court-local end.
    pub end_time: TimeOfDay,
}

impl Slot {
    /// The end lies after the start.
    #[must_use]
    pub fn is_forward(&self) -> bool {
        self.start_time < self.end_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<BookingType>();
        agrees_with_serde::<BookingStatus>();
        agrees_with_serde::<PaymentStatus>();
        agrees_with_serde::<CancelledBy>();
        agrees_with_serde::<ReleaseReason>();
    }
}
