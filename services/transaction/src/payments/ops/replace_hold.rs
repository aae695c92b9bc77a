//! Payments beside a booking's own: the hold for a new price that takes the old one's place once it stands, and the old
//! one that is let go then (BOOK-41).

use jiff::Timestamp;
use sqlx::PgConnection;

use super::charge_hold::charge_of;
use super::finish_payment::note_failed;
use super::settle_intent::{IntentReport, Settled, failure_of, paid, settle_intent};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::State;
use crate::bookings::ops::{BookingError, card_failed, enqueue_finish, price_accepted};
use crate::bookings::store as booking_store;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::settlement::IntentStatus;
use crate::payments::domain::status::Purpose;
use crate::payments::store::{self, Failure};
use crate::state::AppState;
use crate::stripe::StripeError;
use crate::stripe::wire::Intent;

/// Settles a report about a payment that is not the booking's own. None when it is, or when the intent is not known yet.
pub(super) async fn settle_beside(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    intent: &Intent,
    now: Timestamp,
) -> Result<Option<Settled>, BookingError> {
    let known = store::lock_of_intent(connection, booking.id, &intent.id, intent.payment_id()).await?;
    let Some(payment) = known else { return Ok(None) };
    match payment.purpose {
        Purpose::Booking => Ok(None),
        // Collected when it came over to the booking; what it gives back is decided with the booking.
        Purpose::Difference => Ok(Some(Settled::Unchanged)),
        Purpose::Replacement => settle_replacement(state, connection, booking, &payment, intent, now).await.map(Some),
        Purpose::Replaced => settle_replaced(state, connection, &payment, intent, now).await.map(Some),
    }
}

async fn settle_replacement(
    state: &AppState,
    connection: &mut PgConnection,
    booking: &Booking,
    payment: &Payment,
    intent: &Intent,
    now: Timestamp,
) -> Result<Settled, BookingError> {
    let waits = matches!(booking.state, State::PendingConfirmation { .. });
    match intent.standing() {
        IntentStatus::RequiresCapture if waits => {
            let paid = paid(state, intent, now);
            let held = payment.state().hold().map_err(anyhow::Error::from)?;
            let old = store::replace_hold(connection, (payment, held), &paid, now).await?;
            if let Some(old) = old {
                enqueue_finish(state, connection, old, now).await?;
            }
            price_accepted(connection, booking, payment, now).await?;
            Ok(Settled::Confirmed)
        }
        IntentStatus::RequiresCapture => {
            store::pledge(connection, payment.id, Some(&intent.id), now).await?;
            enqueue_finish(state, connection, payment.id, now).await?;
            Ok(Settled::Returned)
        }
        IntentStatus::RequiresAction | IntentStatus::RequiresConfirmation | IntentStatus::Processing => {
            let secret = intent.client_secret.as_deref();
            store::waiting_for_customer(connection, payment.id, &intent.id, secret, now).await?;
            if waits {
                card_failed(state, connection, booking, now).await?;
            }
            Ok(Settled::Waiting)
        }
        IntentStatus::RequiresPaymentMethod => {
            if let Ok(failed) = payment.state().fail() {
                let failure = failure_of(intent);
                store::failed(connection, (payment.id, failed), Some(&intent.id), &failure, None, now).await?;
            }
            if waits {
                card_failed(state, connection, booking, now).await?;
            }
            Ok(Settled::Dropped)
        }
        IntentStatus::Canceled => {
            note_released(connection, payment, now).await?;
            Ok(Settled::Unchanged)
        }
        // A replacement is never collected before it has taken the first one's place.
        IntentStatus::Succeeded => Ok(Settled::Unchanged),
    }
}

async fn settle_replaced(
    state: &AppState,
    connection: &mut PgConnection,
    payment: &Payment,
    intent: &Intent,
    now: Timestamp,
) -> Result<Settled, BookingError> {
    match intent.standing() {
        IntentStatus::Canceled => {
            note_released(connection, payment, now).await?;
        }
        IntentStatus::RequiresCapture if !payment.standing().letting_go => {
            store::pledge(connection, payment.id, Some(&intent.id), now).await?;
            enqueue_finish(state, connection, payment.id, now).await?;
        }
        _ => {}
    }
    Ok(Settled::Unchanged)
}

async fn note_released(connection: &mut PgConnection, payment: &Payment, now: Timestamp) -> Result<(), sqlx::Error> {
    if let Ok(released) = payment.state().let_go() {
        store::released(connection, (payment.id, released), now).await?;
    }
    Ok(())
}

/// Asks the card to hold a new price, and settles what comes of it (BOOK-41).
///
/// # Errors
/// When the database refuses. A card that says no is no error: the customer is told and has a day.
pub async fn try_replacement(state: &AppState, booking: &Booking, payment: &Payment) -> Result<(), BookingError> {
    match state.stripe.charge(&charge_of(payment)).await {
        Ok(intent) => {
            settle_intent(state, booking.id, &IntentReport::of(&intent)).await?;
        }
        Err(StripeError::NoAnswer(reason)) => {
            tracing::warn!(payment = %payment.id, reason, "no answer about a new price, it will be looked into");
            let mut connection = state.pool.acquire().await?;
            enqueue_finish(state, &mut connection, payment.id, state.env.clock.now()).await?;
            state.jobs_wake.wake();
        }
        Err(error) => {
            let failure = Failure { code: error.code().map(str::to_owned), message: None };
            replacement_refused(state, payment, &failure).await?;
        }
    }
    Ok(())
}

/// The card said no to a new price, for good.
pub(super) async fn replacement_refused(
    state: &AppState,
    payment: &Payment,
    failure: &Failure,
) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = booking_store::lock(&mut transaction, payment.booking_id).await? else { return Ok(()) };
    note_failed(&mut transaction, payment.id, failure, now).await?;
    if matches!(booking.state, State::PendingConfirmation { .. }) {
        card_failed(state, &mut transaction, &booking, now).await?;
    }
    transaction.commit().await?;
    state.events_wake.wake();
    Ok(())
}
