//! A calendar date as clients write it: `YYYY-MM-DD`, and only dates that a court's calendar can reasonably be asked
//! about. Later date arithmetic can therefore neither panic nor leave what zones and the database know. Zones and clocks
//! are no business of this module.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// First date that anything can be planned on.
const FIRST: Date = date(2000, 1, 1);
/// Last date that anything can be planned on; beyond it neither zones nor people know what the clock will say.
const LAST: Date = date(2199, 12, 31);

/// A court-local date between 2000-01-01 and 2199-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, format = Date, example = "2026-11-21")]
pub struct LocalDate(Date);

/// A text that is no [`LocalDate`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a date YYYY-MM-DD between 2000-01-01 and 2199-12-31")]
pub struct NotALocalDate;

impl LocalDate {
    /// Whether a date is one that a calendar can reasonably ask about; everything else is a client's mistake.
    #[must_use]
    pub fn is_in_range(date: Date) -> bool {
        (FIRST..=LAST).contains(&date)
    }

    /// The date itself.
    #[must_use]
    pub fn date(self) -> Date {
        self.0
    }
}

impl From<Date> for LocalDate {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl From<LocalDate> for Date {
    fn from(date: LocalDate) -> Self {
        date.0
    }
}

impl fmt::Display for LocalDate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for LocalDate {
    type Err = NotALocalDate;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The parser of jiff also takes times, zones and other spellings behind a date; a date here has ten characters.
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let date: Date = if shape { text.parse().map_err(|_| NotALocalDate)? } else { return Err(NotALocalDate) };
        if Self::is_in_range(date) { Ok(Self(date)) } else { Err(NotALocalDate) }
    }
}

impl Serialize for LocalDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalDate {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_plain_plannable_dates_are_read() {
        assert_eq!("2026-02-28".parse::<LocalDate>().map(|date| date.to_string()), Ok("2026-02-28".to_owned()));
        for refused in [
            "2026-02-29",
            "-009999-01-01",
            "9999-12-31",
            "1999-12-31",
            "2200-01-01",
            "20260228",
            "2026-02-28T10:00",
            "2026-W09-6",
            "2026-2-8",
            " 2026-02-28",
            "",
            "2026-13-01",
            "٢٠٢٦-٠٢-٢٨",
        ] {
            assert_eq!(refused.parse::<LocalDate>(), Err(NotALocalDate), "{refused}");
        }
    }

    proptest! {
        #[test]
        fn text_of_any_kind_never_panics(text in ".*") {
            let _ = text.parse::<LocalDate>();
        }
    }
}
