//! When a schedule fires. Pure: a cron expression, a zone, and the instant that is asked about.
//!
//! A job at a fixed time of day fires once on days when the clock is changed, also when its time is skipped or repeated;
//! one that repeats every so many minutes follows elapsed time. The cron library only ever sees readings of the wall
//! clock; what instant a reading means is decided here, with the one time zone database of the workspace.

use chrono::{DateTime, Utc};
use croner::{Cron, JobType};
use jiff::civil;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A cron expression in a time zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: TimeZone,
}

/// Why a text is no schedule.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// Not a cron expression.
    #[error("{0:?} is not a cron expression: {1}")]
    Expression(String, String),
    /// Not in the time zone database.
    #[error("{0:?} is not a time zone")]
    Zone(String),
}

impl Schedule {
    /// Reads a cron expression of five fields (`minute hour day month weekday`) in an IANA zone.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn parse(expression: &str, zone: &str) -> Result<Self, ScheduleError> {
        let cron = expression
            .parse::<Cron>()
            .map_err(|error| ScheduleError::Expression(expression.to_owned(), error.to_string()))?;
        let zone = TimeZone::get(zone).map_err(|_| ScheduleError::Zone(zone.to_owned()))?;
        Ok(Self { cron, zone })
    }

    /// The last time it fired at or before `now`; `None` when there is none within the years a search covers.
    #[must_use]
    pub fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        let now = Timestamp::from_second(now.as_second()).ok()?;
        if self.is_at_fixed_time() {
            let mut reading = self.reading_before(self.zone.to_datetime(now) + DAY, true)?;
            while self.first_instant(reading)? > now {
                reading = self.reading_before(reading, false)?;
            }
            return self.first_instant(reading);
        }
        let mut until = now;
        loop {
            // Within one offset, readings and instants run side by side.
            let offset = self.zone.to_offset(until);
            let fired = offset.to_timestamp(self.reading_before(offset.to_datetime(until), true)?).ok()?;
            match self.zone.preceding(until + SECOND).next() {
                Some(change) if fired < change.timestamp() => until = change.timestamp() - SECOND,
                _ => return Some(fired),
            }
        }
    }

    /// The next time it fires after `now`.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let now = Timestamp::from_second(now.as_second()).ok()?;
        if self.is_at_fixed_time() {
            let mut reading = self.reading_after(self.zone.to_datetime(now) - DAY, true)?;
            while self.first_instant(reading)? <= now {
                reading = self.reading_after(reading, false)?;
            }
            return self.first_instant(reading);
        }
        let mut from = now + SECOND;
        loop {
            let offset = self.zone.to_offset(from);
            let fires = offset.to_timestamp(self.reading_after(offset.to_datetime(from), true)?).ok()?;
            match self.zone.following(from).next() {
                Some(change) if fires >= change.timestamp() => from = change.timestamp(),
                _ => return Some(fires),
            }
        }
    }

    fn is_at_fixed_time(&self) -> bool {
        self.cron.determine_job_type() == JobType::FixedTime
    }

    /// A skipped reading means the instant as long after midnight as on other days, a repeated one its first instant.
    fn first_instant(&self, reading: civil::DateTime) -> Option<Timestamp> {
        self.zone.to_ambiguous_timestamp(reading).compatible().ok()
    }

    fn reading_before(&self, reading: civil::DateTime, inclusive: bool) -> Option<civil::DateTime> {
        undress(&self.cron.find_previous_occurrence(&dress(reading)?, inclusive).ok()?)
    }

    fn reading_after(&self, reading: civil::DateTime, inclusive: bool) -> Option<civil::DateTime> {
        undress(&self.cron.find_next_occurrence(&dress(reading)?, inclusive).ok()?)
    }
}

const SECOND: SignedDuration = SignedDuration::from_secs(1);
/// No clock is changed by more than this.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A reading of a wall clock in the type the cron library asks for: as if the clock hung in Greenwich.
fn dress(reading: civil::DateTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(TimeZone::UTC.to_timestamp(reading).ok()?.as_second(), 0)
}

fn undress(reading: &DateTime<Utc>) -> Option<civil::DateTime> {
    Some(TimeZone::UTC.to_datetime(Timestamp::from_second(reading.timestamp()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a literal instant")
    }

    fn firings(expression: &str, from: &str, until: &str) -> Vec<String> {
        let schedule = Schedule::parse(expression, "Europe/Athens").expect("valid");
        std::iter::successors(schedule.next(at(from)), |fired| schedule.next(*fired))
            .take_while(|fired| *fired <= at(until))
            .map(|fired| fired.to_string())
            .collect()
    }

    #[test]
    fn a_daily_time_follows_the_wall_clock() {
        assert_eq!(
            firings("0 9 * * *", "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z"),
            ["2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z", "2026-03-30T06:00:00Z"]
        );
    }

    #[test]
    fn a_skipped_time_fires_once_and_a_repeated_one_too() {
        // On 29 March 2026 Athens goes from 03:00 to 04:00, on 25 October from 04:00 back to 03:00.
        assert_eq!(firings("30 3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), ["2026-03-29T01:30:00Z"]);
        assert_eq!(firings("30 3 * * *", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), ["2026-10-25T00:30:00Z"]);
    }

    proptest::proptest! {
        /// Looking back and looking ahead agree, in every hour of the year and around both changes of the clock.
        #[test]
        fn looking_back_finds_what_looking_ahead_promised(
            expression in proptest::sample::select(vec![
                "30 3 * * *", "0 3 * * *", "59 23 * * 0", "0 9 1 * *", "*/30 * * * *", "*/7 3 * * *", "0 */6 * * *",
            ]),
            start in proptest::prop_oneof![
                at("2026-01-01T00:00:00Z").as_second()..at("2027-01-01T00:00:00Z").as_second(),
                at("2026-03-28T20:00:00Z").as_second()..at("2026-03-29T06:00:00Z").as_second(),
                at("2026-10-24T20:00:00Z").as_second()..at("2026-10-25T06:00:00Z").as_second(),
            ],
        ) {
            let schedule = Schedule::parse(expression, "Europe/Athens").expect("valid");
            let now = Timestamp::from_second(start).expect("in range");
            let next = schedule.next(now).expect("it fires again");
            proptest::prop_assert!(next > now);
            proptest::prop_assert_eq!(schedule.latest(next), Some(next));
            let latest = schedule.latest(now).expect("it has fired");
            proptest::prop_assert!(latest <= now);
            proptest::prop_assert_eq!(schedule.latest(next - SECOND), Some(latest));
            proptest::prop_assert_eq!(schedule.next(latest), Some(next));
        }
    }

    #[test]
    fn a_repetition_follows_elapsed_time_through_the_repeated_hour() {
        let fired = firings("*/30 * * * *", "2026-10-24T23:59:00Z", "2026-10-25T02:01:00Z");
        assert_eq!(
            fired,
            [
                "2026-10-25T00:00:00Z",
                "2026-10-25T00:30:00Z",
                "2026-10-25T01:00:00Z",
                "2026-10-25T01:30:00Z",
                "2026-10-25T02:00:00Z"
            ]
        );
    }

    #[test]
    fn the_latest_firing_includes_now() {
        let schedule = Schedule::parse("*/5 * * * *", "UTC").expect("valid");
        assert_eq!(schedule.latest(at("2026-03-01T10:04:59Z")), Some(at("2026-03-01T10:00:00Z")));
        assert_eq!(schedule.latest(at("2026-03-01T10:05:00Z")), Some(at("2026-03-01T10:05:00Z")));
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(matches!(Schedule::parse("at noon", "UTC"), Err(ScheduleError::Expression(..))));
        assert!(matches!(Schedule::parse("* * * * *", "Atlantis"), Err(ScheduleError::Zone(_))));
    }
}
