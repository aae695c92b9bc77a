//! Taking a slot and giving it back. The database alone decides who gets it (BOOK-03); this module only tries, clears
//! what has expired out of the way, and says who lost.

use contracts::court::SlotStatus;
use contracts::ids::BookingId;
use jiff::Timestamp;
use kit::jobs::{self, NewJob};
use serde_json::json;
use sqlx::PgConnection;

use super::create_booking::Checkout;
use super::repeat_request::{Answer, repeat};
use super::{Alternative, BookingError, Render, change_state};
use crate::bookings::domain::abuse::SLIP;
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Party, Release, State};
use crate::bookings::events;
use crate::bookings::store::{self, Held, NewHold};
use crate::outgoing::Outgoing;
use crate::payments::domain::status::Step;
use crate::payments::jobs::FINISH_PAYMENT;
use crate::payments::store::{self as payment_store, Failure};
use crate::state::AppState;

/// How many other slots are offered (BOOK-06).
const ALTERNATIVES: usize = 3;

/// What came of trying to hold a slot.
pub(super) enum Hold {
    /// It is held.
    Placed,
    /// The same key is in use: this is a repetition, and here is its answer.
    Repeated(Answer),
    /// The court's calendar is another one than the slot was validated against: look again (HOL-37).
    CalendarMoved,
}

/// Places the hold in one round trip. When something is in the way: a repetition of the same request gets its answer,
/// an expired hold is cleared and the slot taken in the same transaction (LIVE-09), anything else is a conflict.
pub(super) async fn place_hold(
    state: &AppState,
    booking: &Booking,
    hold: NewHold,
    checkout: &Checkout,
    render: Render<'_>,
) -> Result<Hold, BookingError> {
    match try_hold(state, &hold).await? {
        Held::Yes => {
            state.events_wake.wake();
            return Ok(Hold::Placed);
        }
        Held::CalendarMoved => return Ok(Hold::CalendarMoved),
        Held::Taken => {}
    }
    let mut connection = state.pool.acquire().await?;
    if let Some(stored) = store::find_answer(&mut connection, checkout.customer, checkout.key).await? {
        drop(connection);
        let answer = repeat(state, checkout.customer, checkout.key, &checkout.request_hash, stored, render).await?;
        return Ok(Hold::Repeated(answer));
    }
    if store::just_tried(&mut connection, checkout.customer, booking, booking.created_at - SLIP).await? {
        return Err(BookingError::DuplicateAttempt);
    }
    let expired = store::expired_holds_at(&mut connection, booking.court.id, &booking.slot, booking.created_at).await?;
    drop(connection);
    match take_over(state, expired, booking, hold).await? {
        Held::Yes => {
            state.events_wake.wake();
            state.jobs_wake.wake();
            Ok(Hold::Placed)
        }
        Held::CalendarMoved => Ok(Hold::CalendarMoved),
        Held::Taken => Err(slot_taken(state, booking).await),
    }
}

/// One attempt, repeated once if it is the victim of a deadlock; losing twice is losing the slot.
async fn try_hold(state: &AppState, hold: &NewHold) -> Result<Held, BookingError> {
    for _ in 0..2 {
        match state.lanes.hold(hold.clone()).await {
            Err(BookingError::Database(error)) if kit::db::is_deadlock(&error) => {}
            Err(BookingError::Database(error)) if is_in_the_way(&error) => return Ok(Held::Taken),
            other => return other,
        }
    }
    Ok(Held::Taken)
}

/// The key is in use by a parallel request, or the slot was taken at the same moment.
fn is_in_the_way(error: &sqlx::Error) -> bool {
    kit::db::is_unique_violation(error, "idempotency_keys_one_per_user")
        || kit::db::is_exclusion_violation(error, "bookings_no_overlap")
}

/// Drops the expired holds that are in the way and takes the slot in the same transaction.
async fn take_over(
    state: &AppState,
    expired: Vec<BookingId>,
    booking: &Booking,
    hold: NewHold,
) -> Result<Held, BookingError> {
    if expired.is_empty() {
        return Ok(Held::Taken);
    }
    let mut transaction = kit::db::begin(&state.pool).await?;
    for id in expired {
        release_expired(state, &mut transaction, id, booking.created_at).await?;
    }
    // Unless it is placed, nothing was cleared here: the sweep will do it.
    match store::hold(&mut transaction, std::slice::from_ref(&hold)).await {
        Ok(outcome) => {
            let held = outcome.first().copied().unwrap_or(Held::Taken);
            if held == Held::Yes {
                transaction.commit().await?;
            }
            Ok(held)
        }
        // Somebody was faster, or the winner of a deadlock is.
        Err(error) if kit::db::is_deadlock(&error) || is_in_the_way(&error) => Ok(Held::Taken),
        Err(error) => Err(error.into()),
    }
}

/// Drops a hold whose time is over, in the caller's transaction. Returns whether it did; a hold that was paid or
/// dropped meanwhile is left alone.
pub(crate) async fn release_expired(
    state: &AppState,
    connection: &mut PgConnection,
    id: BookingId,
    now: Timestamp,
) -> Result<bool, BookingError> {
    let Some(booking) = store::lock(connection, id).await? else { return Ok(false) };
    match booking.state {
        State::Held { expires_at } if expires_at <= now => {}
        _ => return Ok(false),
    }
    release_hold(state, connection, &booking, Release::HoldExpired, Party::System, &Failure::default(), now).await?;
    Ok(true)
}

/// Ends a hold in the caller's transaction, which holds its lock: state, history, audit, event, and the follow-up with
/// Stripe as a job. Wake events and jobs after the commit.
///
/// # Errors
/// When it is no hold any more, or the database refuses.
pub async fn release_hold(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    release: Release,
    by: Party,
    failure: &Failure,
    now: Timestamp,
) -> Result<(), BookingError> {
    let next = booking.state.clone().release(release)?;
    let actor = if by == Party::Customer { booking.customer() } else { None };
    let mut out = Outgoing::new(now).about(booking.id);
    events::released(&mut out, &state.env, booking, release)?;
    change_state(connection, booking, &next, "HOLD_RELEASED", by, actor, now, &out.trace_id()).await?;
    out.append(connection).await?;

    let Some(payment) = payment_store::lock_for_booking(connection, booking.id).await? else { return Ok(()) };
    let unanswered = payment.pending_step == Some(Step::Charge);
    match (release, unanswered) {
        // The card was refused: Stripe's answer is known. Only an intent the customer could still finish is let go.
        (Release::PaymentFailed, _) => {
            let next = payment.client_secret.is_some().then_some(Step::Release);
            let failed = payment.state().fail().map_err(anyhow::Error::from)?;
            payment_store::failed(connection, (payment.id, failed), None, failure, next, now).await?;
            if next.is_some() {
                enqueue_finish(state, connection, payment.id, now).await?;
            }
        }
        // Nobody knows yet whether Stripe charged: the step stays written down and is looked into.
        (_, true) => enqueue_finish(state, connection, payment.id, now).await?,
        (_, false) => {
            payment_store::pledge(connection, payment.id, None, now).await?;
            enqueue_finish(state, connection, payment.id, now).await?;
        }
    }
    Ok(())
}

/// Asks for a payment's open step to be finished, once, as soon as the transaction commits.
pub(crate) async fn enqueue_finish(
    state: &AppState,
    connection: &mut PgConnection,
    payment: contracts::ids::PaymentId,
    at: Timestamp,
) -> Result<(), BookingError> {
    let job = NewJob::new(state.env.ids.new_id(), FINISH_PAYMENT, at)
        .with_payload(&json!({ "paymentId": payment }))
        .map_err(anyhow::Error::from)?
        .unique_by(payment.to_string())
        .with_max_attempts(20);
    jobs::enqueue(connection, &job).await?;
    Ok(())
}

/// The conflict with what is free instead, nearest first in time of day (BOOK-06). Offering nothing is better than
/// failing, so an answer platform does not give is left out.
pub(super) async fn slot_taken(state: &AppState, booking: &Booking) -> BookingError {
    let (court, slot) = (booking.court.id, &booking.slot);
    let day = state.platform.availability(court, slot.date, slot.date, Some(slot.duration_minutes)).await;
    let mut free: Vec<Alternative> = match day {
        Ok(answer) => answer
            .days
            .into_iter()
            .filter(|day| day.date == slot.date)
            .flat_map(|day| day.slots)
            .filter(|other| other.status == SlotStatus::Available)
            .map(|other| Alternative { start: other.start_time, end: other.end_time, price: other.price_cents })
            .collect(),
        Err(error) => {
            tracing::warn!(error = %error, "no alternatives for a taken slot");
            Vec::new()
        }
    };
    let now = state.env.clock.now();
    let limits = state.config.bookings.limits();
    free.retain(|other| {
        crate::bookings::domain::slot::Slot::resolve(slot.date, other.start, slot.duration_minutes, &slot.timezone)
            .is_ok_and(|slot| limits.check_notice(&slot, now).is_ok())
    });
    free.sort_by_key(|other| (other.start.minutes() - slot.start.minutes()).abs());
    free.truncate(ALTERNATIVES);
    free.sort_by_key(|other| other.start);
    BookingError::SlotTaken { date: slot.date, start: slot.start, alternatives: free, conflicting: None }
}
