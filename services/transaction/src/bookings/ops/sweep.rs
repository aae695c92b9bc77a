//! What time alone changes: holds lapse (LIVE-10), owners do not answer (BOOK-30), bookings end (BOOK-24). Every booking
//! is its own transaction and is looked at again under its lock, so any number of processes may sweep at once.

use contracts::ids::BookingId;
use jiff::Timestamp;
use sqlx::PgConnection;

use super::hold_slot::release_expired;
use super::reject_booking::time_out;
use super::remind_owner::{remind_owner, unreminded};
use super::reprice_series::sweep_prices;
use super::{BookingError, change_state};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Party, State};
use crate::bookings::{events, store};
use crate::outgoing::Outgoing;
use crate::state::AppState;

/// How many bookings of a kind one round takes up.
const BATCH: i64 = 200;

/// One round over everything that is due; answers how many bookings changed. A booking that fails is logged and left
/// for the next round, so that one cannot hold up the others.
///
/// # Errors
/// When the database is away.
pub async fn sweep(state: &AppState) -> Result<usize, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let lapsed = store::expired_holds(&mut connection, now, BATCH).await?;
    let unanswered = store::due_confirmations(&mut connection, now, BATCH).await?;
    let ended = store::ended_bookings(&mut connection, now, BATCH).await?;
    drop(connection);
    let mut changed = 0;
    for id in lapsed {
        changed += counted(id, expire_hold(state, id).await);
    }
    for id in unanswered {
        changed += counted(id, time_out(state, id).await);
    }
    for id in ended {
        changed += counted(id, complete_booking(state, id).await);
    }
    for id in unreminded(state, BATCH).await? {
        changed += counted(id, remind_owner(state, id).await);
    }
    Ok(changed + sweep_prices(state).await?)
}

fn counted(id: BookingId, outcome: Result<bool, BookingError>) -> usize {
    match outcome {
        Ok(changed) => usize::from(changed),
        Err(error) => {
            tracing::error!(booking = %id, error = %error, "a due booking could not be changed");
            0
        }
    }
}

/// Ends a hold whose time is over; the slot is announced as free (LIVE-10).
///
/// # Errors
/// When the database refuses.
pub async fn expire_hold(state: &AppState, id: BookingId) -> Result<bool, BookingError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let released = release_expired(state, &mut transaction, id, state.env.clock.now()).await?;
    transaction.commit().await?;
    if released {
        state.events_wake.wake();
        state.jobs_wake.wake();
    }
    Ok(released)
}

/// Marks a booking whose end has passed as completed, once (BOOK-24).
///
/// # Errors
/// When the database refuses.
pub async fn complete_booking(state: &AppState, id: BookingId) -> Result<bool, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = store::lock(&mut transaction, id).await? else { return Ok(false) };
    if !complete_locked(state, &mut transaction, &booking, now).await? {
        return Ok(false);
    }
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(true)
}

/// The same in the caller's transaction, which holds the lock.
pub(super) async fn complete_locked(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    now: Timestamp,
) -> Result<bool, BookingError> {
    if booking.state != State::Confirmed || booking.slot.ends_at > now {
        return Ok(false);
    }
    let next = booking.state.clone().complete(now)?;
    let mut out = Outgoing::new(now).about(booking.id);
    events::completed(&mut out, &state.env, booking)?;
    let trace_id = out.trace_id();
    change_state(connection, booking, &next, "BOOKING_COMPLETED", Party::System, None, now, &trace_id).await?;
    out.append(connection).await?;
    Ok(true)
}
