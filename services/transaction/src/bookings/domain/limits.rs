//! How early and how late a customer may book (BOOK-09, BOOK-10), and for how many (BOOK-12).

use jiff::{SignedDuration, Timestamp, civil::Date};
use thiserror::Error;

use super::slot::Slot;

/// The limits a customer's booking must keep. Owners are not bound by them (BOOK-47).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookingLimits {
    /// Furthest date, in days after today at the court.
    pub max_advance_days: i32,
    /// Least time before the start, in hours.
    pub minimum_notice_hours: i32,
}

/// The limit a request breaks.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LimitError {
    /// BOOK-09.
    #[error("{requested} is more than {max_advance_days} days ahead")]
    WindowExceeded {
        /// The limit in days.
        max_advance_days: i32,
        /// The date asked for.
        requested: Date,
    },
    /// BOOK-10; also every start that has passed.
    #[error("starts within {minimum_notice_hours} hours")]
    NoticeNotMet {
        /// The limit in hours.
        minimum_notice_hours: i32,
        /// When the slot starts.
        starts_at: Timestamp,
    },
    /// BOOK-12.
    #[error("{requested} people on a court for {max_capacity}")]
    CapacityExceeded {
        /// How many were named.
        requested: i32,
        /// How many the court holds.
        max_capacity: i32,
    },
}

impl BookingLimits {
    /// Checks a date before its instants are worked out, so that absurd dates never reach that arithmetic.
    ///
    /// # Errors
    /// [`LimitError::WindowExceeded`] (BOOK-09).
    pub fn check_window(self, requested: Date, today: Date) -> Result<(), LimitError> {
        let furthest = today.saturating_add(jiff::Span::new().days(self.max_advance_days));
        if requested > furthest {
            return Err(LimitError::WindowExceeded { max_advance_days: self.max_advance_days, requested });
        }
        Ok(())
    }

    /// Checks the time left to the start.
    ///
    /// # Errors
    /// [`LimitError::NoticeNotMet`] (BOOK-10).
    pub fn check_notice(self, slot: &Slot, now: Timestamp) -> Result<(), LimitError> {
        let notice = SignedDuration::from_hours(i64::from(self.minimum_notice_hours));
        if slot.starts_at.duration_since(now) < notice {
            return Err(LimitError::NoticeNotMet {
                minimum_notice_hours: self.minimum_notice_hours,
                starts_at: slot.starts_at,
            });
        }
        Ok(())
    }
}

/// Checks how many people come; naming none is allowed.
///
/// # Errors
/// [`LimitError::CapacityExceeded`] (BOOK-12).
pub fn check_capacity(people: Option<i32>, max_capacity: i32) -> Result<(), LimitError> {
    match people {
        Some(requested) if requested < 1 || requested > max_capacity => {
            Err(LimitError::CapacityExceeded { requested, max_capacity })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const LIMITS: BookingLimits = BookingLimits { max_advance_days: 30, minimum_notice_hours: 1 };

    /// BOOK-09: thirty days ahead is allowed, thirty-one is not.
    #[test]
    fn the_window_ends_after_its_last_day() {
        let today = date(2026, 5, 1);
        assert_eq!(LIMITS.check_window(date(2026, 5, 31), today), Ok(()));
        assert!(LIMITS.check_window(date(2026, 6, 1), today).is_err());
        assert!(LIMITS.check_window(Date::MAX, today).is_err());
        assert_eq!(LIMITS.check_window(Date::MAX, Date::MAX), Ok(()));
    }

    /// BOOK-10: exactly one hour before is early enough, a microsecond less is not.
    #[test]
    fn notice_counts_to_the_microsecond() {
        let slot =
            Slot::resolve(date(2026, 5, 2), "10:00".parse().expect("a time"), 60, "Europe/Athens").expect("slot");
        let limit = slot.starts_at - SignedDuration::from_hours(1);
        assert_eq!(LIMITS.check_notice(&slot, limit), Ok(()));
        assert!(LIMITS.check_notice(&slot, limit + SignedDuration::from_micros(1)).is_err());
        assert!(LIMITS.check_notice(&slot, slot.ends_at).is_err());
    }

    /// BOOK-12: 1 to the court's capacity.
    #[test]
    fn a_court_holds_its_capacity() {
        assert_eq!(check_capacity(None, 4), Ok(()));
        assert_eq!(check_capacity(Some(1), 4), Ok(()));
        assert_eq!(check_capacity(Some(4), 4), Ok(()));
        for refused in [0, -1, 5, i32::MAX] {
            assert!(check_capacity(Some(refused), 4).is_err(), "{refused}");
        }
    }
}
