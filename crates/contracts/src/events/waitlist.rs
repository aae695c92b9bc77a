//! `waitlist-events`: freed slots with people waiting. Transaction writes and reads them itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{BrokenRule, Limits, forward};
use crate::booking::Slot;
use crate::ids::{BookingId, CourtId, UserId, WaitlistEntryId};

/// A slot that somebody waits for is free (EVT-22).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitlistSlotFreed {
    /// The court.
    pub court_id: CourtId,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// The booking that made room.
    pub cancelled_booking_id: BookingId,
    /// The owner released it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freed_by_court_owner: Option<bool>,
}

impl Limits for WaitlistSlotFreed {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)
    }
}

/// An offer was not taken in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct WaitlistHoldExpired {
    /// The court.
    pub court_id: CourtId,
    /// Court-local date and times.
    #[serde(flatten)]
    pub slot: Slot,
    /// The place in the queue.
    pub expired_waitlist_entry_id: WaitlistEntryId,
    /// Whose it was.
    pub expired_user_id: UserId,
}

impl Limits for WaitlistHoldExpired {
    fn limits(&self) -> Result<(), BrokenRule> {
        forward(&self.slot)
    }
}
