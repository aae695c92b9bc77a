//! Days of the week between three spellings: jiff's, the wire's and the database's text.

use contracts::court::DayOfWeek;
use jiff::civil::Weekday;
use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

/// The day as jiff counts it.
#[must_use]
pub fn weekday_of(day: DayOfWeek) -> Weekday {
    match day {
        DayOfWeek::Monday => Weekday::Monday,
        DayOfWeek::Tuesday => Weekday::Tuesday,
        DayOfWeek::Wednesday => Weekday::Wednesday,
        DayOfWeek::Thursday => Weekday::Thursday,
        DayOfWeek::Friday => Weekday::Friday,
        DayOfWeek::Saturday => Weekday::Saturday,
        DayOfWeek::Sunday => Weekday::Sunday,
    }
}

/// The text of a day in the database.
#[must_use]
pub fn text_of_weekday(weekday: Weekday) -> &'static str {
    DayOfWeek::from(weekday).as_str()
}

/// The day behind a text of the database.
#[must_use]
pub fn weekday_of_text(text: &str) -> Option<Weekday> {
    text.parse().ok().map(weekday_of)
}

/// Writes a day as the wire spells it; for `#[serde(with)]`.
///
/// # Errors
/// What `serializer` answers.
pub fn serialize<S: Serializer>(weekday: &Weekday, serializer: S) -> Result<S::Ok, S::Error> {
    DayOfWeek::from(*weekday).serialize(serializer)
}

/// Reads a day as the wire spells it; for `#[serde(with)]`.
///
/// # Errors
/// When it is no day.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Weekday, D::Error> {
    DayOfWeek::deserialize(deserializer).map(weekday_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_survives_the_way_to_the_database() {
        for &day in DayOfWeek::ALL {
            let weekday = weekday_of(day);
            assert_eq!(DayOfWeek::from(weekday), day);
            assert_eq!(weekday_of_text(text_of_weekday(weekday)), Some(weekday));
        }
    }
}
