//! What changes of courts and accounts mean for bookings (BOOK-39, HOL-33, HOL-34, EVT-21). A message only writes down
//! what is to be done; each booking is then called off by a job of its own, which may come again and finds what is done.

use contracts::events::{AccountDeleted, AvailabilityUpdated, CourtDeleted, CourtUpdated, PricingUpdated};
use contracts::identity::Role;
use contracts::ids::{BookingId, CourtId, UserId};
use jiff::Timestamp;
use kit::jobs::{self, NewJob};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::BookingError;
use super::cancel_booking::{Canceller, cancel_once};
use crate::bookings::domain::state::Party;
use crate::bookings::jobs::{CANCEL_BOOKING, REPRICE_COURT};
use crate::bookings::store;
use crate::state::AppState;

/// A change is tried for days before somebody has to look at it.
const ATTEMPTS: u32 = 60;

/// A booking to be called off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CancelPayload {
    booking_id: BookingId,
    by: Party,
    actor: Option<UserId>,
    reason: Option<String>,
    /// Platform has told the customer of all the bookings at once (HOL-35).
    #[serde(default)]
    customer_told: bool,
}

/// A court whose prices changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RepricePayload {
    /// Which court.
    pub court_id: CourtId,
    /// First date of the new prices.
    pub effective_from: jiff::civil::Date,
}

/// An owner's block or windows changed: the bookings it names are called off as the owner's doing.
///
/// # Errors
/// When the database refuses.
pub async fn availability_updated(
    state: &AppState,
    connection: &mut PgConnection,
    event: &AvailabilityUpdated,
) -> Result<(), BookingError> {
    for &booking_id in event.cancel_booking_ids.iter().flatten() {
        let payload = CancelPayload {
            booking_id,
            by: Party::CourtOwner,
            actor: Some(event.court_owner_id),
            reason: event.cancellation_reason.clone(),
            customer_told: event.customers_told.unwrap_or(false),
        };
        enqueue_cancel(state, connection, &payload).await?;
    }
    Ok(())
}

/// A person is gone: its future bookings are called off by policy (AUTH-40). An owner has none left (AUTH-41).
///
/// # Errors
/// When the database refuses.
pub async fn account_deleted(
    state: &AppState,
    connection: &mut PgConnection,
    event: &AccountDeleted,
) -> Result<(), BookingError> {
    if event.role != Role::Customer {
        return Ok(());
    }
    let now = state.env.clock.now();
    for booking_id in store::active_of_customer(connection, event.user_id, now).await? {
        let reason = Some("The account was deleted".to_owned());
        let payload =
            CancelPayload { booking_id, by: Party::Customer, actor: Some(event.user_id), reason, customer_told: false };
        enqueue_cancel(state, connection, &payload).await?;
    }
    Ok(())
}

/// A court has another owner: its future bookings go over.
///
/// # Errors
/// When the database refuses.
pub async fn court_updated(
    state: &AppState,
    connection: &mut PgConnection,
    event: &CourtUpdated,
) -> Result<(), BookingError> {
    if event.previous_court_owner_id.is_some_and(|previous| previous != event.court_owner_id) {
        let now = state.env.clock.now();
        let moved = store::reassign(connection, event.court_id, event.court_owner_id, now).await?;
        tracing::info!(court = %event.court_id, moved, "future bookings went to the court's new owner");
    }
    Ok(())
}

/// A court is gone. It had no bookings when that was decided (COURT-22); whatever slipped in since is called off.
///
/// # Errors
/// When the database refuses.
pub async fn court_deleted(
    state: &AppState,
    connection: &mut PgConnection,
    event: &CourtDeleted,
) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    for booking_id in store::active_on_court(connection, event.court_id, now).await? {
        let reason = Some("The court was removed".to_owned());
        let payload = CancelPayload {
            booking_id,
            by: Party::CourtOwner,
            actor: Some(event.court_owner_id),
            reason,
            customer_told: false,
        };
        enqueue_cancel(state, connection, &payload).await?;
    }
    Ok(())
}

/// Prices changed: pending instances of series are looked at by a job, because platform has to be asked for each (BOOK-40).
///
/// # Errors
/// When the database refuses.
pub async fn pricing_updated(
    state: &AppState,
    connection: &mut PgConnection,
    event: &PricingUpdated,
) -> Result<(), BookingError> {
    let payload = RepricePayload { court_id: event.court_id, effective_from: event.effective_from };
    let now = state.env.clock.now();
    let job = NewJob::new(state.env.ids.new_id(), REPRICE_COURT, now)
        .with_payload(&payload)
        .map_err(anyhow::Error::from)?
        .with_max_attempts(ATTEMPTS);
    jobs::enqueue(connection, &job).await?;
    Ok(())
}

async fn enqueue_cancel(
    state: &AppState,
    connection: &mut PgConnection,
    payload: &CancelPayload,
) -> Result<(), BookingError> {
    let now: Timestamp = state.env.clock.now();
    let job = NewJob::new(state.env.ids.new_id(), CANCEL_BOOKING, now)
        .with_payload(payload)
        .map_err(anyhow::Error::from)?
        .unique_by(payload.booking_id.to_string())
        .with_max_attempts(ATTEMPTS);
    jobs::enqueue(connection, &job).await?;
    Ok(())
}

/// Calls one booking off that a message named. One that is over already stays as it is.
///
/// # Errors
/// When its payment is being decided, or the database refuses: try again.
pub async fn cancel_named(state: &AppState, payload: CancelPayload) -> Result<(), BookingError> {
    let CancelPayload { booking_id, by, actor, reason, customer_told } = payload;
    let canceller = Canceller { party: by, actor, reason, release_to_waitlist: false, customer_told };
    cancel_once(state, booking_id, &canceller).await?;
    Ok(())
}
