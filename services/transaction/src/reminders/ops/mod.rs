//! The use cases of reminders, one function each. A function owns its database transaction.

mod alerts;
mod evaluate;
mod upcoming;

use contracts::events::InvalidPayload;
use thiserror::Error;

use crate::bookings::store::RowError;

pub use alerts::{Alert, AlertPage, dismiss, list_alerts};
pub use evaluate::evaluate_rules;
pub use upcoming::remind_customers;

/// Why a use case of reminders did not happen.
#[derive(Debug, Error)]
pub enum ReminderError {
    /// No such alert of the caller.
    #[error("no such alert")]
    NotFound,
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// An event would break its contract.
    #[error(transparent)]
    Event(#[from] InvalidPayload),
    /// A stored booking cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
}
