//! When a failed delivery is tried again, and when it is given up (NOTE-09). Pure arithmetic.

use jiff::{SignedDuration, Timestamp};

/// Tries that a delivery gets.
pub const TRIES: u32 = 5;
/// The wait after the first failed try; each further one doubles it.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(1);
/// The wait while the other side is known to be down and nothing was tried.
pub const OUTAGE_WAIT: SignedDuration = SignedDuration::from_secs(5);
/// How old a message may become in an outage before it is given up: later it would only confuse.
pub const OUTAGE_PATIENCE: SignedDuration = SignedDuration::from_hours(6);

/// When the next try begins after the `failed`-th one has failed at `now`; none after the last.
#[must_use]
pub fn next_try(failed: u32, now: Timestamp) -> Option<Timestamp> {
    if failed >= TRIES {
        return None;
    }
    Some(now + FIRST_WAIT * (1 << failed.saturating_sub(1)))
}

/// When it is looked again while nothing can be tried at all; none for a message that has become too old.
#[must_use]
pub fn after_outage(requested_at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    (now.duration_since(requested_at) < OUTAGE_PATIENCE).then(|| now + OUTAGE_WAIT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// NOTE-09: 1, 2, 4 and 8 seconds, then it is over.
    #[test]
    fn waits_double_until_the_fifth_failure() {
        let now = Timestamp::UNIX_EPOCH;
        let waits: Vec<Option<i64>> =
            (1..=5).map(|failed| next_try(failed, now).map(|at| at.duration_since(now).as_secs())).collect();
        assert_eq!(waits, [Some(1), Some(2), Some(4), Some(8), None]);
    }

    proptest! {
        /// NOTE-09: however often it failed, there is a next try exactly while fewer than five have, and it lies ahead.
        #[test]
        fn there_are_never_more_than_five_tries(failed in 1_u32..100, second in 0_i64..4_000_000_000) {
            let now = Timestamp::from_second(second).expect("in range");
            match next_try(failed, now) {
                Some(at) => prop_assert!(failed < TRIES && at > now),
                None => prop_assert!(failed >= TRIES),
            }
        }

        #[test]
        fn an_outage_is_waited_out_for_six_hours(age in 0_i64..100_000) {
            let requested = Timestamp::UNIX_EPOCH;
            let now = requested + SignedDuration::from_secs(age);
            prop_assert_eq!(after_outage(requested, now).is_some(), age < 6 * 3600);
        }
    }
}
