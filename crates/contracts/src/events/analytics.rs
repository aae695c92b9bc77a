//! `analytics-events`: figures for dashboards and reports. Losing order between courts changes no total (EVT-23).

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{BrokenRule, Limits};
use crate::booking::BookingType;
use crate::court::{CourtType, DayOfWeek, TimeOfDay};
use crate::ids::{BookingId, CourtId, PromoCodeId, UserId};
use crate::money::Cents;
use crate::wire_text::wire_text;

/// Steps of a booking that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum BookingStep {
    /// Made.
    Booked,
    /// Called off.
    Cancelled,
    /// Played.
    Completed,
    /// Nobody came.
    NoShow,
}

wire_text!(BookingStep {
    Booked => "BOOKED",
    Cancelled => "CANCELLED",
    Completed => "COMPLETED",
    NoShow => "NO_SHOW",
});

/// One step of a booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingAnalytics {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub court_owner_id: UserId,
    /// The step.
    #[serde(rename = "eventType")]
    pub step: BookingStep,
    /// The booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<BookingId>,
    /// Paid or entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_type: Option<BookingType>,
    /// Sport.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_type: Option<CourtType>,
    /// Court-local date of the booking.
    pub date: Date,
    /// Court-local start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<TimeOfDay>,
    /// Weekday of the date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day_of_week: Option<DayOfWeek>,
    /// Length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<i32>,
    /// People.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub player_count: Option<i32>,
}

impl Limits for BookingAnalytics {}

/// Steps of money that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum RevenueStep {
    /// Taken from a card.
    PaymentCaptured,
    /// Given back.
    RefundIssued,
    /// Contested.
    DisputeOpened,
    /// Settled.
    DisputeClosed,
    /// Paid out: the part of one court.
    PayoutCompleted,
}

wire_text!(RevenueStep {
    PaymentCaptured => "PAYMENT_CAPTURED",
    RefundIssued => "REFUND_ISSUED",
    DisputeOpened => "DISPUTE_OPENED",
    DisputeClosed => "DISPUTE_CLOSED",
    PayoutCompleted => "PAYOUT_COMPLETED",
});

/// One step of money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RevenueAnalytics {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub court_owner_id: UserId,
    /// The step.
    #[serde(rename = "eventType")]
    pub step: RevenueStep,
    /// The booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<BookingId>,
    /// How much.
    pub amount_cents: Cents,
    /// Kept by the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_fee_cents: Option<Cents>,
    /// Left for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_owner_net_cents: Option<Cents>,
    /// Given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub refund_amount_cents: Option<Cents>,
    /// PaymentIntent at Stripe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub stripe_payment_intent_id: Option<String>,
    /// `EUR`, the only one so far (PAY-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

impl Limits for RevenueAnalytics {}

/// How a code takes off money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum DiscountType {
    /// A part of the subtotal.
    Percentage,
    /// An amount.
    FixedAmount,
}

wire_text!(DiscountType { Percentage => "PERCENTAGE", FixedAmount => "FIXED_AMOUNT" });

/// A booking was paid with a code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCodeRedeemed {
    /// The code's id.
    pub promo_code_id: PromoCodeId,
    /// The code as typed.
    pub promo_code: String,
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_owner_id: Option<UserId>,
    /// The booking.
    pub booking_id: BookingId,
    /// The customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Part or amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_type: Option<DiscountType>,
    /// Taken off.
    pub discount_amount_cents: Cents,
    /// Before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_amount_cents: Option<Cents>,
    /// After.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_amount_cents: Option<Cents>,
}

impl Limits for PromoCodeRedeemed {
    fn limits(&self) -> Result<(), BrokenRule> {
        super::limits::require(!self.discount_amount_cents.is_negative(), "discountAmountCents", "0 or more")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<BookingStep>();
        agrees_with_serde::<RevenueStep>();
        agrees_with_serde::<DiscountType>();
    }
}
