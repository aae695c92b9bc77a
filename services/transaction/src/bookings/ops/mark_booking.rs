//! What an owner notes on a booking once it is over or paid at the desk (BOOK-50, BOOK-63, BOOK-64).

use contracts::ids::{BookingId, UserId};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::sweep::complete_locked;
use super::{BookingError, snapshot};
use crate::bookings::domain::afterwards::{check_external_payment, check_no_show};
use crate::bookings::domain::booking::{Booking, ExternalMethod, ExternalPayment};
use crate::bookings::domain::state::{Party, State};
use crate::bookings::events;
use crate::bookings::store::{self, AuditEntry};
use crate::outgoing::Outgoing;
use crate::state::AppState;

/// Notes that the customer did not come. Answers when it was noted first; saying it again changes nothing.
///
/// # Errors
/// [`BookingError::NotFound`] for strangers, [`BookingError::Mark`] when it was not played or the time for it is over.
pub async fn flag_no_show(
    state: &AppState,
    owner: UserId,
    booking_id: BookingId,
    notes: Option<&str>,
) -> Result<Timestamp, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = locked_for(&mut transaction, owner, booking_id).await?;
    if let Some(flagged_at) = booking.marks.no_show_at {
        return Ok(flagged_at);
    }
    check_no_show(&booking, now)?;
    // The end has passed; the job that says so has only not come by yet.
    let completed = complete_locked(state, &mut transaction, &booking, now).await?;
    let booking = if completed { store::lock(&mut transaction, booking_id).await? } else { Some(booking) }
        .ok_or(BookingError::NotFound)?;
    store::flag_no_show(&mut transaction, booking_id, notes, now).await?;
    let mut out = Outgoing::new(now).about(booking_id);
    events::no_show(&mut out, &state.env, &booking)?;
    audit(&mut transaction, &booking, owner, "NO_SHOW_FLAGGED", json!({ "noShow": true }), now, &out.trace_id())
        .await?;
    out.append(&mut transaction).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(now)
}

/// Notes that a guest paid the owner directly. Saying it again answers what was noted first.
///
/// # Errors
/// [`BookingError::NotFound`] for strangers, [`BookingError::Mark`] for customers' bookings and those called off.
pub async fn mark_paid(
    state: &AppState,
    owner: UserId,
    booking_id: BookingId,
    method: ExternalMethod,
    notes: Option<String>,
) -> Result<ExternalPayment, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = locked_for(&mut transaction, owner, booking_id).await?;
    check_external_payment(&booking)?;
    if let Some(paid) = booking.marks.external_payment {
        return Ok(paid);
    }
    let paid = ExternalPayment { method, notes, paid_at: now };
    store::mark_paid(&mut transaction, booking_id, &paid).await?;
    let after = json!({ "paymentStatus": "PAID_EXTERNALLY", "paymentMethod": method.as_str() });
    let trace_id = kit::trace::current().map(|here| here.trace_id()).unwrap_or_default();
    audit(&mut transaction, &booking, owner, "BOOKING_MARKED_PAID", after, now, &trace_id).await?;
    transaction.commit().await?;
    Ok(paid)
}

/// The booking under lock, if it is on the owner's court and more than somebody's hold.
async fn locked_for(
    connection: &mut PgConnection,
    owner: UserId,
    booking_id: BookingId,
) -> Result<Booking, BookingError> {
    store::lock(connection, booking_id)
        .await?
        .filter(|booking| booking.court.owner_id == owner)
        .filter(|booking| !matches!(booking.state, State::Held { .. } | State::Dropped { .. }))
        .ok_or(BookingError::NotFound)
}

async fn audit(
    connection: &mut PgConnection,
    booking: &Booking,
    owner: UserId,
    action: &str,
    after: Value,
    now: Timestamp,
    trace_id: &str,
) -> Result<(), BookingError> {
    let entry = AuditEntry {
        booking: Some(booking.id),
        payment: None,
        action,
        actor: Some(owner),
        role: Party::CourtOwner.as_str(),
        before: Some(snapshot(&booking.state, None)),
        after: Some(after),
        now,
        trace_id,
    };
    store::append_audit(connection, &entry).await?;
    Ok(())
}
