//! How often a person may book and call off (BOOK-16 to BOOK-19).

use jiff::{SignedDuration, Timestamp};

/// The numbers an operator may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bookings in any hour (BOOK-16).
    pub per_hour: u32,
    /// Bookings in any 24 hours (BOOK-16).
    pub per_day: u32,
}

/// What is held against a person who wants to book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentHistory {
    /// When it booked in the last 24 hours, a series once.
    pub booked_at: Vec<Timestamp>,
    /// Not on this court until then (BOOK-17).
    pub blocked_until: Option<Timestamp>,
    /// Only courts that confirm at once until then (BOOK-18).
    pub instant_only_until: Option<Timestamp>,
}

/// How far back bookings count against the pace.
pub const WINDOW_OF_PACE: SignedDuration = SignedDuration::from_hours(24);

/// How long until a person may book again; none when it may book now. `recent` are the times of its bookings in the last
/// 24 hours, a series as one, in any order.
#[must_use]
pub fn wait_before_booking(recent: &[Timestamp], pace: Pace, now: Timestamp) -> Option<SignedDuration> {
    let hour = wait_in(recent, pace.per_hour, SignedDuration::from_hours(1), now);
    let day = wait_in(recent, pace.per_day, SignedDuration::from_hours(24), now);
    hour.max(day)
}

/// The wait until fewer than `allowed` of `times` lie within `window`.
fn wait_in(times: &[Timestamp], allowed: u32, window: SignedDuration, now: Timestamp) -> Option<SignedDuration> {
    let mut within: Vec<Timestamp> = times.iter().copied().filter(|&at| now.duration_since(at) < window).collect();
    let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
    if within.len() < allowed {
        return None;
    }
    if allowed == 0 {
        return Some(window);
    }
    // Newest first: once the last of the allowed ones leaves the window, there is room again.
    within.sort_unstable_by(|earlier, later| later.cmp(earlier));
    within.get(allowed - 1).map(|&oldest| window - now.duration_since(oldest))
}

/// BOOK-17: more than this many bookings made and called off on one court within [`WINDOW_OF_COURT`].
pub const CALLED_OFF_ON_COURT: i64 = 3;
/// BOOK-17: the time looked at, and how long the court stays closed to the person then.
pub const WINDOW_OF_COURT: SignedDuration = SignedDuration::from_hours(24);
/// BOOK-18: more than this many peak slots called off within [`WINDOW_OF_PEAK`].
pub const CALLED_OFF_AT_PEAK: i64 = 5;
/// BOOK-18: the time looked at, and how long the consequence lasts.
pub const WINDOW_OF_PEAK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// BOOK-19: a second try for the same slot within this time is a slip of the finger.
pub const SLIP: SignedDuration = SignedDuration::from_secs(5);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PACE: Pace = Pace { per_hour: 5, per_day: 10 };

    fn ago(now: Timestamp, minutes: i64) -> Timestamp {
        now - SignedDuration::from_mins(minutes)
    }

    fn noon() -> Timestamp {
        "2026-05-04T12:00:00Z".parse().expect("an instant")
    }

    /// BOOK-16: the sixth booking of an hour waits until the first of the five is an hour old.
    #[test]
    fn the_sixth_of_an_hour_waits() {
        let now = noon();
        let four: Vec<_> = (1..=4).map(|minute| ago(now, minute)).collect();
        assert_eq!(wait_before_booking(&four, PACE, now), None);
        let five: Vec<_> = (1..=5).map(|minute| ago(now, minute)).collect();
        assert_eq!(wait_before_booking(&five, PACE, now), Some(SignedDuration::from_mins(55)));
        assert_eq!(wait_before_booking(&five, PACE, now + SignedDuration::from_mins(55)), None);
    }

    /// BOOK-16: ten of a day are enough, however well spread.
    #[test]
    fn the_eleventh_of_a_day_waits() {
        let now = noon();
        let ten: Vec<_> = (1..=10).map(|step| ago(now, step * 120)).collect();
        assert_eq!(wait_before_booking(&ten, PACE, now), Some(SignedDuration::from_hours(4)));
        assert_eq!(wait_before_booking(&ten[..9], PACE, now), None);
    }

    proptest! {
        /// BOOK-16: after the wait that is named the booking is possible, and a moment earlier it is not.
        #[test]
        fn the_wait_is_exact(minutes in prop::collection::vec(0..1_440_i64, 0..20)) {
            let now = noon();
            let recent: Vec<_> = minutes.into_iter().map(|minute| ago(now, minute)).collect();
            if let Some(wait) = wait_before_booking(&recent, PACE, now) {
                prop_assert!(wait > SignedDuration::ZERO);
                prop_assert_eq!(wait_before_booking(&recent, PACE, now + wait), None);
                let earlier = now + wait - SignedDuration::from_nanos(1);
                prop_assert!(wait_before_booking(&recent, PACE, earlier).is_some());
            }
        }
    }
}
