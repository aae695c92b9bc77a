//! An owner answers many pending bookings at once (BOOK-33). Each is treated alone, by the way of a single answer.

use contracts::ids::{BookingId, UserId};
use futures::StreamExt as _;

use super::{BookingError, confirm_booking, reject_booking};
use crate::state::AppState;

/// Bookings that are answered at the same time.
const AT_ONCE: usize = 4;

/// What is done with each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkAction {
    /// Accept; the message is for the customers.
    Confirm {
        /// For the customers.
        message: Option<String>,
    },
    /// Turn down.
    Reject {
        /// Shown to the customers.
        reason: String,
    },
}

/// Does `action` with every booking and answers what came of each, in the order they were named.
pub async fn act_on_each(
    state: &AppState,
    owner: UserId,
    bookings: &[BookingId],
    action: &BulkAction,
) -> Vec<(BookingId, Result<(), BookingError>)> {
    futures::stream::iter(bookings.iter().copied())
        .map(|booking| async move {
            let outcome = match action {
                BulkAction::Confirm { message } => {
                    confirm_booking(state, owner, booking, message.as_deref()).await.map(drop)
                }
                BulkAction::Reject { reason } => reject_booking(state, owner, booking, reason).await.map(drop),
            };
            (booking, outcome)
        })
        .buffered(AT_ONCE)
        .collect()
        .await
}
