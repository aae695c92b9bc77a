//! Finishing what a crash, a timeout or a lapsed hold left open (PAY-43). It looks at the step that is written down,
//! finds out what really happened at Stripe, and lets [`settle_intent`](super::settle_intent) write what it means.

use contracts::ids::PaymentId;
use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;

use super::charge_hold::charge_of;
use super::replace_hold::replacement_refused;
use super::settle_intent::{IntentReport, settle_intent};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Party, Release, State};
use crate::bookings::ops::{BookingError, enqueue_finish, release_hold};
use crate::bookings::store as booking_store;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::{Purpose, Step};
use crate::payments::ops::enqueue_refund;
use crate::payments::store::{self, Failure};
use crate::platform_port::PlatformError;
use crate::state::AppState;
use crate::stripe::StripeError;
use crate::{disputes, payouts};

/// How many open payments one round takes up.
const BATCH: i64 = 500;

/// Finishes the open step of a payment. Doing it twice, or while the request that opened it is still running, changes
/// nothing: Stripe answers the same key the same way, and only one of the two gets to write.
///
/// # Errors
/// When Stripe or the database does not answer: try again later.
pub async fn finish_payment(state: &AppState, id: PaymentId) -> Result<(), BookingError> {
    let mut finished = None;
    loop {
        let mut connection = state.pool.acquire().await?;
        let Some(payment) = store::find(&mut connection, id).await? else { return Ok(()) };
        // What was found out may call for another step, e.g. letting go of what nobody waits for. The job that runs this
        // is the payment's only one, so it goes on itself.
        if finished.is_some_and(|done| payment.pending_step.is_none() || payment.pending_step == done) {
            return Ok(());
        }
        let Some(booking) = booking_store::find(&mut connection, payment.booking_id).await? else { return Ok(()) };
        drop(connection);
        match payment.pending_step {
            Some(Step::Charge) => finish_charge(state, &booking, &payment).await?,
            Some(Step::Capture) => finish_capture(state, &payment).await?,
            Some(Step::Release) => finish_release(state, &booking, &payment).await?,
            None => look_again(state, &payment).await?,
        }
        finished = Some(payment.pending_step);
    }
}

/// A charge without an answer. While its hold lasts the customer still wants it: ask again. Once it lapsed, find out
/// whether it happened, and make sure that it cannot happen any more.
async fn finish_charge(state: &AppState, booking: &Booking, payment: &Payment) -> Result<(), BookingError> {
    let charge = charge_of(payment);
    let wanted = match booking.state {
        State::Held { expires_at } => expires_at > state.env.clock.now(),
        State::PendingConfirmation { .. } => payment.purpose == Purpose::Replacement,
        _ => false,
    };
    if !wanted {
        match state.stripe.spend_charge_key(&charge).await {
            Ok(unpaid) => {
                // It never reached Stripe. The intent made instead charges nothing and is let go.
                if let Err(error) = state.stripe.cancel(payment.id.0, &unpaid.id).await {
                    tracing::debug!(payment = %payment.id, error = %error, "an unpaid intent stays open at Stripe");
                }
                return nothing_charged(state, payment, Failure::default()).await;
            }
            Err(StripeError::KeyReused) => {}
            Err(StripeError::NoAnswer(reason) | StripeError::NotSent(reason)) => return Err(no_answer(reason)),
            Err(error) => return nothing_charged(state, payment, failure_from(&error)).await,
        }
    }
    // The difference of a move is the customer's to confirm, never ours.
    let asked = match booking.moves {
        Some(_) => state.stripe.create_unconfirmed(&charge).await,
        None => state.stripe.charge(&charge).await,
    };
    match asked {
        Ok(first_answer) => {
            // A repeated key replays the first answer; the customer may have gone on since.
            let intent = state.stripe.intent(&first_answer.id).await.map_err(stripe_away)?;
            settle_intent(state, payment.booking_id, &IntentReport::of(&intent)).await?;
            Ok(())
        }
        Err(StripeError::NoAnswer(reason) | StripeError::NotSent(reason)) => Err(no_answer(reason)),
        Err(error) => nothing_charged(state, payment, failure_from(&error)).await,
    }
}

async fn finish_capture(state: &AppState, payment: &Payment) -> Result<(), BookingError> {
    let Some(intent_id) = payment.intent_id.as_deref() else { return Ok(()) };
    // The owner's account may have been shut since the owner said yes (PAY-07). What was collected before that stays.
    if !owner_can_be_paid(state, payment).await? {
        look_again(state, payment).await?;
        let mut connection = state.pool.acquire().await?;
        store::clear_step(&mut connection, payment.id, Step::Capture, state.env.clock.now()).await?;
        return Ok(());
    }
    match state.stripe.capture(payment.id.0, intent_id).await {
        Ok(intent) => {
            settle_intent(state, payment.booking_id, &IntentReport::of(&intent)).await?;
        }
        Err(StripeError::NoAnswer(reason) | StripeError::NotSent(reason)) => return Err(no_answer(reason)),
        Err(_) => {
            // Refused: what matters is where the intent stands now. If it still only holds, the owner may try again.
            look_again(state, payment).await?;
            let mut connection = state.pool.acquire().await?;
            store::clear_step(&mut connection, payment.id, Step::Capture, state.env.clock.now()).await?;
        }
    }
    Ok(())
}

async fn owner_can_be_paid(state: &AppState, payment: &Payment) -> Result<bool, BookingError> {
    match state.platform.connect_status(payment.owner_id).await {
        Ok(account) => Ok(account.can_receive_payments),
        Err(PlatformError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn finish_release(state: &AppState, booking: &Booking, payment: &Payment) -> Result<(), BookingError> {
    let Some(intent_id) = payment.intent_id.as_deref() else {
        // Let go before anybody knew of an intent: the same question as for a lapsed charge.
        return finish_charge(state, booking, payment).await;
    };
    match state.stripe.cancel(payment.id.0, intent_id).await {
        Ok(intent) => {
            settle_intent(state, payment.booking_id, &IntentReport::of(&intent)).await?;
            Ok(())
        }
        Err(StripeError::NoAnswer(reason) | StripeError::NotSent(reason)) => Err(no_answer(reason)),
        // Refused: it was collected or let go meanwhile.
        Err(_) => look_again(state, payment).await,
    }
}

/// Asks where the intent stands and writes what that means.
async fn look_again(state: &AppState, payment: &Payment) -> Result<(), BookingError> {
    let Some(intent_id) = payment.intent_id.as_deref() else { return Ok(()) };
    let intent = state.stripe.intent(intent_id).await.map_err(stripe_away)?;
    settle_intent(state, payment.booking_id, &IntentReport::of(&intent)).await?;
    Ok(())
}

/// Nothing was charged: the hold, if there still is one, ends, and the payment has failed.
async fn nothing_charged(state: &AppState, payment: &Payment, failure: Failure) -> Result<(), BookingError> {
    if payment.purpose == Purpose::Replacement {
        return replacement_refused(state, payment, &failure).await;
    }
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = booking_store::lock(&mut transaction, payment.booking_id).await? else { return Ok(()) };
    if let State::Held { expires_at } = booking.state {
        let release = if expires_at <= now { Release::HoldExpired } else { Release::PaymentFailed };
        release_hold(state, &mut transaction, &booking, release, Party::System, &failure, now).await?;
    }
    note_failed(&mut transaction, payment.id, &failure, now).await?;
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(())
}

/// Writes down that nothing was charged, in the caller's transaction, which holds the booking's lock. What was held or taken
/// meanwhile stays so; its open step was answered all the same.
pub(super) async fn note_failed(
    connection: &mut PgConnection,
    id: PaymentId,
    failure: &Failure,
    now: Timestamp,
) -> Result<(), BookingError> {
    let Some(payment) = store::lock_payment(connection, id).await? else { return Ok(()) };
    match (payment.state().fail(), payment.pending_step) {
        (Ok(failed), _) => store::failed(connection, (id, failed), None, failure, None, now).await?,
        (Err(_), Some(step)) => {
            store::clear_step(connection, id, step, now).await?;
        }
        (Err(_), None) => {}
    }
    Ok(())
}

fn failure_from(error: &StripeError) -> Failure {
    Failure { code: error.code().map(str::to_owned), message: None }
}

fn no_answer(reason: String) -> BookingError {
    tracing::warn!(reason, "Stripe does not answer, trying again later");
    BookingError::PaymentUnavailable
}

fn stripe_away(error: StripeError) -> BookingError {
    match error {
        StripeError::NoAnswer(reason) | StripeError::NotSent(reason) => no_answer(reason),
        other => anyhow::Error::from(other).into(),
    }
}

/// Looks for payments that stand still and has them finished: steps without an answer for `min_age`, money held for a
/// booking that no longer waits, refunds that were not sent. Each becomes a job of its own, once.
///
/// # Errors
/// When the database refuses.
pub async fn reconcile(state: &AppState, min_age: SignedDuration) -> Result<usize, BookingError> {
    let now = state.env.clock.now();
    let before = now - min_age;
    let mut connection = state.pool.acquire().await?;
    let mut open = store::unfinished(&mut connection, before, BATCH).await?;
    let stranded_before = now - SignedDuration::from_mins(state.config.payments.stranded_minutes);
    open.extend(store::stranded(&mut connection, stranded_before, BATCH).await?);
    for payment in &open {
        enqueue_finish(state, &mut connection, *payment, now).await?;
    }
    let unsent = store::unsent_refunds(&mut connection, before, BATCH).await?;
    for refund in &unsent {
        enqueue_refund(state, &mut connection, *refund, now).await?;
    }
    drop(connection);
    let disputes = disputes::ops::take_up(state, before, BATCH).await?;
    payouts::ops::take_up(state).await?;
    if !open.is_empty() || !unsent.is_empty() || disputes > 0 {
        tracing::info!(payments = open.len(), refunds = unsent.len(), disputes, "unfinished payments found");
        state.jobs_wake.wake();
    }
    Ok(open.len() + unsent.len() + disputes)
}

/// The same once after a start, for everything that is open: whoever left it may have died a moment ago.
///
/// # Errors
/// When the database refuses.
pub async fn reconcile_at_start(state: &AppState) -> Result<usize, BookingError> {
    reconcile(state, SignedDuration::ZERO).await
}
