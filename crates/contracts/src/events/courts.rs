//! `court-update-events`: what changed about a court, and about an owner's account at Stripe.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{BrokenRule, Limits, require};
use crate::court::{ConfirmationMode, CourtType, DayOfWeek, LocationType, TimeOfDay};
use crate::identity::ConnectStatus;
use crate::ids::{BookingId, CourtId, OverrideId, UserId};
use crate::money::{Cents, Multiplier};
use crate::wire_text::wire_text;

/// Data or settings of a court changed (COURT-21). Fields that did not change may be absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtUpdated {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub court_owner_id: UserId,
    /// Names of the fields that changed.
    pub changed_fields: Vec<String>,
    /// Name of the court.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub court_name: Option<String>,
    /// Sport.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub court_type: Option<CourtType>,
    /// Under a roof or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub location_type: Option<LocationType>,
    /// Length of one session; called `durationMinutes` in REST.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub booking_duration_minutes: Option<i32>,
    /// Most people at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub max_capacity: Option<i32>,
    /// At once, or after the owner's yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub confirmation_mode: Option<ConfirmationMode>,
    /// Hours the owner has for the yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub confirmation_timeout_hours: Option<i32>,
    /// People may wait for a slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub waitlist_enabled: Option<bool>,
    /// Version after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The owner before a transfer (COURT-59); with it, `courtOwnerId` is the new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_court_owner_id: Option<UserId>,
}

impl Limits for CourtUpdated {}

/// A weekly time with its own price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct PricingRule {
    /// Weekday.
    pub day_of_week: DayOfWeek,
    /// From, court-local.
    pub start_time: TimeOfDay,
    /// Until, court-local, excluded.
    pub end_time: TimeOfDay,
    /// Factor on the base price, 0.10 to 5.00.
    pub multiplier: Multiplier,
    /// What the owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub label: Option<String>,
}

/// Base price, rules or special dates changed (PRICE-07).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PricingUpdated {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub court_owner_id: UserId,
    /// Name of the court.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub court_name: Option<String>,
    /// Base price before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub previous_base_price_cents: Option<Cents>,
    /// Base price after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_price_cents: Option<Cents>,
    /// All rules after the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing_rules: Option<Vec<PricingRule>>,
    /// First date of the new prices; a past one means all future bookings (EVT-18).
    pub effective_from: Date,
    /// Who changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<UserId>,
}

impl Limits for PricingUpdated {
    fn limits(&self) -> Result<(), BrokenRule> {
        for rule in self.pricing_rules.iter().flatten() {
            require(rule.multiplier.in_bounds(), "pricingRules.multiplier", "between 0.1 and 5.0")?;
            require(rule.start_time < rule.end_time, "pricingRules.endTime", "after startTime")?;
        }
        Ok(())
    }
}

/// What about the openings changed (COURT-31).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum AvailabilityChange {
    /// The weekly windows were replaced.
    RecurringWindowsUpdated,
    /// A date or a part of it was blocked.
    OverrideCreated,
    /// A block was lifted.
    OverrideDeleted,
}

wire_text!(AvailabilityChange {
    RecurringWindowsUpdated => "RECURRING_WINDOWS_UPDATED",
    OverrideCreated => "OVERRIDE_CREATED",
    OverrideDeleted => "OVERRIDE_DELETED",
});

/// Dates touched by a change, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct DateRange {
    /// First date.
    pub from: Date,
    /// Last date.
    pub to: Date,
}

/// A block as it was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct BlockedTime {
    /// The block.
    pub override_id: OverrideId,
    /// Its date, court-local.
    pub date: Date,
    /// From; null blocks the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub start_time: Option<TimeOfDay>,
    /// Until; null blocks the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub end_time: Option<TimeOfDay>,
    /// What the owner wrote.
    pub reason: String,
}

/// Windows or blocks changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityUpdated {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub court_owner_id: UserId,
    /// What changed.
    pub change_type: AvailabilityChange,
    /// Absent for weekly windows: all future dates (EVT-19).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected_date_range: Option<DateRange>,
    /// Comes with `OVERRIDE_CREATED`.
    #[serde(default, rename = "override", skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub blocked: Option<BlockedTime>,
    /// Bookings that the owner gives up with this change, decided under the court's calendar lock (HOL-34, COURT-30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_booking_ids: Option<Vec<BookingId>>,
    /// What their customers are told; comes with `cancelBookingIds`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancellation_reason: Option<String>,
    /// The sender has told the customers already, each in one message with all of their bookings (HOL-35): whoever cancels
    /// them tells customers nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customers_told: Option<bool>,
}

impl Limits for AvailabilityUpdated {
    /// EVT-19: a range for blocks, none for weekly windows; the block itself when it is new.
    fn limits(&self) -> Result<(), BrokenRule> {
        let weekly = self.change_type == AvailabilityChange::RecurringWindowsUpdated;
        require(
            weekly == self.affected_date_range.is_none(),
            "affectedDateRange",
            "present for a block and absent for weekly windows",
        )?;
        require(
            self.affected_date_range.is_none_or(|range| range.from <= range.to),
            "affectedDateRange.to",
            "not before from",
        )?;
        require(
            self.change_type != AvailabilityChange::OverrideCreated || self.blocked.is_some(),
            "override",
            "present with OVERRIDE_CREATED",
        )?;
        require(!weekly || self.blocked.is_none(), "override", "absent for weekly windows")?;
        require(
            self.cancel_booking_ids.as_ref().is_none_or(Vec::is_empty) || self.cancellation_reason.is_some(),
            "cancellationReason",
            "present with cancelBookingIds",
        )
    }
}

/// One step of a cancellation policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub struct CancellationTier {
    /// At least so many hours before the start.
    #[schemars(range(min = 0))]
    pub threshold_hours: i32,
    /// Part of the owner's net that goes back.
    #[schemars(range(min = 0, max = 100))]
    pub refund_percent: i32,
}

/// The refund tiers changed, ordered by falling hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancellationPolicyUpdated {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub court_owner_id: UserId,
    /// All tiers after the change.
    pub tiers: Vec<CancellationTier>,
}

impl Limits for CancellationPolicyUpdated {
    fn limits(&self) -> Result<(), BrokenRule> {
        for tier in &self.tiers {
            require(tier.threshold_hours >= 0, "tiers.thresholdHours", "0 or more")?;
            require((0..=100).contains(&tier.refund_percent), "tiers.refundPercent", "between 0 and 100")?;
        }
        require(
            self.tiers.is_sorted_by(|earlier, later| earlier.threshold_hours > later.threshold_hours),
            "tiers",
            "ordered by falling thresholdHours",
        )
    }
}

/// A court was removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtDeleted {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub court_owner_id: UserId,
}

impl Limits for CourtDeleted {}

/// Stripe reports a new state of an owner's account. The only event of its topic that is keyed by owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StripeConnectStatusChanged {
    /// The owner.
    pub court_owner_id: UserId,
    /// Account at Stripe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stripe_connect_account_id: Option<String>,
    /// Before.
    pub previous_status: ConnectStatus,
    /// After.
    pub new_status: ConnectStatus,
    /// Stripe waits for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires_action: Option<bool>,
    /// What Stripe wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("nullable" = true))]
    pub restriction_reason: Option<String>,
    /// All courts of the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected_court_ids: Option<Vec<CourtId>>,
}

impl Limits for StripeConnectStatusChanged {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<AvailabilityChange>();
    }
}
