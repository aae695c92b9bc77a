//! A pending booking ends without money: the owner turns it down (BOOK-29), or nobody answered in time (BOOK-30).

use contracts::ids::{BookingId, UserId};

use super::cancel_booking::{Canceller, end_booking, let_go};
use super::confirm_booking::pending_of;
use super::{BookingError, change_state};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Party, State};
use crate::bookings::{events, store};
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::Step;
use crate::payments::store as payment_store;
use crate::platform_port;
use crate::state::AppState;

/// Turns a pending booking of the owner's court down; `reason` is shown to the customer.
///
/// # Errors
/// [`BookingError::NotFound`] for strangers, [`BookingError::Refused`] when it is not pending,
/// [`BookingError::InProgress`] while it is being confirmed.
pub async fn reject_booking(
    state: &AppState,
    owner: UserId,
    booking_id: BookingId,
    reason: &str,
) -> Result<Booking, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let booking = pending_of(store::lock(&mut transaction, booking_id).await?, owner)?;
    let payments = payment_store::lock_all_of_booking(&mut transaction, booking_id).await?;
    if payments.iter().any(|payment| payment.pending_step == Some(Step::Capture)) {
        return Err(BookingError::InProgress);
    }
    let court = platform_port::court(&mut transaction, booking.court.id).await?;
    let next = booking.state.clone().reject(reason.to_owned())?;
    let mut out = Outgoing::new(now).about(booking.id);
    let ending = events::Ending {
        by: Party::CourtOwner,
        reason,
        rejected: true,
        quote: None,
        waitlist_enabled: court.is_some_and(|court| court.waitlist_enabled),
        intent_id: None,
        customer_told: false,
    };
    events::ended(&mut out, &state.env, &booking, ending)?;
    let (by, trace_id) = (Party::CourtOwner, out.trace_id());
    change_state(&mut transaction, &booking, &next, "BOOKING_REJECTED", by, Some(owner), now, &trace_id).await?;
    out.append(&mut transaction).await?;
    for payment in payments.iter().filter(|payment| payment.captured_at.is_none()) {
        let_go(state, &mut transaction, payment.id).await?;
    }
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(Booking { state: next, version: booking.version + 1, updated_at: now, ..booking })
}

/// Calls a pending booking off for a reason of the system's, if `applies` still holds under its lock. Returns whether it
/// did; one that was decided, or is being decided, is left alone.
///
/// # Errors
/// When the database refuses.
pub async fn call_off_pending(
    state: &AppState,
    booking_id: BookingId,
    by: Party,
    reason: &str,
    applies: &(dyn Fn(&Payment) -> bool + Send + Sync),
) -> Result<bool, BookingError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = store::lock(&mut transaction, booking_id).await? else { return Ok(false) };
    let payments = payment_store::lock_all_of_booking(&mut transaction, booking_id).await?;
    let deciding = payments.iter().any(|payment| payment.pending_step == Some(Step::Capture));
    if deciding || !payments.first().is_some_and(applies) {
        return Ok(false);
    }
    if !matches!(booking.state, State::PendingConfirmation { .. }) {
        return Ok(false);
    }
    let canceller = Canceller {
        party: by,
        actor: None,
        reason: Some(reason.to_owned()),
        release_to_waitlist: true,
        customer_told: false,
    };
    end_booking(state, &mut transaction, &booking, &payments, &canceller, None).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(true)
}

/// Calls a pending booking off whose deadline has passed. Returns whether it did; one that was decided, or is being
/// decided, is left alone.
///
/// # Errors
/// When the database refuses.
pub async fn time_out(state: &AppState, booking_id: BookingId) -> Result<bool, BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = store::lock(&mut transaction, booking_id).await? else { return Ok(false) };
    match booking.state {
        State::PendingConfirmation { deadline } if deadline <= now => {}
        _ => return Ok(false),
    }
    let payments = payment_store::lock_all_of_booking(&mut transaction, booking_id).await?;
    if payments.iter().any(|payment| payment.pending_step == Some(Step::Capture)) {
        return Ok(false);
    }
    let canceller = Canceller {
        party: Party::System,
        actor: None,
        reason: Some("The court did not confirm in time".to_owned()),
        release_to_waitlist: true,
        customer_told: false,
    };
    end_booking(state, &mut transaction, &booking, &payments, &canceller, None).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(true)
}
