//! Where the refunds of a payment stand (PAY-31).

use contracts::ids::{PaymentId, UserId};

use crate::bookings::ops::BookingError;
use crate::payments::domain::refund::{Part, Whole, whole};
use crate::payments::store;
use crate::state::AppState;

/// The refunds of a payment as one, for its customer or owner; none when it is a stranger's or nothing was refunded.
///
/// # Errors
/// When the database refuses.
pub async fn show_refund(state: &AppState, caller: UserId, id: PaymentId) -> Result<Option<Whole>, BookingError> {
    let mut connection = state.pool.acquire().await?;
    let payment = store::find(&mut connection, id).await?;
    if !payment.is_some_and(|payment| payment.user_id == caller || payment.owner_id == caller) {
        return Ok(None);
    }
    let rows = store::refunds_of(&mut connection, id).await?;
    let parts: Vec<Part> = rows
        .into_iter()
        .map(|row| Part {
            amount: row.amount,
            status: row.status,
            initiated_at: row.initiated_at,
            completed_at: row.completed_at,
        })
        .collect();
    Ok(whole(&parts))
}
