//! Dated blocks of a court (overrides): a whole date or a part of it on which nobody can book.

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

/// The part of its date that a block covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BlockedTime {
    /// From midnight to midnight.
    WholeDay,
    /// From the first blocked minute to the first free one.
    Part {
        /// First blocked minute.
        start: Time,
        /// First free minute.
        end: Time,
    },
}

/// A block of a known court and date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// What it covers.
    pub time: BlockedTime,
    /// Why, in the owner's words.
    pub reason: String,
}

/// Why a block cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BlockProblem {
    /// COURT-28: start and end are given together or not at all.
    #[error("a start needs an end and the other way round")]
    HalfGiven,
    /// COURT-28: the end must be later than the start.
    #[error("the end must be later than the start")]
    EndNotAfterStart,
}

impl BlockedTime {
    /// Reads the optional times of a request.
    ///
    /// # Errors
    /// [`BlockProblem`] when only one is given or they are in the wrong order.
    pub fn from_times(start: Option<Time>, end: Option<Time>) -> Result<Self, BlockProblem> {
        match (start, end) {
            (None, None) => Ok(Self::WholeDay),
            (Some(start), Some(end)) if start < end => Ok(Self::Part { start, end }),
            (Some(_), Some(_)) => Err(BlockProblem::EndNotAfterStart),
            _ => Err(BlockProblem::HalfGiven),
        }
    }

    /// The times as they are stored: both or none.
    #[must_use]
    pub fn times(self) -> (Option<Time>, Option<Time>) {
        match self {
            Self::WholeDay => (None, None),
            Self::Part { start, end } => (Some(start), Some(end)),
        }
    }

    /// Whether any minute of `[start, end)` is blocked.
    #[must_use]
    pub fn covers_any_of(self, start: Time, end: Time) -> bool {
        match self {
            Self::WholeDay => true,
            Self::Part { start: blocked_from, end: free_from } => blocked_from < end && start < free_from,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    /// COURT-28: both null is the whole day, one alone or a wrong order is refused.
    #[test]
    fn times_come_in_pairs() {
        let ten = Some(time(10, 0, 0, 0));
        let noon = Some(time(12, 0, 0, 0));
        assert_eq!(BlockedTime::from_times(None, None), Ok(BlockedTime::WholeDay));
        assert_eq!(BlockedTime::from_times(ten, None), Err(BlockProblem::HalfGiven));
        assert_eq!(BlockedTime::from_times(noon, ten), Err(BlockProblem::EndNotAfterStart));
        assert_eq!(BlockedTime::from_times(ten, ten), Err(BlockProblem::EndNotAfterStart));
        let part = BlockedTime::from_times(ten, noon).expect("ten to noon is a period");
        assert_eq!(part.times(), (ten, noon));
        assert!(part.covers_any_of(time(11, 59, 0, 0), time(13, 0, 0, 0)));
        assert!(!part.covers_any_of(time(12, 0, 0, 0), time(13, 0, 0, 0)));
        assert!(!part.covers_any_of(time(9, 0, 0, 0), time(10, 0, 0, 0)));
    }
}
