//! Giving back a part of a collected payment in somebody else's transaction, e.g. when a booking became cheaper.

use contracts::booking::PaymentStatus;
use contracts::money::Cents;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bookings::ops::BookingError;
use crate::payments::domain::payment::Payment;
use crate::payments::ops::enqueue_refund;
use crate::payments::store::{self, NewRefund};
use crate::state::AppState;

/// While a bank takes the money back nothing may be done with the booking (PAY-47).
///
/// # Errors
/// [`BookingError::Disputed`].
pub const fn ensure_not_disputed(payment: &Payment) -> Result<(), BookingError> {
    match payment.status {
        PaymentStatus::Disputed => Err(BookingError::Disputed),
        _ => Ok(()),
    }
}

/// Writes down that `amount` of a payment, whose lock the caller holds, goes back; the ledger row stands beside it, and a
/// job sends it once the caller commits. Never more than what is left of the owner's part (PAY-20, PAY-32). Returns the
/// refund's id.
///
/// # Errors
/// [`BookingError::Disputed`]; an inner error when more would go back than is left.
pub async fn refund_part(
    state: &AppState,
    connection: &mut PgConnection,
    payment: &Payment,
    amount: Cents,
    reason: &str,
) -> Result<Option<Uuid>, BookingError> {
    ensure_not_disputed(payment)?;
    if amount <= Cents::ZERO {
        return Ok(None);
    }
    let now = state.env.clock.now();
    let refund = NewRefund {
        id: state.env.ids.new_id(),
        payment_id: payment.id,
        booking_id: payment.booking_id,
        amount,
        returns_fee: false,
        leaves: payment.state().refund(amount).map_err(anyhow::Error::from)?,
        reason,
        now,
    };
    store::create_refund(connection, refund).await?;
    enqueue_refund(state, connection, refund.id, now).await?;
    Ok(Some(refund.id))
}
