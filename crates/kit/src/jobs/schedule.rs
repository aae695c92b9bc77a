//! When a schedule fires. Pure: a cron expression, a zone, and the instant that is asked about.
//!
//! A job at a fixed time of day fires once on days when the clock is changed, also when its time is skipped or repeated;
//! one that repeats every so many minutes follows elapsed time.

use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset as _};
use croner::Cron;
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// A cron expression in a time zone.
#[derive(Debug, Clone)]
pub struct Schedule {
    cron: Cron,
    zone: Zone,
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
        Ok(Self { cron, zone: Zone(zone) })
    }

    /// The last time it fired at or before `now`; `None` when there is none within the years a search covers.
    #[must_use]
    pub fn latest(&self, now: Timestamp) -> Option<Timestamp> {
        self.cron.find_previous_occurrence(&self.local(now)?, true).ok().and_then(|fired| instant(&fired))
    }

    /// The next time it fires after `now`.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        self.cron.find_next_occurrence(&self.local(now)?, false).ok().and_then(|fires| instant(&fires))
    }

    fn local(&self, instant: Timestamp) -> Option<DateTime<Zone>> {
        let utc = DateTime::from_timestamp(instant.as_second(), 0)?;
        Some(utc.with_timezone(&self.zone))
    }
}

fn instant(time: &DateTime<Zone>) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}

/// A jiff zone in the clothes croner asks for, so that the workspace has one time zone database.
#[derive(Debug, Clone)]
struct Zone(TimeZone);

#[derive(Debug, Clone)]
struct ZoneOffset {
    zone: Zone,
    offset: FixedOffset,
}

impl chrono::Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl Zone {
    fn offset(&self, offset: jiff::tz::Offset) -> Option<ZoneOffset> {
        Some(ZoneOffset { zone: self.clone(), offset: FixedOffset::east_opt(offset.seconds())? })
    }
}

impl chrono::TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone.clone()
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        // The wall clock's reading as if it were UTC: the same reading in jiff's terms.
        let Ok(reading) = Timestamp::from_second(local.and_utc().timestamp()) else { return MappedLocalTime::None };
        let civil = TimeZone::UTC.to_datetime(reading);
        match self.0.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => {
                self.offset(offset).map_or(MappedLocalTime::None, MappedLocalTime::Single)
            }
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => match (self.offset(before), self.offset(after)) {
                (Some(before), Some(after)) => MappedLocalTime::Ambiguous(before, after),
                _ => MappedLocalTime::None,
            },
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        let offset = Timestamp::from_second(utc.and_utc().timestamp())
            .ok()
            .and_then(|instant| self.offset(self.0.to_offset(instant)));
        // Beyond the years that jiff knows there are no zone rules to follow.
        offset.unwrap_or_else(|| ZoneOffset { zone: self.clone(), offset: chrono::Utc.fix() })
    }
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
        assert_eq!(firings("30 3 * * *", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z").len(), 1);
        assert_eq!(firings("30 3 * * *", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z").len(), 1);
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
