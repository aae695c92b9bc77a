//! The summary of a day's mail (NOTE-31): which morning a message belongs to. Pure.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// When summaries go out, local time.
pub const HOUR: Time = Time::constant(8, 0, 0, 0);

/// The first morning after `requested_at`: what is asked for at eight itself waits for the next day.
#[must_use]
pub fn morning_after(requested_at: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = zone.to_datetime(requested_at).date();
    [Some(today), today.checked_add(1.day()).ok()]
        .into_iter()
        .flatten()
        .filter_map(|day| zone.to_ambiguous_timestamp(day.to_datetime(HOUR)).compatible().ok())
        .find(|morning| *morning > requested_at)
        .unwrap_or(requested_at)
}

/// The last morning at or before `now`: a summary sent now holds everything asked for before it.
#[must_use]
pub fn latest_morning(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let today = zone.to_datetime(now).date();
    [Some(today), today.checked_sub(1.day()).ok()]
        .into_iter()
        .flatten()
        .filter_map(|day| zone.to_ambiguous_timestamp(day.to_datetime(HOUR)).compatible().ok())
        .find(|morning| *morning <= now)
        .unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn athens() -> TimeZone {
        TimeZone::get("Europe/Athens").expect("in the database")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    /// NOTE-31: eight o'clock in the reader's zone, winter and summer.
    #[test]
    fn mornings_follow_the_zone() {
        let morning = |text| morning_after(at(text), &athens()).to_string();
        assert_eq!(morning("2026-05-04T09:00:00Z"), "2026-05-05T05:00:00Z");
        assert_eq!(morning("2026-05-04T04:59:59Z"), "2026-05-04T05:00:00Z");
        assert_eq!(morning("2026-05-04T05:00:00Z"), "2026-05-05T05:00:00Z");
        assert_eq!(morning("2026-01-04T09:00:00Z"), "2026-01-05T06:00:00Z");
    }

    proptest! {
        /// NOTE-31: a message is in exactly one summary: the one of its morning, and that is never more than a day away.
        #[test]
        fn every_message_has_one_morning(
            second in at("2026-01-01T00:00:00Z").as_second()..at("2027-01-01T00:00:00Z").as_second(),
        ) {
            let (requested, zone) = (Timestamp::from_second(second).expect("in range"), athens());
            let morning = morning_after(requested, &zone);
            prop_assert!(morning > requested && morning.duration_since(requested).as_hours() <= 25);
            prop_assert_eq!(latest_morning(morning, &zone), morning);
            prop_assert!(latest_morning(requested, &zone) <= requested);
            prop_assert_eq!(morning_after(latest_morning(requested, &zone), &zone), morning);
        }
    }
}
