//! Questions and answers of `/internal/*`, which platform serves and transaction asks.
//!
//! Only the two services see these; the ingress never routes to them. Prices and availability come from here and from
//! nowhere else (PRICE-16).

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::codes::{self, Code};
use crate::court::{CourtType, SlotStatus, TimeOfDay};
use crate::identity::ConnectStatus;
use crate::ids::{BookingId, CourtId, UserId};
use crate::money::{Cents, Multiplier};
use crate::wire_text::wire_text;

/// Query of `GET /internal/courts/{courtId}/validate-slot`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ValidateSlotQuery {
    /// Court-local date.
    pub date: Date,
    /// Court-local start, `HH:mm`.
    #[param(value_type = String, pattern = r"^\d{2}:\d{2}$")]
    pub start_time: TimeOfDay,
    /// Court-local end, `HH:mm`.
    #[param(value_type = String, pattern = r"^\d{2}:\d{2}$")]
    pub end_time: TimeOfDay,
}

/// Why a slot cannot be booked (BOOK-11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum SlotRefusal {
    /// The court is closed then.
    OutsideAvailabilityWindow,
    /// The owner blocked the time.
    OverrideBlocked,
    /// Another booking or hold has it.
    SlotConflict,
    /// The court is not shown.
    CourtNotVisible,
    /// Its owner is not verified.
    CourtOwnerNotVerified,
    /// Off the grid, or no whole multiple of the court's duration.
    SlotDurationMismatch,
}

wire_text!(SlotRefusal {
    OutsideAvailabilityWindow => "OUTSIDE_AVAILABILITY_WINDOW",
    OverrideBlocked => "OVERRIDE_BLOCKED",
    SlotConflict => "SLOT_CONFLICT",
    CourtNotVisible => "COURT_NOT_VISIBLE",
    CourtOwnerNotVerified => "COURT_OWNER_NOT_VERIFIED",
    SlotDurationMismatch => "SLOT_DURATION_MISMATCH",
});

impl SlotRefusal {
    /// What a customer is told who tries to book such a slot: a clash is 409, everything else 422 (BOOK-06, BOOK-11).
    #[must_use]
    pub const fn code(self) -> &'static Code {
        match self {
            Self::OutsideAvailabilityWindow => &codes::OUTSIDE_AVAILABILITY_WINDOW,
            Self::OverrideBlocked => &codes::OVERRIDE_BLOCKED,
            Self::SlotConflict => &codes::TIME_SLOT_UNAVAILABLE,
            Self::CourtNotVisible => &codes::COURT_NOT_VISIBLE,
            Self::CourtOwnerNotVerified => &codes::BOOKING_OF_UNVERIFIED_OWNER,
            Self::SlotDurationMismatch => &codes::SLOT_DURATION_MISMATCH,
        }
    }
}

/// Answer of `validate-slot`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotValidationResult {
    /// The slot can be booked as far as platform knows. The database constraint of transaction has the last word.
    pub available: bool,
    /// Why not.
    #[serde(default)]
    pub reason: Option<SlotRefusal>,
    /// The booking in the way, where it may be named.
    #[serde(default)]
    pub conflicting_booking_id: Option<BookingId>,
    /// What the owner wrote on the block.
    #[serde(default)]
    pub override_reason: Option<String>,
}

/// Query of `GET /internal/courts/{courtId}/calculate-price`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CalculatePriceQuery {
    /// Court-local date.
    pub date: Date,
    /// Court-local start, `HH:mm`.
    #[param(value_type = String, pattern = r"^\d{2}:\d{2}$")]
    pub start_time: TimeOfDay,
    /// Court-local end, `HH:mm`.
    #[param(value_type = String, pattern = r"^\d{2}:\d{2}$")]
    pub end_time: TimeOfDay,
    /// A code the customer typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(max_length = 20)]
    pub promo_code: Option<String>,
    /// Needed to check a code that is limited to kinds of court (PRICE-21).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub court_type: Option<CourtType>,
}

/// Why a promo code does not count (PRICE-20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum PromoCodeError {
    /// Unknown.
    PromoNotFound,
    /// Over.
    PromoExpired,
    /// Not begun.
    PromoNotYetValid,
    /// Used up.
    PromoUsageLimitReached,
    /// For another kind of court.
    PromoWrongCourtType,
    /// For other courts.
    PromoWrongScope,
}

wire_text!(PromoCodeError {
    PromoNotFound => "PROMO_NOT_FOUND",
    PromoExpired => "PROMO_EXPIRED",
    PromoNotYetValid => "PROMO_NOT_YET_VALID",
    PromoUsageLimitReached => "PROMO_USAGE_LIMIT_REACHED",
    PromoWrongCourtType => "PROMO_WRONG_COURT_TYPE",
    PromoWrongScope => "PROMO_WRONG_SCOPE",
});

/// Answer of `calculate-price` (PRICE-18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PriceCalculationResult {
    /// Base price of one session of the court's duration.
    pub base_price_cents: Cents,
    /// Factor of the rule that covers the start; 1 without one.
    pub multiplier: Multiplier,
    /// Label of that rule.
    #[serde(default)]
    pub multiplier_label: Option<String>,
    /// Factor of the date, if it is a special one.
    #[serde(default)]
    pub special_date_multiplier: Option<Multiplier>,
    /// Label of that date.
    #[serde(default)]
    pub special_date_label: Option<String>,
    /// Base price times sessions times factors, rounded once.
    pub subtotal_cents: Cents,
    /// What the code takes off.
    pub promo_discount_cents: Cents,
    /// Null when no code was sent (PRICE-19).
    #[serde(default)]
    pub promo_code_valid: Option<bool>,
    /// Why the code does not count.
    #[serde(default)]
    pub promo_code_error: Option<PromoCodeError>,
    /// What the customer pays.
    pub final_price_cents: Cents,
}

/// Answer of `GET /internal/courts/{courtId}/offer`: what `validate-slot` and `calculate-price` say, both of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotOffer {
    /// Whether the slot can be booked.
    pub validation: SlotValidationResult,
    /// What it costs; null for a slot that cannot be booked for another reason than a clash.
    #[serde(default)]
    pub price: Option<PriceCalculationResult>,
    /// Number of the calendar that was looked at. A hold is placed only while the court still has it (HOL-37).
    pub calendar_version: i64,
}

/// How often Stripe pays out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum PayoutSchedule {
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
}

wire_text!(PayoutSchedule { Daily => "DAILY", Weekly => "WEEKLY", Monthly => "MONTHLY" });

/// Answer of `GET /internal/users/{userId}/stripe-connect-status`, asked afresh before each capture (PAY-07).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StripeConnectStatusResponse {
    /// The owner.
    pub user_id: UserId,
    /// Account at Stripe, once there is one.
    #[serde(default)]
    pub stripe_connect_account_id: Option<String>,
    /// Where it stands.
    pub status: ConnectStatus,
    /// Customers can pay for this owner's courts.
    pub can_receive_payments: bool,
    /// Stripe waits for the owner.
    #[serde(default)]
    pub requires_action: bool,
    /// What Stripe wants.
    #[serde(default)]
    pub restriction_reason: Option<String>,
    /// How often Stripe pays out.
    #[serde(default)]
    pub payout_schedule: Option<PayoutSchedule>,
    /// When Stripe last reported.
    #[serde(default)]
    pub last_webhook_at: Option<Timestamp>,
    /// When the status last changed.
    #[serde(default)]
    pub status_changed_at: Option<Timestamp>,
}

/// Most entries of one [`AuditHandover`].
pub const MOST_AUDIT_ENTRIES: usize = 100;

/// Body of `POST /internal/audit-entries`: what owners did in the transaction service, for their log (OWN-45).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditHandover {
    /// In the order in which it was done.
    #[schema(max_items = 100)]
    pub entries: Vec<AuditHandoverEntry>,
}

/// One thing that an owner did. Its id never changes, so that what is handed over twice is stored once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditHandoverEntry {
    /// Its name, in both services.
    pub id: Uuid,
    /// Who did it, and whose log it belongs to.
    pub owner_id: UserId,
    /// When.
    pub timestamp: Timestamp,
    /// What, e.g. `BOOKING_CONFIRMED`.
    #[schema(min_length = 1, max_length = 100)]
    pub action_type: String,
    /// What it was done to, e.g. `BOOKING`.
    #[schema(min_length = 1, max_length = 100)]
    pub resource_type: String,
    /// Which one.
    pub resource_id: Uuid,
    /// What it was before; none for what is new.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// What it is now; none for what is gone.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// The trace in which it was done.
    #[schema(max_length = 64)]
    pub trace_id: String,
}

/// Query of `GET /internal/courts/{courtId}/availability`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CourtAvailabilityQuery {
    /// First court-local date.
    pub from_date: Date,
    /// Last court-local date, included.
    pub to_date: Date,
    /// Length of the asked slots; the court's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<i32>,
}

/// Answer of `GET /internal/courts/{courtId}/availability`: read straight from the database, never from a cache, so
/// that alternatives (BOOK-06) and socket messages (LIVE-41, LIVE-42) show what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtAvailability {
    /// The court.
    pub court_id: CourtId,
    /// IANA zone of all dates and times below.
    pub timezone: String,
    /// One entry per asked date, in order.
    pub days: Vec<DayAvailability>,
}

/// The slots of one date; none when the court is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DayAvailability {
    /// Court-local date.
    pub date: Date,
    /// Slots in order of start.
    pub slots: Vec<SlotAvailability>,
}

/// One slot with its state and price; never with a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotAvailability {
    /// Court-local start.
    pub start_time: TimeOfDay,
    /// Court-local end.
    pub end_time: TimeOfDay,
    /// Free or not, and why not.
    pub status: SlotStatus,
    /// Only with `HELD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_expires_at: Option<Timestamp>,
    /// Price of the whole slot, factors included.
    pub price_cents: Cents,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<SlotRefusal>();
        agrees_with_serde::<PromoCodeError>();
        agrees_with_serde::<PayoutSchedule>();
    }

    /// BOOK-06, BOOK-11: a clash is 409, every other refusal 422 under the name of its reason.
    #[test]
    fn refusals_become_the_codes_of_the_rule_book() {
        for &refusal in SlotRefusal::ALL {
            let code = refusal.code();
            if refusal == SlotRefusal::SlotConflict {
                assert_eq!((code.id, code.status), ("TIME_SLOT_UNAVAILABLE", 409));
            } else {
                assert_eq!((code.id, code.status), (refusal.as_str(), 422));
            }
        }
    }

    /// A shorter answer of an older peer still reads: absent means null.
    #[test]
    fn optional_parts_may_be_absent() {
        let answer: SlotValidationResult = serde_json::from_str(r#"{"available":true}"#).expect("reads");
        assert_eq!(answer.reason, None);
        let price: PriceCalculationResult = serde_json::from_str(
            r#"{"basePriceCents":2000,"multiplier":1.25,"subtotalCents":2500,"promoDiscountCents":0,"finalPriceCents":2500}"#,
        )
        .expect("reads");
        assert_eq!(price.multiplier, Multiplier::from_hundredths(125).expect("in range"));
        assert_eq!(price.promo_code_valid, None);
    }
}
