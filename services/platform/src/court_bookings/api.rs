//! How clients are told of bookings that a change would touch.

use contracts::codes;
use contracts::ids::BookingId;
use contracts::local_date::LocalDate;
use kit::ApiError;
use serde::Serialize;
use utoipa::ToSchema;

use super::domain::{Affected, BeingBooked, NotConfirmed};

/// A booking that a change would touch.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AffectedBooking {
    booking_id: BookingId,
    /// Court-local.
    date: LocalDate,
    /// The gravest of `impacts`.
    #[schema(example = "BLOCKED")]
    impact: String,
    impacts: Vec<String>,
}

impl From<&Affected> for AffectedBooking {
    fn from(affected: &Affected) -> Self {
        let impacts: Vec<String> = affected.impacts.iter().map(|impact| impact.as_str().to_owned()).collect();
        Self {
            booking_id: affected.booking.id,
            date: affected.booking.slot.date.into(),
            impact: impacts.first().cloned().unwrap_or_default(),
            impacts,
        }
    }
}

/// COURT-18, COURT-20: 422 with the bookings and whether a yes lets the change through.
#[must_use]
pub fn not_confirmed(refused: &NotConfirmed) -> ApiError {
    let affected: Vec<AffectedBooking> = refused.affected.iter().map(AffectedBooking::from).collect();
    ApiError::new(&codes::CHANGE_AFFECTS_BOOKINGS)
        .with("affectedBookings", affected)
        .with("requiresConfirmation", refused.requires_confirmation)
}

/// 409 that asks to come back when the hold is settled.
#[must_use]
pub fn being_booked(busy: &BeingBooked) -> ApiError {
    ApiError::new(&codes::SLOT_BEING_BOOKED).with("holdExpiresAt", busy.expires_at).retry_after(busy.seconds_left)
}
