//! Questions and answers of `/internal/promo-codes/*`: whether a code counts, that it was used, that it was not after all
//! (PRICE-42 to PRICE-51). Only the two services see these.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::court::CourtType;
use crate::ids::{BookingId, CourtId, PromoCodeId, UserId};
use crate::money::Cents;
use crate::wire_text::wire_text;

/// How a code lowers a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum DiscountType {
    /// By a part of it.
    Percentage,
    /// By an amount.
    FixedAmount,
}

wire_text!(DiscountType { Percentage => "PERCENTAGE", FixedAmount => "FIXED_AMOUNT" });

/// Why a code does not count for one booking of one person (PRICE-44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum PromoCodeRefusal {
    /// Unknown.
    PromoNotFound,
    /// Switched off.
    PromoInactive,
    /// Over.
    PromoExpired,
    /// Not begun.
    PromoNotYetValid,
    /// Used up.
    PromoUsageLimitReached,
    /// Used up by this person.
    PromoUserLimitReached,
    /// For another kind of court.
    PromoWrongCourtType,
    /// For other courts.
    PromoWrongCourt,
    /// The booking is too cheap.
    PromoMinAmountNotMet,
}

wire_text!(PromoCodeRefusal {
    PromoNotFound => "PROMO_NOT_FOUND",
    PromoInactive => "PROMO_INACTIVE",
    PromoExpired => "PROMO_EXPIRED",
    PromoNotYetValid => "PROMO_NOT_YET_VALID",
    PromoUsageLimitReached => "PROMO_USAGE_LIMIT_REACHED",
    PromoUserLimitReached => "PROMO_USER_LIMIT_REACHED",
    PromoWrongCourtType => "PROMO_WRONG_COURT_TYPE",
    PromoWrongCourt => "PROMO_WRONG_COURT",
    PromoMinAmountNotMet => "PROMO_MIN_AMOUNT_NOT_MET",
});

/// Why a use is taken back (PRICE-49).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum RollbackReason {
    /// The booking was called off.
    BookingCancelled,
    /// Its money went back.
    BookingRefunded,
    /// Its money never came.
    PaymentFailed,
}

wire_text!(RollbackReason {
    BookingCancelled => "BOOKING_CANCELLED",
    BookingRefunded => "BOOKING_REFUNDED",
    PaymentFailed => "PAYMENT_FAILED",
});

/// Does this code count for this booking?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCodeValidationRequest {
    /// As the customer typed it.
    #[schema(min_length = 1, max_length = 50)]
    pub code: String,
    /// Who books.
    pub user_id: UserId,
    /// Where.
    pub court_id: CourtId,
    /// Whose court.
    #[serde(default)]
    pub court_owner_id: Option<UserId>,
    /// What kind of court.
    #[serde(default)]
    pub court_type: Option<CourtType>,
    /// Before the discount.
    #[schema(minimum = 0)]
    pub booking_amount_cents: Cents,
    /// Court-local date of the booking.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "date")]
    pub booking_date: Option<Date>,
}

/// Yes with the discount, or why not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCodeValidationResponse {
    /// Whether it counts.
    pub valid: bool,
    /// The code's id.
    pub promo_code_id: Option<PromoCodeId>,
    /// How it lowers the price.
    pub discount_type: Option<DiscountType>,
    /// Percent, or cents.
    pub discount_value: Option<i64>,
    /// What it takes off this booking.
    pub discount_amount_cents: Option<Cents>,
    /// The most it takes off.
    pub max_discount_cents: Option<Cents>,
    /// Why it does not count.
    pub error_code: Option<PromoCodeRefusal>,
    /// The same in words.
    pub error_message: Option<String>,
    /// Uses that are left; null without limit.
    pub remaining_uses: Option<i64>,
    /// Uses that are left to this person.
    pub user_remaining_uses: Option<i64>,
}

/// A code was used for a booking that is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCodeRedemptionRequest {
    /// The code's id.
    pub promo_code_id: PromoCodeId,
    /// The booking.
    pub booking_id: BookingId,
    /// Who booked.
    pub user_id: UserId,
    /// What it took off.
    #[schema(minimum = 0)]
    pub discount_amount_cents: Cents,
}

/// The use is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCodeRedemptionResponse {
    /// Counted, now or before.
    pub success: bool,
    /// Uses of the code.
    pub current_uses: i64,
    /// It had been counted before.
    pub already_redeemed: bool,
}

/// A use did not come to stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCodeRollbackRequest {
    /// The code's id.
    pub promo_code_id: PromoCodeId,
    /// The booking.
    pub booking_id: BookingId,
    /// Why.
    #[serde(default)]
    pub reason: Option<RollbackReason>,
}

/// The use is free again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromoCodeRollbackResponse {
    /// Free, now or before.
    pub success: bool,
    /// Uses of the code.
    pub current_uses: i64,
    /// It had been taken back before.
    pub already_rolled_back: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<DiscountType>();
        agrees_with_serde::<PromoCodeRefusal>();
        agrees_with_serde::<RollbackReason>();
    }
}
