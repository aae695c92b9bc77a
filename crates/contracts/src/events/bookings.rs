//! `booking-events`: bookings and holds of one court, in the order in which they happened to it.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{BrokenRule, Limits, forward, require, within};
use crate::booking::{BookingType, CancelledBy, ReleaseReason, Slot};
use crate::court::TimeOfDay;
use crate::ids::{BookingId, CourtId, RecurringGroupId, UserId};
use crate::money::Cents;
use crate::wire_text::wire_text;

/// State in which a booking is born.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum CreatedStatus {
    /// Stands at once.
    Confirmed,
    /// Waits for the owner.
    PendingConfirmation,
}

wire_text!(CreatedStatus { Confirmed => "CONFIRMED", PendingConfirmation => "PENDING_CONFIRMATION" });

/// A customer's or a manual booking was stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingCreated {
    /// The booking.
    pub booking_id: BookingId,
    /// The court.
    pub court_id: CourtId,
    /// The customer; null for a manual booking.
    pub user_id: Option<UserId>,
    /// The court's owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_owner_id: Option<UserId>,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// Length of the slot.
    pub duration_minutes: i32,
    /// Stands, or waits for the owner.
    pub status: CreatedStatus,
    /// Paid or entered.
    pub booking_type: BookingType,
    /// Price; null for a manual booking without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub total_amount_cents: Option<Cents>,
    /// A match was opened with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_open_match: Option<bool>,
    /// The price is shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_split_payment: Option<bool>,
    /// The series it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub recurring_group_id: Option<RecurringGroupId>,
}

impl Limits for BookingCreated {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)?;
        require(
            self.booking_type == BookingType::Manual || self.user_id.is_some(),
            "userId",
            "the customer of a CUSTOMER booking",
        )
    }
}

/// The owner confirmed a pending booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingConfirmed {
    /// The booking.
    pub booking_id: BookingId,
    /// The court.
    pub court_id: CourtId,
    /// The customer.
    pub user_id: UserId,
    /// The court's owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_owner_id: Option<UserId>,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// Who pressed the button.
    pub confirmed_by: UserId,
    /// Taken from the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_amount_cents: Option<Cents>,
    /// Kept by the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_fee_cents: Option<Cents>,
    /// Left for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_owner_net_cents: Option<Cents>,
}

impl Limits for BookingConfirmed {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)
    }
}

/// A booking was called off, by the customer, the owner (rejection included) or a deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingCancelled {
    /// The booking.
    pub booking_id: BookingId,
    /// The court.
    pub court_id: CourtId,
    /// The customer; null for a manual booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub user_id: Option<UserId>,
    /// The court's owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_owner_id: Option<UserId>,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// Who called it off.
    pub cancelled_by: CancelledBy,
    /// Why.
    pub cancellation_reason: String,
    /// What the customer gets back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_amount_cents: Option<Cents>,
    /// The tier that was applied, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub refund_percentage: Option<f64>,
    /// The court keeps a waitlist, so the slot may be offered (EVT-22).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waitlist_enabled: Option<bool>,
}

impl Limits for BookingCancelled {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)?;
        within(self.refund_percentage, 0.0, 100.0, "refundPercentage", "between 0 and 100")
    }
}

/// A booking moved; both slots change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingModified {
    /// The booking.
    pub booking_id: BookingId,
    /// The court.
    pub court_id: CourtId,
    /// The customer.
    pub user_id: UserId,
    /// Court-local date before.
    pub previous_date: Date,
    /// Court-local start before.
    pub previous_start_time: TimeOfDay,
    /// Court-local end before.
    pub previous_end_time: TimeOfDay,
    /// Court-local date after.
    pub new_date: Date,
    /// Court-local start after.
    pub new_start_time: TimeOfDay,
    /// Court-local end after.
    pub new_end_time: TimeOfDay,
    /// New price minus old price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_difference_cents: Option<Cents>,
}

impl Limits for BookingModified {
    fn limits(&self) -> Result<(), BrokenRule> {
        require(self.previous_start_time < self.previous_end_time, "previousEndTime", "after previousStartTime")?;
        require(self.new_start_time < self.new_end_time, "newEndTime", "after newStartTime")
    }
}

/// The end of a booking passed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingCompleted {
    /// The booking.
    pub booking_id: BookingId,
    /// The court.
    pub court_id: CourtId,
    /// The court's owner.
    pub court_owner_id: UserId,
    /// The customer; null for a manual booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub user_id: Option<UserId>,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// Paid or entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booking_type: Option<BookingType>,
    /// Price; null for a manual booking without one.
    pub total_amount_cents: Option<Cents>,
    /// Kept by the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub platform_fee_cents: Option<Cents>,
    /// Left for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub court_owner_net_cents: Option<Cents>,
    /// Nobody came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_show: Option<bool>,
}

impl Limits for BookingCompleted {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)
    }
}

/// A hold began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotHeld {
    /// The court.
    pub court_id: CourtId,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// When the slot is free again if nothing comes of it.
    pub hold_expires_at: Timestamp,
    /// Who holds it; stays inside the services (LIVE-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by_user_id: Option<UserId>,
}

impl Limits for SlotHeld {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)
    }
}

/// A hold ended without a booking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlotReleased {
    /// The court.
    pub court_id: CourtId,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// Why.
    pub release_reason: ReleaseReason,
}

impl Limits for SlotReleased {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<CreatedStatus>();
    }
}
