//! When a holiday is: every year on one date, so many days from Easter, or once (HOL-04). Knows no hours and no courts.

use std::fmt;
use std::str::FromStr;

use contracts::local_date::LocalDate;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::easter::orthodox_easter;

/// The offsets whose date is always in the year of its Easter.
pub const EASTER_OFFSETS: std::ops::RangeInclusive<i16> = -90..=230;
/// A leap year, in which every day of a year exists.
const LEAP_YEAR: i16 = 2000;

/// When a holiday begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatePattern {
    /// The same day every year; 29 February only where it exists.
    Fixed {
        /// 1 to 12.
        month: i8,
        /// A day that the month has in a leap year.
        day: i8,
    },
    /// Days after Orthodox Easter, before it when negative.
    EasterOffset(i16),
    /// Once.
    On(Date),
}

/// A text that is no [`DatePattern`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected FIXED:MM-DD, EASTER_OFFSET:N or DATE:YYYY-MM-DD")]
pub struct NotAPattern;

impl DatePattern {
    /// The day that this date is every year.
    #[must_use]
    pub fn yearly(date: Date) -> Self {
        Self::Fixed { month: date.month(), day: date.day() }
    }

    /// So many days from Easter; `None` when that can lie in another year than Easter.
    #[must_use]
    pub fn from_easter(days: i16) -> Option<Self> {
        EASTER_OFFSETS.contains(&days).then_some(Self::EasterOffset(days))
    }

    /// Its date in a year, if it has one there.
    #[must_use]
    pub fn date_in(self, year: i16) -> Option<Date> {
        match self {
            Self::Fixed { month, day } => Date::new(year, month, day).ok(),
            Self::EasterOffset(days) => orthodox_easter(year)?.checked_add(i32::from(days).days()).ok(),
            Self::On(date) => (date.year() == year).then_some(date),
        }
    }

    /// Whether it comes again.
    #[must_use]
    pub fn is_recurring(self) -> bool {
        !matches!(self, Self::On(_))
    }
}

impl fmt::Display for DatePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed { month, day } => write!(formatter, "FIXED:{month:02}-{day:02}"),
            Self::EasterOffset(days) => write!(formatter, "EASTER_OFFSET:{days}"),
            Self::On(date) => write!(formatter, "DATE:{date}"),
        }
    }
}

impl FromStr for DatePattern {
    type Err = NotAPattern;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = read(text).ok_or(NotAPattern)?;
        // One spelling each: no signs, zeros or spaces beyond what is printed.
        if read.to_string() == text { Ok(read) } else { Err(NotAPattern) }
    }
}

fn read(text: &str) -> Option<DatePattern> {
    match text.split_once(':')? {
        ("FIXED", day) => {
            let (month, day) = day.split_once('-')?;
            let date = Date::new(LEAP_YEAR, month.parse().ok()?, day.parse().ok()?).ok()?;
            Some(DatePattern::yearly(date))
        }
        ("EASTER_OFFSET", days) => DatePattern::from_easter(days.parse().ok()?),
        ("DATE", date) => Some(DatePattern::On(date.parse::<LocalDate>().ok()?.date())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn pattern(text: &str) -> DatePattern {
        text.parse().expect("a pattern")
    }

    /// HOL-01, HOL-02: the thirteen national days of 2026.
    #[test]
    fn national_patterns_have_their_dates() {
        for (text, expected) in [
            ("FIXED:01-01", date(2026, 1, 1)),
            ("FIXED:01-06", date(2026, 1, 6)),
            ("EASTER_OFFSET:-48", date(2026, 2, 23)),
            ("FIXED:03-25", date(2026, 3, 25)),
            ("EASTER_OFFSET:-2", date(2026, 4, 10)),
            ("EASTER_OFFSET:0", date(2026, 4, 12)),
            ("EASTER_OFFSET:1", date(2026, 4, 13)),
            ("FIXED:05-01", date(2026, 5, 1)),
            ("EASTER_OFFSET:50", date(2026, 6, 1)),
            ("FIXED:08-15", date(2026, 8, 15)),
            ("FIXED:10-28", date(2026, 10, 28)),
            ("FIXED:12-25", date(2026, 12, 25)),
            ("FIXED:12-26", date(2026, 12, 26)),
        ] {
            assert_eq!(pattern(text).date_in(2026), Some(expected), "{text}");
        }
    }

    /// HOL-04: 29 February only in leap years, a single date only in its year.
    #[test]
    fn some_years_have_no_such_date() {
        let leap = pattern("FIXED:02-29");
        assert_eq!(leap.date_in(2028), Some(date(2028, 2, 29)));
        assert_eq!([2026, 2027, 2100].map(|year| leap.date_in(year)), [None; 3]);
        let once = pattern("DATE:2026-07-14");
        assert_eq!((once.date_in(2026), once.date_in(2027)), (Some(date(2026, 7, 14)), None));
        assert!(!once.is_recurring());
        assert!(leap.is_recurring());
    }

    /// HOL-04: anything else is refused.
    #[test]
    fn other_texts_are_refused() {
        for wrong in [
            "",
            ":",
            "FIXED",
            "FIXED:",
            "FIXED:1-1",
            "FIXED:02-30",
            "FIXED:13-01",
            "FIXED:00-10",
            "FIXED:-1-05",
            "FIXED:+1-05",
            "FIXED:01-01 ",
            " FIXED:01-01",
            "fixed:01-01",
            "FIXED:01-01-01",
            "EASTER_OFFSET:",
            "EASTER_OFFSET:+1",
            "EASTER_OFFSET:01",
            "EASTER_OFFSET:-0",
            "EASTER_OFFSET:-91",
            "EASTER_OFFSET:231",
            "EASTER_OFFSET:1.5",
            "EASTER_OFFSET:99999",
            "DATE:2026-02-29",
            "DATE:2026-2-1",
            "DATE:1999-12-31",
            "DATE:2026-07-14T10:00",
            "WEEKLY:MONDAY",
            "FIXED:٠١-٠١",
        ] {
            assert_eq!(wrong.parse::<DatePattern>(), Err(NotAPattern), "{wrong}");
        }
    }

    proptest! {
        /// HOL-04: a pattern is read back from what it prints, and its date lies in the asked year.
        #[test]
        fn patterns_survive_their_text(days in EASTER_OFFSETS, year in 2000_i16..=2199, month in 1_i8..=12, day in 1_i8..=28) {
            let fixed = DatePattern::yearly(date(year, month, day));
            let moving = DatePattern::from_easter(days).expect("within bounds");
            for known in [fixed, moving, DatePattern::On(date(year, month, day))] {
                prop_assert_eq!(known.to_string().parse(), Ok(known));
                prop_assert_eq!(known.date_in(year).expect("a date").year(), year);
            }
        }

        #[test]
        fn text_of_any_kind_never_panics(text in ".*", tail in ".*") {
            let _ = text.parse::<DatePattern>();
            for kind in ["FIXED", "EASTER_OFFSET", "DATE"] {
                let _ = format!("{kind}:{tail}").parse::<DatePattern>();
            }
        }
    }
}
