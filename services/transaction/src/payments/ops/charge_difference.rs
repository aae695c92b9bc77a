//! What a move to a dearer slot costs on top (BOOK-53): an intent that nobody has confirmed yet. The customer confirms it
//! in the browser; Stripe's report of that is settled like any other.

use super::charge_hold::{charge_of, drop_hold};
use super::settle_intent::{IntentReport, settle_intent};
use crate::bookings::domain::booking::Booking;
use crate::bookings::ops::{BookingError, enqueue_finish};
use crate::payments::domain::payment::Payment;
use crate::payments::store::Failure;
use crate::state::AppState;
use crate::stripe::StripeError;

/// Asks Stripe for the intent of a hold that waits to move a booking, and answers what the payment form needs.
///
/// # Errors
/// [`BookingError::PaymentUnavailable`] when Stripe does not answer; the hold is looked into then. Any refusal ends it.
pub async fn ask_for_difference(
    state: &AppState,
    hold: &Booking,
    payment: &Payment,
) -> Result<Option<String>, BookingError> {
    match state.stripe.create_unconfirmed(&charge_of(payment)).await {
        Ok(intent) => {
            settle_intent(state, hold.id, &IntentReport::of(&intent)).await?;
            Ok(intent.client_secret)
        }
        Err(StripeError::NoAnswer(reason)) => {
            tracing::warn!(payment = %payment.id, reason, "no answer about a difference, it will be looked into");
            let mut connection = state.pool.acquire().await?;
            enqueue_finish(state, &mut connection, payment.id, state.env.clock.now()).await?;
            state.jobs_wake.wake();
            Err(BookingError::PaymentUnavailable)
        }
        Err(error) => {
            tracing::warn!(payment = %payment.id, error = %error, "no intent for a difference");
            let failure = Failure { code: error.code().map(str::to_owned), message: None };
            drop_hold(state, hold, failure).await?;
            Err(if error.is_silence() { BookingError::PaymentUnavailable } else { BookingError::PaymentFailed })
        }
    }
}
