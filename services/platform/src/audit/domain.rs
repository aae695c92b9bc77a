//! Which rows of the audit log somebody asks for. No storage, no HTTP.

use contracts::ids::UserId;
use contracts::local_date::LocalDate;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Zone whose days `from` and `to` are: the one of the platform (COURT-08).
const ZONE: &str = "Europe/Athens";

/// A question to the log; absent parts do not narrow it (OWN-38).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Whose log; everyone's for admins who name nobody.
    pub owner: Option<UserId>,
    /// First instant.
    pub since: Option<Timestamp>,
    /// First instant that is too late.
    pub before: Option<Timestamp>,
    /// Any of these actions.
    pub actions: Option<Vec<String>>,
    /// Any of these kinds of resources.
    pub resource_types: Option<Vec<String>>,
    /// Oldest first instead of newest first.
    pub oldest_first: bool,
}

/// The instants between which whole days lie, the last one included. A clock change at midnight is no day's end here.
#[must_use]
pub fn days(from: Option<LocalDate>, to: Option<LocalDate>) -> (Option<Timestamp>, Option<Timestamp>) {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let begin_of = |date: jiff::civil::Date| date.to_zoned(zone.clone()).ok().map(|begin| begin.timestamp());
    let since = from.and_then(|from| begin_of(from.date()));
    let before = to.and_then(|to| begin_of(to.date().saturating_add(1.day())));
    (since, before)
}

/// The names in a comma-separated list; none when there are none in it.
#[must_use]
pub fn names(list: Option<&str>) -> Option<Vec<String>> {
    let names: Vec<String> =
        list?.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}

/// Whether a text can be the name of an action or of a kind of resource.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OWN-38: both ends are whole days of Athens, in summer and in winter.
    #[test]
    fn days_are_whole() {
        let date = |text: &str| Some(text.parse::<LocalDate>().expect("a date"));
        let (since, before) = days(date("2026-05-04"), date("2026-05-04"));
        assert_eq!(since.map(|at| at.to_string()), Some("2026-05-03T21:00:00Z".to_owned()));
        assert_eq!(before.map(|at| at.to_string()), Some("2026-05-04T21:00:00Z".to_owned()));
        let (since, before) = days(date("2026-12-31"), None);
        assert_eq!(since.map(|at| at.to_string()), Some("2026-12-30T22:00:00Z".to_owned()));
        assert_eq!(before, None);
    }

    /// OWN-38: lists are separated by commas; blanks and empty parts do not count.
    #[test]
    fn lists_are_read() {
        assert_eq!(names(Some("A, B,,")), Some(vec!["A".to_owned(), "B".to_owned()]));
        assert_eq!(names(Some(" , ")), None);
        assert_eq!(names(None), None);
    }
}
