//! Owners who have not answered are told again (BOOK-26).

use contracts::ids::BookingId;
use jiff::SignedDuration;

use super::BookingError;
use crate::bookings::domain::afterwards::reminders_due;
use crate::bookings::domain::state::State;
use crate::bookings::{events, store};
use crate::outgoing::Outgoing;
use crate::state::AppState;

/// Pending bookings whose next reminder is due.
///
/// # Errors
/// When the database refuses.
pub(super) async fn unreminded(state: &AppState, limit: i64) -> Result<Vec<BookingId>, BookingError> {
    let now = state.env.clock.now();
    let mut hours = state.config.bookings.reminder_hours.clone();
    hours.sort_unstable();
    let mut connection = state.pool.acquire().await?;
    let mut found = Vec::new();
    for (place, after) in hours.into_iter().enumerate() {
        let before = now - SignedDuration::from_hours(i64::from(after));
        let sent = i32::try_from(place + 1).unwrap_or(i32::MAX);
        found.extend(store::unreminded(&mut connection, before, sent, limit).await?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Reminds the owner of one booking. However many reminders were missed while no process ran, one is sent for them.
///
/// # Errors
/// When the database refuses.
pub async fn remind_owner(state: &AppState, id: BookingId) -> Result<bool, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = store::lock(&mut transaction, id).await? else { return Ok(false) };
    let State::PendingConfirmation { deadline } = booking.state else { return Ok(false) };
    if deadline <= now {
        return Ok(false);
    }
    let due = reminders_due(booking.created_at, &state.config.bookings.reminder_hours, now);
    if !store::note_reminders(&mut transaction, id, i32::try_from(due).unwrap_or(i32::MAX)).await? {
        return Ok(false);
    }
    let mut out = Outgoing::new(now).about(booking.id);
    events::reminded(&mut out, &state.env, &booking)?;
    out.append(&mut transaction).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(true)
}
