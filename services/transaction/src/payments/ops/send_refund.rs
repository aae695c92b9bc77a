//! Sending a refund that was decided and written down before (PAY-30).

use contracts::events::{AlertType, SecurityAlert, Severity};
use contracts::ids::{BookingId, PaymentId};
use jiff::Timestamp;
use kit::jobs::{self, NewJob};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bookings::ops::BookingError;
use crate::disputes;
use crate::outgoing::Outgoing;
use crate::payments::jobs::SEND_REFUND;
use crate::payments::store;
use crate::reconciliation;
use crate::state::AppState;
use crate::stripe::StripeError;

/// Stripe's code for a refund of a charge that a bank contests.
const CHARGE_DISPUTED: &str = "charge_disputed";

/// A refund is tried for about three days before somebody has to look at it.
const ATTEMPTS: u32 = 80;

/// Asks for a refund to be sent once the transaction commits.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_refund(
    state: &AppState,
    connection: &mut PgConnection,
    refund: Uuid,
    now: Timestamp,
) -> Result<(), BookingError> {
    let job = NewJob::new(state.env.ids.new_id(), SEND_REFUND, now)
        .with_payload(&json!({ "refundId": refund }))
        .map_err(anyhow::Error::from)?
        .unique_by(refund.to_string())
        .with_max_attempts(ATTEMPTS);
    jobs::enqueue(connection, &job).await?;
    Ok(())
}

/// Sends a refund to Stripe. Repeats get Stripe's first answer, so the money goes back once.
///
/// # Errors
/// When Stripe does not answer: try again.
pub async fn send_refund(state: &AppState, id: Uuid) -> Result<(), BookingError> {
    let mut connection = state.pool.acquire().await?;
    let Some(refund) = store::find_refund(&mut connection, id).await? else { return Ok(()) };
    drop(connection);
    if refund.status != "INITIATED" {
        return Ok(());
    }
    let Some(intent_id) = refund.intent_id.as_deref() else {
        return Err(anyhow::anyhow!("refund {id} has no PaymentIntent").into());
    };
    let answer = state.stripe.refund((id, refund.attempt), intent_id, refund.amount.0, refund.returns_fee).await;
    let now = state.env.clock.now();
    match answer {
        Ok(sent) => store::refund_sent(&mut *state.pool.acquire().await?, id, &sent.id, now).await?,
        Err(StripeError::NoAnswer(reason) | StripeError::NotSent(reason)) => {
            tracing::warn!(refund = %id, reason, "Stripe does not answer, the refund is tried again");
            return Err(BookingError::PaymentUnavailable);
        }
        Err(error) if error.code() == Some(CHARGE_DISPUTED) => {
            disputes::ops::refused_by_dispute(state, &refund).await?;
        }
        Err(error) => {
            tracing::error!(refund = %id, error = %error, "Stripe refuses a refund, somebody has to look");
            let message = error.to_string();
            let mut transaction = kit::db::begin(&state.pool).await?;
            if store::refund_failed(&mut transaction, id, &message).await? {
                let about = (id, refund.payment_id, refund.booking_id);
                tell_refund_failed(state, &mut transaction, about, &message).await?;
            }
            transaction.commit().await?;
            state.events_wake.wake();
        }
    }
    Ok(())
}

/// Admins hear of a refund that did not go through, by an alert and by a row to look at (PAY-31).
///
/// # Errors
/// When the database refuses.
pub async fn tell_refund_failed(
    state: &AppState,
    connection: &mut PgConnection,
    (refund, payment, booking): (Uuid, PaymentId, BookingId),
    message: &str,
) -> Result<(), BookingError> {
    let mut out = Outgoing::new(state.env.clock.now()).about(booking);
    out.push(
        &state.env,
        SecurityAlert {
            alert_type: AlertType::PaymentFraud,
            severity: Severity::High,
            user_id: None,
            ip_address: None,
            description: format!("Refund {refund} of booking {booking} failed and has to be looked at"),
            metadata: None,
        },
    )?;
    out.append(connection).await?;
    reconciliation::ops::keep_failed_refund(state, connection, refund, payment, message).await
}
