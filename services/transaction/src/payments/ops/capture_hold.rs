//! Collecting what a card holds, when the owner has said yes (BOOK-27, PAY-07).

use contracts::ids::UserId;

use super::settle_intent::{IntentReport, Settled, settle_intent};
use crate::bookings::domain::booking::Booking;
use crate::bookings::ops::{BookingError, enqueue_finish};
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::Step;
use crate::payments::store;
use crate::state::AppState;
use crate::stripe::StripeError;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureOutcome {
    /// The booking is confirmed and the money collected.
    Confirmed,
    /// Nothing is held any more; the booking was called off.
    Lapsed,
}

/// Collects. The step CAPTURE stands in the payment's row already, so nobody else decides about the booking meanwhile
/// (BOOK-31).
///
/// # Errors
/// [`BookingError::CaptureFailed`] when Stripe refuses, [`BookingError::PaymentUnavailable`] when it does not answer; the
/// step is finished later then.
pub async fn capture_hold(
    state: &AppState,
    booking: &Booking,
    payment: &Payment,
    owner: UserId,
    message: Option<&str>,
) -> Result<CaptureOutcome, BookingError> {
    let intent_id = payment
        .intent_id
        .as_deref()
        .ok_or_else(|| anyhow::anyhow!("payment {} is authorised without an intent", payment.id))?;
    let answer = match state.stripe.capture(payment.id.0, intent_id).await {
        Err(StripeError::Refused { status, error }) => {
            tracing::warn!(status, code = error.code.as_deref(), payment = %payment.id, "capture refused");
            state.stripe.intent(intent_id).await
        }
        other => other,
    };
    let report = match &answer {
        Ok(intent) => IntentReport { intent, confirmed_by: Some(owner), message },
        Err(error) => return Err(not_captured(state, payment, error).await?),
    };
    match settle_intent(state, booking.id, &report).await? {
        Settled::Confirmed => Ok(CaptureOutcome::Confirmed),
        Settled::CalledOff => Ok(CaptureOutcome::Lapsed),
        // A webhook was faster and wrote the same.
        _ if answer.as_ref().is_ok_and(|intent| intent.amount_received > 0) => Ok(CaptureOutcome::Confirmed),
        _ => {
            let mut connection = state.pool.acquire().await?;
            store::clear_step(&mut connection, payment.id, Step::Capture, state.env.clock.now()).await?;
            Err(BookingError::CaptureFailed { reason: "STRIPE_REFUSED".to_owned() })
        }
    }
}

async fn not_captured(state: &AppState, payment: &Payment, error: &StripeError) -> Result<BookingError, BookingError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    if error.is_silence() {
        enqueue_finish(state, &mut connection, payment.id, now).await?;
        state.jobs_wake.wake();
        return Ok(BookingError::PaymentUnavailable);
    }
    store::clear_step(&mut connection, payment.id, Step::Capture, now).await?;
    Ok(BookingError::CaptureFailed { reason: error.code().unwrap_or("STRIPE_REFUSED").to_owned() })
}
