//! The slot of a booking: court-local date and times, and the instants they mean (BOOK-20 to BOOK-23).
//!
//! Local times are the truth ("10:00 stays 10:00"); the instants are worked out once, when the row is written.

use contracts::court::TimeOfDay;
use jiff::{
    Timestamp,
    civil::Date,
    tz::{AmbiguousOffset, TimeZone},
};
use thiserror::Error;

/// A slot on one court: `start` to `end` on `date`, in the court's zone, and the instants those mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Court-local date; a booking ends on the date it starts (BOOK-23).
    pub date: Date,
    /// Court-local start.
    pub start: TimeOfDay,
    /// Court-local end, after the start.
    pub end: TimeOfDay,
    /// Length by the court's clock, in minutes.
    pub duration_minutes: i32,
    /// IANA name of the court's zone.
    pub timezone: String,
    /// The instant of `start`.
    pub starts_at: Timestamp,
    /// The instant of `end`.
    pub ends_at: Timestamp,
}

/// Why a date and time on a court are no slot.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SlotError {
    /// BOOK-12: the length is not a whole multiple of the court's.
    #[error("{requested} minutes is no whole multiple of the court's {court_minutes}")]
    DurationMismatch {
        /// What was asked for.
        requested: i32,
        /// The court's own length.
        court_minutes: i32,
    },
    /// BOOK-23: the end would lie on the next date.
    #[error("the slot ends after midnight")]
    EndsNextDay,
    /// BOOK-22: the clock never shows this time on this date.
    #[error("{time} does not exist on {date} in {timezone}")]
    SkippedHour {
        /// The court-local date.
        date: Date,
        /// The time the clock jumps over.
        time: TimeOfDay,
        /// The court's zone.
        timezone: String,
    },
    /// The date lies outside what instants can say.
    #[error("the date is out of range")]
    OutOfRange,
    /// The court's zone is not in the zone database: a fault of stored data, not of the caller.
    #[error("unknown time zone {0}")]
    UnknownTimezone(String),
}

impl Slot {
    /// Works out the slot that starts at `start` on `date` and lasts `duration_minutes`.
    ///
    /// # Errors
    /// See [`SlotError`].
    pub fn resolve(date: Date, start: TimeOfDay, duration_minutes: i32, timezone: &str) -> Result<Self, SlotError> {
        let zone = zone(timezone)?;
        let end = match start.checked_add_minutes(duration_minutes) {
            Some(end) if end > start => end,
            _ => return Err(SlotError::EndsNextDay),
        };
        Ok(Self {
            date,
            start,
            end,
            duration_minutes,
            timezone: timezone.to_owned(),
            starts_at: instant(date, start, &zone, timezone)?,
            ends_at: instant(date, end, &zone, timezone)?,
        })
    }
}

/// The length a customer asked for, checked against the court's (BOOK-12).
///
/// # Errors
/// [`SlotError::DurationMismatch`] unless it is a positive whole multiple.
pub fn duration_on_court(requested: Option<i32>, court_minutes: i32) -> Result<i32, SlotError> {
    match requested {
        None => Ok(court_minutes),
        Some(minutes) if minutes > 0 && court_minutes > 0 && minutes % court_minutes == 0 => Ok(minutes),
        Some(requested) => Err(SlotError::DurationMismatch { requested, court_minutes }),
    }
}

/// The date it is at `now` where the court stands.
///
/// # Errors
/// [`SlotError::UnknownTimezone`].
pub fn local_date(now: Timestamp, timezone: &str) -> Result<Date, SlotError> {
    Ok(now.to_zoned(zone(timezone)?).date())
}

fn zone(timezone: &str) -> Result<TimeZone, SlotError> {
    TimeZone::get(timezone).map_err(|_| SlotError::UnknownTimezone(timezone.to_owned()))
}

/// The instant a wall clock shows `time`. Of a repeated hour the first occurrence is meant; a skipped one has none.
fn instant(date: Date, time: TimeOfDay, zone: &TimeZone, timezone: &str) -> Result<Timestamp, SlotError> {
    let local = zone.to_ambiguous_zoned(date.to_datetime(time.time()));
    if matches!(local.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(SlotError::SkippedHour { date, time, timezone: timezone.to_owned() });
    }
    local.earlier().map(|zoned| zoned.timestamp()).map_err(|_| SlotError::OutOfRange)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> TimeOfDay {
        text.parse().expect("a literal time")
    }

    fn athens(day: Date, start: &str, minutes: i32) -> Result<Slot, SlotError> {
        Slot::resolve(day, at(start), minutes, "Europe/Athens")
    }

    /// BOOK-22: in Athens the clock jumps from 03:00 to 04:00 on 29 March 2026; start and end are both checked.
    #[test]
    fn a_skipped_hour_is_refused_at_either_end() {
        let spring = date(2026, 3, 29);
        assert!(matches!(athens(spring, "03:30", 60), Err(SlotError::SkippedHour { .. })));
        assert!(matches!(athens(spring, "02:00", 90), Err(SlotError::SkippedHour { .. })));
        let across = athens(spring, "02:00", 180).expect("both ends exist");
        assert_eq!(across.ends_at.duration_since(across.starts_at), SignedDuration::from_hours(2));
        assert!(athens(spring, "04:00", 60).is_ok());
    }

    /// BOOK-22: in a repeated hour the first occurrence is meant.
    #[test]
    fn a_repeated_hour_means_its_first_occurrence() {
        let autumn = athens(date(2026, 10, 25), "03:30", 60).expect("exists twice");
        assert_eq!(autumn.starts_at, "2026-10-25T00:30:00Z".parse().expect("a literal instant"));
        // The end, 04:30, exists once and lies after the second 03:30.
        assert_eq!(autumn.ends_at, "2026-10-25T02:30:00Z".parse().expect("a literal instant"));
    }

    /// BOOK-21: ten o'clock stays ten o'clock on both sides of a clock change.
    #[test]
    fn ten_o_clock_stays_ten_o_clock() {
        let winter = athens(date(2026, 3, 28), "10:00", 60).expect("exists");
        let summer = athens(date(2026, 3, 29), "10:00", 60).expect("exists");
        assert_eq!(summer.starts_at.duration_since(winter.starts_at), SignedDuration::from_hours(23));
        assert_eq!(winter.start, summer.start);
    }

    /// BOOK-23: a booking ends on the date it starts.
    #[test]
    fn a_slot_does_not_cross_midnight() {
        let day = date(2026, 6, 1);
        assert_eq!(athens(day, "23:30", 60), Err(SlotError::EndsNextDay));
        assert_eq!(athens(day, "23:00", 60), Err(SlotError::EndsNextDay));
        assert!(athens(day, "22:59", 60).is_ok());
        assert_eq!(athens(day, "10:00", i32::MAX), Err(SlotError::EndsNextDay));
        assert_eq!(athens(day, "10:00", -60), Err(SlotError::EndsNextDay));
    }

    /// BOOK-12: whole multiples of the court's length only.
    #[test]
    fn a_length_is_a_whole_multiple() {
        assert_eq!(duration_on_court(None, 90), Ok(90));
        assert_eq!(duration_on_court(Some(180), 90), Ok(180));
        for refused in [0, -90, 60, 91, i32::MIN] {
            assert!(duration_on_court(Some(refused), 90).is_err(), "{refused}");
        }
    }

    #[test]
    fn absurd_dates_are_errors_not_panics() {
        for day in [Date::MIN, Date::MAX] {
            for start in ["00:00", "10:00", "22:00"] {
                let _ = athens(day, start, 60);
            }
        }
        assert!(matches!(
            Slot::resolve(date(2026, 1, 1), at("10:00"), 60, "Nowhere/Atall"),
            Err(SlotError::UnknownTimezone(_))
        ));
    }

    proptest! {
        /// BOOK-20: every slot that resolves is a forward range which reads back as the local times it came from.
        #[test]
        fn instants_read_back_as_local_times(day in 0..3_650_i32, start in 0..1_440_i32, minutes in 1..600_i32,
            zone_name in prop::sample::select(vec!["Europe/Athens", "America/New_York", "Australia/Lord_Howe", "UTC"])) {
            let day = date(2024, 1, 1).checked_add(jiff::Span::new().days(day)).expect("in range");
            let start = TimeOfDay::from_minutes(start).expect("within the day");
            if let Ok(slot) = Slot::resolve(day, start, minutes, zone_name) {
                prop_assert!(slot.starts_at < slot.ends_at);
                let zone = TimeZone::get(zone_name).expect("known");
                let local_start = slot.starts_at.to_zoned(zone.clone());
                let local_end = slot.ends_at.to_zoned(zone);
                prop_assert_eq!((local_start.date(), TimeOfDay::from_time(local_start.time())), (slot.date, slot.start));
                prop_assert_eq!((local_end.date(), TimeOfDay::from_time(local_end.time())), (slot.date, slot.end));
            }
        }
    }
}
