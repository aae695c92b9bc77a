//! Refunds that were decided before a bank contested their charge. Stripe sends none while the bank has not decided
//! (PAY-49): the refund waits, then it is sent anew, or the bank has paid the customer in its place.

use contracts::ids::PaymentId;
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::enqueue;
use crate::bookings::ops::BookingError;
use crate::bookings::store as booking_store;
use crate::disputes::domain::{Dispute, Owed, Status, owed};
use crate::disputes::jobs::REVERSE_TRANSFER;
use crate::disputes::store;
use crate::payments::ops::{enqueue_refund, tell_refund_failed};
use crate::payments::store::{self as payment_store, Refund};
use crate::state::AppState;

/// Stripe has refused an attempt at a refund because the charge is contested.
///
/// # Errors
/// [`BookingError::PaymentUnavailable`] when we know of no dispute that stands in the way: try again later.
pub async fn refused_by_dispute(state: &AppState, refund: &Refund) -> Result<(), BookingError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    // Disputes are opened and closed under this lock.
    if booking_store::lock(&mut transaction, refund.booking_id).await?.is_none() {
        return Ok(());
    }
    let what = owed(&store::all_of_payment(&mut transaction, refund.payment_id).await?);
    tracing::info!(refund = %refund.id, ?what, "a bank contests the charge of a refund");
    match what {
        Owed::Waits => payment_store::wait_for_dispute(&mut transaction, refund.id, refund.attempt).await?,
        Owed::TriedAgain => payment_store::send_anew(&mut transaction, refund.id, refund.attempt).await?,
        Owed::Covered(dispute) => cover(state, &mut transaction, refund, dispute, now).await?,
    }
    transaction.commit().await?;
    state.jobs_wake.wake();
    state.events_wake.wake();
    if what == Owed::TriedAgain { Err(BookingError::PaymentUnavailable) } else { Ok(()) }
}

/// The bank has decided: what waited for that goes on, in the transaction that closes the dispute.
pub(super) async fn take_up_waiting(
    state: &AppState,
    connection: &mut PgConnection,
    payment: PaymentId,
    closed: &Dispute,
    now: Timestamp,
) -> Result<(), BookingError> {
    for refund in payment_store::waiting_refunds(connection, payment).await? {
        if closed.status == Status::Lost {
            cover(state, connection, &refund, closed.id, now).await?;
        } else {
            payment_store::send_anew(connection, refund.id, refund.attempt).await?;
            enqueue_refund(state, connection, refund.id, now).await?;
        }
    }
    Ok(())
}

/// The bank paid the customer, so the refund is done, and its part of the transfer comes back from the owner. What the bank
/// did not pay in full is for an admin to look at (PAY-31).
async fn cover(
    state: &AppState,
    connection: &mut PgConnection,
    refund: &Refund,
    dispute: Uuid,
    now: Timestamp,
) -> Result<(), BookingError> {
    if refund.amount > store::left_to_cover(connection, dispute).await? {
        let message = "A bank took a part of the charge back, which is less than the refund";
        if payment_store::refund_failed(connection, refund.id, message).await? {
            let about = (refund.id, refund.payment_id, refund.booking_id);
            tell_refund_failed(state, connection, about, message).await?;
        }
        return Ok(());
    }
    if payment_store::refund_covered(connection, refund.id, dispute, now).await? {
        let reversal = state.env.ids.new_id();
        let cause = (refund.payment_id, dispute, Some(refund.id));
        store::insert_reversal(connection, reversal, cause, refund.amount, now).await?;
        enqueue(state, connection, REVERSE_TRANSFER, reversal, now).await?;
    }
    Ok(())
}
