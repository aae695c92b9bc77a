//! The calendar of an owner's blocks: courts that share a date, a holiday and its hours stand in one entry (HOL-45).

use std::collections::BTreeMap;

use contracts::court::BlockSource;
use contracts::ids::{CourtId, HolidayId};
use jiff::civil::{Date, Time};

use crate::availability::domain::BlockedTime;
use crate::courts::domain::fold;

/// One block of one court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRow {
    /// Its date.
    pub date: Date,
    /// Its court.
    pub court: CourtId,
    /// The court's name.
    pub court_name: String,
    /// The holiday that made it, while it exists.
    pub holiday: Option<HolidayId>,
    /// Name of the holiday, or why the owner blocked it.
    pub reason: String,
    /// Where it comes from.
    pub source: BlockSource,
    /// Its hours.
    pub time: BlockedTime,
    /// Customers have bookings on that court and date.
    pub has_bookings: bool,
}

/// What several courts have in common on a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The date.
    pub date: Date,
    /// The courts, by name.
    pub courts: Vec<(CourtId, String)>,
    /// The holiday, while it exists.
    pub holiday: Option<HolidayId>,
    /// Name of the holiday, or why the owner blocked it.
    pub reason: String,
    /// Where the blocks come from.
    pub source: BlockSource,
    /// Their hours.
    pub time: BlockedTime,
    /// HOL-47: customers have bookings that day on one of the courts.
    pub has_bookings: bool,
}

type Key = (Date, Option<(Time, Time)>, BlockSource, Option<HolidayId>, String);

/// Puts together what belongs together, by date, whole days first.
#[must_use]
pub fn merged(rows: Vec<CalendarRow>) -> Vec<Entry> {
    let mut entries: BTreeMap<Key, Entry> = BTreeMap::new();
    for row in rows {
        let hours = match row.time {
            BlockedTime::WholeDay => None,
            BlockedTime::Part { start, end } => Some((start, end)),
        };
        let key = (row.date, hours, row.source, row.holiday, row.reason.clone());
        let entry = entries.entry(key).or_insert_with(|| Entry {
            date: row.date,
            courts: Vec::new(),
            holiday: row.holiday,
            reason: row.reason,
            source: row.source,
            time: row.time,
            has_bookings: false,
        });
        entry.courts.push((row.court, row.court_name));
        entry.has_bookings |= row.has_bookings;
    }
    let mut entries: Vec<Entry> = entries.into_values().collect();
    for entry in &mut entries {
        entry.courts.sort_by_cached_key(|(court, name)| (fold(name), *court));
    }
    entries
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use uuid::Uuid;

    use super::*;

    fn row(court: u128, name: &str) -> CalendarRow {
        CalendarRow {
            date: date(2026, 12, 25),
            court: CourtId(Uuid::from_u128(court)),
            court_name: name.to_owned(),
            holiday: Some(HolidayId(Uuid::from_u128(1))),
            reason: "Χριστούγεννα".to_owned(),
            source: BlockSource::HolidayNational,
            time: BlockedTime::WholeDay,
            has_bookings: false,
        }
    }

    /// HOL-45, HOL-47: one entry per date and holiday, with all its courts; bookings on one court mark it.
    #[test]
    fn courts_of_one_holiday_share_an_entry() {
        let hours = BlockedTime::Part { start: time(8, 0, 0, 0), end: time(10, 0, 0, 0) };
        let rows = vec![
            CalendarRow { has_bookings: true, ..row(2, "Β") },
            CalendarRow { time: hours, ..row(3, "Γ") },
            row(1, "Α"),
            CalendarRow { source: BlockSource::Manual, holiday: None, ..row(4, "Δ") },
        ];
        let entries = merged(rows);
        let courts: Vec<Vec<&str>> =
            entries.iter().map(|entry| entry.courts.iter().map(|(_, name)| name.as_str()).collect()).collect();
        assert_eq!(courts, [vec!["Δ"], vec!["Α", "Β"], vec!["Γ"]]);
        assert_eq!(entries.iter().map(|entry| entry.has_bookings).collect::<Vec<_>>(), [false, true, false]);
    }
}
