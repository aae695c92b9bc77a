//! Paying for a hold: Stripe is asked, and the answer becomes the booking in one more round trip.

use serde_json::Value;
use uuid::Uuid;

use super::finish_payment::note_failed;
use super::settle_intent::{IntentReport, Settled, failure_of, paid, settle_intent, settled_state};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Party, Release, State};
use crate::bookings::events;
use crate::bookings::ops::{Answer, BookingError, Render, enqueue_finish, release_hold};
use crate::bookings::store as booking_store;
use crate::bookings::store::Settling;
use crate::checkpoint::Place;
use crate::outgoing::Outgoing;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::settlement::IntentStatus;
use crate::payments::domain::status::CaptureMethod;
use crate::payments::store::{self, Failure};
use crate::state::AppState;
use crate::stripe::wire::{ErrorBody, Intent};
use crate::stripe::{Charge, StripeError};

/// What came of paying for a hold.
#[derive(Debug)]
pub enum ChargeOutcome {
    /// It is booked, or waits for the customer: here is the answer.
    Answered(Answer),
    /// Somebody else settled it first.
    SettledElsewhere,
}

/// The parameters of a payment's charge. They come from the row alone, so a repetition sends the very same ones.
pub(super) fn charge_of(payment: &Payment) -> Charge<'_> {
    Charge {
        payment_id: payment.id.0,
        booking_id: payment.booking_id.0,
        amount_cents: payment.money.gross.0,
        commission_cents: payment.money.commission.0,
        currency: &payment.currency,
        capture_later: payment.capture == CaptureMethod::Manual,
        customer: &payment.stripe_customer_id,
        payment_method: &payment.payment_method_id,
        destination: &payment.destination_account,
    }
}

/// Charges or authorises a fresh hold and stores what comes of it (BOOK-05 to BOOK-08). `answer_key` is the client's key
/// and what makes its answer.
///
/// # Errors
/// See [`BookingError`].
pub async fn charge_hold(
    state: &AppState,
    booking: &Booking,
    payment: &Payment,
    timeout_hours: i32,
    answer_key: Option<(Uuid, Render<'_>)>,
) -> Result<ChargeOutcome, BookingError> {
    let answered = state.stripe.charge(&charge_of(payment)).await;
    state.checkpoints.pass(Place::AfterCharge).await;
    match answered {
        Ok(intent) => match intent.standing() {
            IntentStatus::Succeeded | IntentStatus::RequiresCapture => {
                book_at_once(state, booking, payment, &intent, timeout_hours, answer_key).await
            }
            IntentStatus::RequiresAction | IntentStatus::RequiresConfirmation | IntentStatus::Processing => {
                wait_for_customer(state, booking, payment, &intent, answer_key).await
            }
            IntentStatus::RequiresPaymentMethod | IntentStatus::Canceled => {
                drop_hold(state, booking, failure_of(&intent)).await?;
                Err(BookingError::PaymentFailed)
            }
        },
        Err(error) => Err(refused(state, booking, payment, error).await?),
    }
}

/// The fast path: nothing is locked or read, one statement turns the hold into the booking if it is still one.
async fn book_at_once(
    state: &AppState,
    booking: &Booking,
    payment: &Payment,
    intent: &Intent,
    timeout_hours: i32,
    answer_key: Option<(Uuid, Render<'_>)>,
) -> Result<ChargeOutcome, BookingError> {
    let now = state.env.clock.now();
    let paid = paid(state, intent, now);
    let next = settled_state(booking, &paid, timeout_hours, now)?;
    let booked = Booking { state: next, version: booking.version + 1, updated_at: now, ..booking.clone() };
    let mut charged = payment.clone();
    charged.status = paid.status;
    charged.pending_step = None;
    charged.intent_id = Some(paid.intent_id.clone());
    let answer: Option<(Uuid, Value)> = answer_key.map(|(key, render)| (key, render(&booked, Some(&charged))));

    let mut out = Outgoing::new(now).about(booking.id);
    events::created(&mut out, &state.env, booking, &booked.state, Some(&intent.id))?;
    state.checkpoints.pass(Place::BeforeEvent).await;
    let settling = Settling::new(booking, payment, &booked.state, &paid, &out, now);
    let settling = match &answer {
        Some((key, body)) => settling.answering(*key, 201, body.clone()),
        None => settling,
    };
    let done = state.lanes.book(settling).await?;
    if done {
        state.events_wake.wake();
        let body = answer.map_or(Value::Null, |(_, body)| body);
        return Ok(ChargeOutcome::Answered(Answer { status: 201, body }));
    }
    // The hold is gone: a webhook booked it, or it lapsed and the payment came late (LIVE-11).
    settle_intent(state, booking.id, &IntentReport::of(intent)).await?;
    Ok(ChargeOutcome::SettledElsewhere)
}

/// 3-D Secure: the hold stays, and the client gets what it needs to go on (BOOK-08).
async fn wait_for_customer(
    state: &AppState,
    booking: &Booking,
    payment: &Payment,
    intent: &Intent,
    answer_key: Option<(Uuid, Render<'_>)>,
) -> Result<ChargeOutcome, BookingError> {
    let settled = settle_intent(state, booking.id, &IntentReport::of(intent)).await?;
    if settled != Settled::Waiting {
        return Ok(ChargeOutcome::SettledElsewhere);
    }
    let mut waiting = payment.clone();
    waiting.pending_step = None;
    waiting.intent_id = Some(intent.id.clone());
    waiting.client_secret.clone_from(&intent.client_secret);
    let Some((key, render)) = answer_key else { return Ok(ChargeOutcome::SettledElsewhere) };
    let body = render(booking, Some(&waiting));
    let mut connection = state.pool.acquire().await?;
    booking_store::store_answer(&mut connection, payment.user_id, key, (201, &body)).await?;
    Ok(ChargeOutcome::Answered(Answer { status: 201, body }))
}

/// Stripe said no: the slot is free again at once (BOOK-07). Without an answer nothing is concluded: the hold stays and
/// the payment is looked into until its hold lapses.
async fn refused(
    state: &AppState,
    booking: &Booking,
    payment: &Payment,
    error: StripeError,
) -> Result<BookingError, BookingError> {
    match error {
        StripeError::Card { error } => {
            let ErrorBody { code, decline_code, message, .. } = *error;
            let failure = Failure { code: decline_code.clone().or_else(|| code.clone()), message: message.clone() };
            drop_hold(state, booking, failure).await?;
            Ok(BookingError::Declined { code, decline_code, message })
        }
        StripeError::Refused { status, error } => {
            tracing::warn!(status, code = error.code.as_deref(), param = error.param.as_deref(), "charge refused");
            let about_the_card = error.param.as_deref() == Some("payment_method")
                || error.code.as_deref().is_some_and(|code| code.starts_with("payment_method"));
            drop_hold(state, booking, Failure { code: error.code.clone(), message: error.message.clone() }).await?;
            Ok(if about_the_card { BookingError::PaymentMethodInvalid } else { BookingError::PaymentFailed })
        }
        StripeError::KeyReused => {
            Err(anyhow::anyhow!("the charge of payment {} changed between attempts", payment.id).into())
        }
        // Nothing reached Stripe, so nothing is charged: the slot need not wait for it.
        StripeError::NotSent(reason) => {
            tracing::warn!(payment = %payment.id, reason, "Stripe cannot be reached");
            drop_hold(state, booking, Failure { code: Some("not_sent".to_owned()), message: None }).await?;
            Ok(BookingError::PaymentUnavailable)
        }
        StripeError::NoAnswer(reason) => {
            tracing::warn!(payment = %payment.id, reason, "no answer to a charge, it will be looked into");
            let now = state.env.clock.now();
            let mut connection = state.pool.acquire().await?;
            enqueue_finish(state, &mut connection, payment.id, now).await?;
            state.jobs_wake.wake();
            Ok(BookingError::PaymentUnavailable)
        }
    }
}

pub(super) async fn drop_hold(state: &AppState, booking: &Booking, failure: Failure) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(held) = booking_store::lock(&mut transaction, booking.id).await? else { return Ok(()) };
    if matches!(held.state, State::Held { .. }) {
        release_hold(state, &mut transaction, &held, Release::PaymentFailed, Party::System, &failure, now).await?;
    } else if let Some(payment) = store::of_booking(&mut transaction, booking.id).await? {
        // It lapsed meanwhile. Nothing was charged, so nothing is left to look into.
        note_failed(&mut transaction, payment.id, &failure, now).await?;
    }
    transaction.commit().await?;
    state.events_wake.wake();
    state.jobs_wake.wake();
    Ok(())
}
