//! How a store of a court's data fails, kept apart by whose fault it is: the database refused, it holds something the
//! code does not know, or a statement touched other rows than it must.

use contracts::ids::{CourtId, HolidayId};

/// A failure of a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The driver or the database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A stored value that no version of the code wrote.
    #[error("court {court} has a {what} that is not understood")]
    Inconsistent {
        /// The court it belongs to.
        court: CourtId,
        /// The value, in words.
        what: &'static str,
    },
    /// A stored value of a holiday that no version of the code wrote.
    #[error("holiday {holiday} has a {what} that is not understood")]
    InconsistentHoliday {
        /// The holiday.
        holiday: HolidayId,
        /// The value, in words.
        what: &'static str,
    },
    /// A statement that must touch one row touched another number.
    #[error("saving court {court} touched {rows} rows")]
    RowCount {
        /// The court.
        court: CourtId,
        /// How many rows.
        rows: u64,
    },
}

impl From<StoreError> for kit::ApiError {
    /// A busy database is temporary; everything else is ours to repair.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Database(cause) => cause.into(),
            StoreError::Inconsistent { .. } | StoreError::InconsistentHoliday { .. } | StoreError::RowCount { .. } => {
                Self::internal(error)
            }
        }
    }
}
