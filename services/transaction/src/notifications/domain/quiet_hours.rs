//! Do-not-disturb: a window of local time that may cross midnight (NOTE-29). Pure.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A window of every day; the start is inside, the end outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    /// When it begins.
    pub start: Time,
    /// When it is over.
    pub end: Time,
}

impl QuietHours {
    /// Whether a reading of the clock on the wall is inside.
    #[must_use]
    pub fn cover(self, reading: Time) -> bool {
        if self.start <= self.end {
            self.start <= reading && reading < self.end
        } else {
            self.start <= reading || reading < self.end
        }
    }

    /// When the window that covers `now` ends; none outside of it. An end that the clock skips is the moment it jumps
    /// over; an end that it shows twice is the first one that lies ahead.
    #[must_use]
    pub fn end_after(self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let local = zone.to_datetime(now);
        if !self.cover(local.time()) {
            return None;
        }
        let today = local.date();
        let days = [Some(today), today.checked_add(1.day()).ok()];
        days.into_iter().flatten().find_map(|day| {
            let reading = zone.to_ambiguous_timestamp(day.to_datetime(self.end));
            let instants = [reading.earlier().ok(), reading.later().ok()];
            instants.into_iter().flatten().filter(|instant| *instant > now).min()
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;
    use proptest::prelude::*;

    use super::*;

    fn athens() -> TimeZone {
        TimeZone::get("Europe/Athens").expect("in the database")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    fn night() -> QuietHours {
        QuietHours { start: time(23, 0, 0, 0), end: time(7, 0, 0, 0) }
    }

    /// NOTE-29: 23:00 to 07:00 crosses midnight; 23:00 is inside and 07:00 is not.
    #[test]
    fn a_window_may_cross_midnight() {
        let ends = |text| night().end_after(at(text), &athens()).map(|end| end.to_string());
        assert_eq!(ends("2026-05-04T19:59:59Z"), None);
        assert_eq!(ends("2026-05-04T20:00:00Z").as_deref(), Some("2026-05-05T04:00:00Z"));
        assert_eq!(ends("2026-05-05T00:30:00Z").as_deref(), Some("2026-05-05T04:00:00Z"));
        assert_eq!(ends("2026-05-05T03:59:59Z").as_deref(), Some("2026-05-05T04:00:00Z"));
        assert_eq!(ends("2026-05-05T04:00:00Z"), None);
    }

    /// NOTE-29: the window follows the clock on the wall through both changes of the clock.
    #[test]
    fn a_window_follows_changes_of_the_clock() {
        // On 29 March 2026 Athens goes from 03:00 to 04:00, on 25 October from 04:00 back to 03:00.
        let ends = |hours: QuietHours, text| hours.end_after(at(text), &athens()).map(|end| end.to_string());
        assert_eq!(ends(night(), "2026-03-28T22:00:00Z").as_deref(), Some("2026-03-29T04:00:00Z"));
        assert_eq!(ends(night(), "2026-10-24T21:00:00Z").as_deref(), Some("2026-10-25T05:00:00Z"));
        let skipped = QuietHours { start: time(1, 0, 0, 0), end: time(3, 30, 0, 0) };
        let end = skipped.end_after(at("2026-03-29T00:30:00Z"), &athens()).expect("inside");
        assert!(end > at("2026-03-29T00:30:00Z") && end <= at("2026-03-29T02:00:00Z"), "{end}");
    }

    proptest! {
        /// NOTE-29, NOTE-30: whoever is inside gets out within a day and a clock change, and is outside then, or at the
        /// very place where the clock is changed.
        #[test]
        fn every_window_ends(
            (start, end) in (0_i8..24, 0_i8..24).prop_filter("a window", |(start, end)| start != end),
            minute in 0_i8..60,
            second in prop_oneof![
                at("2026-01-01T00:00:00Z").as_second()..at("2027-01-01T00:00:00Z").as_second(),
                at("2026-03-28T20:00:00Z").as_second()..at("2026-03-29T06:00:00Z").as_second(),
                at("2026-10-24T20:00:00Z").as_second()..at("2026-10-25T06:00:00Z").as_second(),
            ],
        ) {
            let hours = QuietHours { start: time(start, minute, 0, 0), end: time(end, minute, 0, 0) };
            let (now, zone) = (Timestamp::from_second(second).expect("in range"), athens());
            match hours.end_after(now, &zone) {
                None => prop_assert!(!hours.cover(zone.to_datetime(now).time())),
                Some(until) => {
                    prop_assert!(hours.cover(zone.to_datetime(now).time()));
                    prop_assert!(until > now && until.duration_since(now).as_hours() <= 25);
                    let around_a_change = [at("2026-03-29T01:00:00Z"), at("2026-10-25T01:00:00Z")]
                        .into_iter()
                        .any(|change| until.duration_since(change).abs().as_hours() <= 2);
                    prop_assert!(around_a_change || !hours.cover(zone.to_datetime(until).time()));
                }
            }
        }
    }
}
