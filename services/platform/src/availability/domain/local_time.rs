//! Local dates and times of a court against its zone: which exist, and which instant they mean.

use contracts::local_date::LocalDate;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Whether a date is one that a calendar can reasonably ask about. Everything else is a client's mistake, and keeping it
/// out here means that no later date arithmetic can leave the range of the types.
#[must_use]
pub fn is_plannable(date: Date) -> bool {
    LocalDate::is_in_range(date)
}

/// Whether the clock of `zone` ever shows `time` on `date`. It does not in the hour skipped in spring (BOOK-22).
#[must_use]
pub fn exists(date: Date, time: Time, zone: &TimeZone) -> bool {
    !matches!(zone.to_ambiguous_timestamp(date.to_datetime(time)).offset(), AmbiguousOffset::Gap { .. })
}

/// The instant at which the clock of `zone` first shows `time` on `date`: in the hour repeated in autumn the first
/// occurrence is meant (BOOK-22). `None` when the clock skips it.
#[must_use]
pub fn first_instant(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    if !exists(date, time, zone) {
        return None;
    }
    zone.to_ambiguous_timestamp(date.to_datetime(time)).earlier().ok()
}

/// Minutes on the clock's face from `start` to `end`, negative when `end` is earlier.
#[must_use]
pub fn minutes_between(start: Time, end: Time) -> i32 {
    minute_of_day(end) - minute_of_day(start)
}

/// Minutes since midnight on the clock's face.
pub(super) fn minute_of_day(time: Time) -> i32 {
    i32::from(time.hour()) * 60 + i32::from(time.minute())
}

/// The time of day at a minute since midnight; `None` outside 00:00..=23:59, so that no slot reaches into the next
/// day (BOOK-23).
pub(super) fn time_at_minute(minute: i32) -> Option<Time> {
    let hour = i8::try_from(minute.div_euclid(60)).ok()?;
    let minute = i8::try_from(minute.rem_euclid(60)).ok()?;
    Time::new(hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("the zone is known")
    }

    /// BOOK-22: 03:00 to 03:59 is skipped in Athens on the last Sunday of March, in Adelaide 02:00 to 02:59 in October.
    #[test]
    fn a_skipped_hour_does_not_exist() {
        let athens = zone("Europe/Athens");
        let spring = date(2027, 3, 28);
        assert!(exists(spring, time(2, 59, 0, 0), &athens));
        assert!(!exists(spring, time(3, 0, 0, 0), &athens));
        assert!(!exists(spring, time(3, 59, 0, 0), &athens));
        assert!(exists(spring, time(4, 0, 0, 0), &athens));
        assert_eq!(first_instant(spring, time(3, 30, 0, 0), &athens), None);
        let adelaide = zone("Australia/Adelaide");
        assert!(!exists(date(2026, 10, 4), time(2, 30, 0, 0), &adelaide));
        assert!(exists(date(2026, 10, 4), time(3, 0, 0, 0), &adelaide));
    }

    /// BOOK-22: in the repeated hour the first occurrence is meant, before and after it nothing is ambiguous.
    #[test]
    fn a_repeated_hour_means_its_first_occurrence() {
        let athens = zone("Europe/Athens");
        let autumn = date(2026, 10, 25);
        let instant = |hour, minute| {
            first_instant(autumn, time(hour, minute, 0, 0), &athens).expect("nothing is skipped in autumn").to_string()
        };
        assert_eq!(instant(2, 30), "2026-10-24T23:30:00Z");
        assert_eq!(instant(3, 30), "2026-10-25T00:30:00Z");
        assert_eq!(instant(4, 0), "2026-10-25T02:00:00Z");
    }

    /// BOOK-20: a zone half an hour off keeps its half hour.
    #[test]
    fn half_hour_zones_are_exact() {
        let kolkata = zone("Asia/Kolkata");
        let instant = first_instant(date(2026, 11, 21), time(0, 0, 0, 0), &kolkata).expect("no clock changes there");
        assert_eq!(instant.to_string(), "2026-11-20T18:30:00Z");
    }

    #[test]
    fn only_minutes_of_one_day_are_times() {
        assert_eq!(time_at_minute(0), Some(time(0, 0, 0, 0)));
        assert_eq!(time_at_minute(1439), Some(time(23, 59, 0, 0)));
        assert_eq!(time_at_minute(1440), None);
        assert_eq!(time_at_minute(-1), None);
        assert_eq!(time_at_minute(i32::MAX), None);
    }

    #[test]
    fn absurd_dates_are_not_plannable() {
        for absurd in [date(-9999, 1, 1), date(1999, 12, 31), date(2200, 1, 1), date(9999, 12, 31)] {
            assert!(!is_plannable(absurd), "{absurd}");
        }
        assert!(is_plannable(date(2026, 2, 28)));
    }
}
