//! Weekly opening periods of a court.

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

/// One weekly opening period in the court's local time (COURT-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Local day of the week.
    #[serde(with = "crate::weekday")]
    pub weekday: Weekday,
    /// First minute open.
    pub start: Time,
    /// First minute closed again, on the same day.
    pub end: Time,
}

/// What is wrong with one window of a set, with its place in the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowProblem {
    /// COURT-26: the end must be later than the start.
    #[error("window {index} ends before it starts")]
    EndNotAfterStart {
        /// Place in the set.
        index: usize,
    },
    /// COURT-27: windows of one day never overlap. Touching ones are fine.
    #[error("window {index} overlaps an earlier one")]
    Overlap {
        /// Place in the set.
        index: usize,
    },
}

/// Lists what is wrong with a whole set of windows, in the order of the set (COURT-26, COURT-27).
#[must_use]
pub fn problems_of_windows(windows: &[Window]) -> Vec<WindowProblem> {
    let mut problems = Vec::new();
    for (index, window) in windows.iter().enumerate() {
        if window.end <= window.start {
            problems.push(WindowProblem::EndNotAfterStart { index });
            continue;
        }
        let overlaps = windows[..index].iter().any(|earlier| {
            earlier.weekday == window.weekday && earlier.start < window.end && window.start < earlier.end
        });
        if overlaps {
            problems.push(WindowProblem::Overlap { index });
        }
    }
    problems
}

/// Whether two sets hold the same windows, in whatever order.
#[must_use]
pub fn same_windows(one: &[Window], other: &[Window]) -> bool {
    one.len() == other.len() && one.iter().all(|window| other.contains(window))
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use super::*;

    fn window(weekday: Weekday, start: i8, end: i8) -> Window {
        Window { weekday, start: time(start, 0, 0, 0), end: time(end, 0, 0, 0) }
    }

    /// COURT-26, COURT-27: several a day are fine when they do not overlap; other days do not matter.
    #[test]
    fn only_overlaps_of_one_day_are_problems() {
        let monday = window(Weekday::Monday, 8, 12);
        assert!(
            problems_of_windows(&[
                monday,
                window(Weekday::Monday, 12, 16),
                window(Weekday::Tuesday, 9, 11),
                window(Weekday::Monday, 18, 22)
            ])
            .is_empty()
        );
        assert_eq!(
            problems_of_windows(&[monday, window(Weekday::Monday, 11, 13), window(Weekday::Monday, 20, 20)]),
            [WindowProblem::Overlap { index: 1 }, WindowProblem::EndNotAfterStart { index: 2 }]
        );
    }
}
