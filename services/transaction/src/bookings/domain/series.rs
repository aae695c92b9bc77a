//! Weekly series: which dates they mean (BOOK-34, BOOK-44). Counted in local dates, never in hours, so that "Tuesday at
//! ten" stays Tuesday at ten through clock changes, leap days and the turn of the year (BOOK-21).

use jiff::Span;
use jiff::civil::Date;

/// Fewest and most dates of a customer's series (BOOK-34).
pub const CUSTOMER_WEEKS: std::ops::RangeInclusive<i32> = 2..=12;
/// Dates of a series whose length nobody named.
pub const DEFAULT_WEEKS: i32 = 4;

/// The weekday of `first` in `weeks` weeks, `first` included. Dates beyond the calendar are left out.
#[must_use]
pub fn weekly_dates(first: Date, weeks: i32) -> Vec<Date> {
    (0..weeks.max(0)).map_while(|week| first.checked_add(Span::new().weeks(week)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use contracts::court::TimeOfDay;
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    use super::*;
    use crate::bookings::domain::slot::{Slot, SlotError};

    fn at(text: &str) -> TimeOfDay {
        text.parse().expect("a literal time")
    }

    /// The local start of every instance that exists, as the wall clock at the court shows its instant.
    fn shown(first: Date, start: &str, weeks: i32, zone: &str) -> Vec<(Date, String)> {
        let time_zone = TimeZone::get(zone).expect("known");
        weekly_dates(first, weeks)
            .into_iter()
            .filter_map(|day| Slot::resolve(day, at(start), 60, zone).ok())
            .map(|slot| slot.starts_at.to_zoned(time_zone.clone()))
            .map(|local| (local.date(), local.strftime("%H:%M").to_string()))
            .collect()
    }

    /// BOOK-21, BOOK-34: ten o'clock stays ten o'clock over both clock changes, in Athens and in a zone whose change is
    /// half an hour.
    #[test]
    fn ten_stays_ten_over_every_clock_change() {
        for zone in ["Europe/Athens", "Australia/Lord_Howe", "Australia/Adelaide", "Asia/Kolkata"] {
            for first in [date(2026, 3, 15), date(2026, 3, 29), date(2026, 9, 20), date(2026, 10, 11)] {
                let instances = shown(first, "10:00", 5, zone);
                assert_eq!(instances.len(), 5, "{zone} {first}");
                assert!(instances.iter().all(|(_, time)| time == "10:00"), "{zone}: {instances:?}");
            }
        }
    }

    /// BOOK-22: of a series in the skipped hour only that one date is missing; in the repeated hour the first is meant.
    #[test]
    fn a_series_loses_only_the_hour_that_does_not_exist() {
        let lost: Vec<Date> = weekly_dates(date(2026, 3, 15), 4)
            .into_iter()
            .filter(|&day| {
                matches!(Slot::resolve(day, at("03:30"), 60, "Europe/Athens"), Err(SlotError::SkippedHour { .. }))
            })
            .collect();
        assert_eq!(lost, [date(2026, 3, 29)]);
        let repeated = shown(date(2026, 10, 18), "03:30", 3, "Europe/Athens");
        assert_eq!(repeated.len(), 3);
        assert!(repeated.iter().all(|(_, time)| time == "03:30"));
        // Lord Howe's clocks jump half an hour at two in the morning.
        let half = Slot::resolve(date(2026, 10, 4), at("02:15"), 60, "Australia/Lord_Howe");
        assert!(matches!(half, Err(SlotError::SkippedHour { .. })));
        assert!(Slot::resolve(date(2026, 10, 4), at("02:30"), 60, "Australia/Lord_Howe").is_ok());
    }

    /// BOOK-34: a leap day and the turn of the year are dates like any other.
    #[test]
    fn leap_days_and_new_year_are_ordinary_dates() {
        assert_eq!(weekly_dates(date(2028, 2, 22), 3), [date(2028, 2, 22), date(2028, 2, 29), date(2028, 3, 7)]);
        assert_eq!(weekly_dates(date(2026, 12, 29), 2), [date(2026, 12, 29), date(2027, 1, 5)]);
        assert_eq!(weekly_dates(Date::MAX, 3), [Date::MAX]);
        assert!(weekly_dates(date(2026, 1, 1), -1).is_empty());
    }

    /// BOOK-23: a session that would reach midnight is refused on each date alike.
    #[test]
    fn midnight_ends_every_instance() {
        for day in weekly_dates(date(2026, 3, 22), 3) {
            assert_eq!(Slot::resolve(day, at("23:00"), 60, "Europe/Athens"), Err(SlotError::EndsNextDay));
            assert!(Slot::resolve(day, at("00:00"), 60, "Europe/Athens").is_ok());
        }
    }

    proptest! {
        /// BOOK-34: as many dates as weeks, all on the same weekday, each a week after the one before.
        #[test]
        fn dates_are_a_week_apart(day in 0..60_000_i32, weeks in 1..=12_i32) {
            let first = date(2000, 1, 1).checked_add(Span::new().days(day)).expect("in range");
            let dates = weekly_dates(first, weeks);
            prop_assert_eq!(dates.len(), usize::try_from(weeks).expect("positive"));
            for pair in dates.windows(2) {
                prop_assert_eq!(pair[0].weekday(), pair[1].weekday());
                prop_assert_eq!(pair[0].until(pair[1]).expect("in range").get_days(), 7);
            }
        }

        /// BOOK-21: whichever instances exist read back at the local time that was asked for.
        #[test]
        fn instances_keep_their_local_time(day in 0..3_650_i32, minutes in 0..1_380_i32,
            zone in prop::sample::select(vec!["Europe/Athens", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])) {
            let first = date(2024, 1, 1).checked_add(Span::new().days(day)).expect("in range");
            let start = TimeOfDay::from_minutes(minutes).expect("within the day");
            for (_, time) in shown(first, &start.to_string(), 12, zone) {
                prop_assert_eq!(time, start.to_string());
            }
        }
    }
}
