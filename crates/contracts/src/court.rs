//! Words about courts and their local time: kinds of court, weekdays, the time of day as the wire writes it, slot
//! states.
//!
//! A time here has no date and no zone; the court's zone and the date stand beside it (BOOK-20).

use std::{fmt, str::FromStr};

use jiff::civil::{Time, Weekday};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire_text::{UnknownText, wire_text};

/// The sport a court is made for (COURT-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum CourtType {
    /// Tennis.
    Tennis,
    /// Padel.
    Padel,
    /// Basketball.
    Basketball,
    /// Football, five a side.
    #[serde(rename = "FOOTBALL_5X5")]
    Football5x5,
}

wire_text!(CourtType {
    Tennis => "TENNIS",
    Padel => "PADEL",
    Basketball => "BASKETBALL",
    Football5x5 => "FOOTBALL_5X5",
});

/// Under a roof or not (COURT-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum LocationType {
    /// Under a roof.
    Indoor,
    /// In the open, so weather matters.
    Outdoor,
}

wire_text!(LocationType { Indoor => "INDOOR", Outdoor => "OUTDOOR" });

/// Whether a paid booking stands at once or waits for the owner (COURT-35).
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum ConfirmationMode {
    /// Charged and confirmed at once.
    #[default]
    Instant,
    /// Authorised, then confirmed or rejected by the owner.
    Manual,
}

wire_text!(ConfirmationMode { Instant => "INSTANT", Manual => "MANUAL" });

/// Where a dated block of a court comes from (HOL-25, HOL-46).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum BlockSource {
    /// The owner blocked it by hand.
    Manual,
    /// A national holiday.
    HolidayNational,
    /// One of the owner's own holidays.
    HolidayCustom,
}

wire_text!(BlockSource {
    Manual => "MANUAL",
    HolidayNational => "HOLIDAY_NATIONAL",
    HolidayCustom => "HOLIDAY_CUSTOM",
});

/// Day of the week of a window or a pricing rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum DayOfWeek {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

wire_text!(DayOfWeek {
    Monday => "MONDAY",
    Tuesday => "TUESDAY",
    Wednesday => "WEDNESDAY",
    Thursday => "THURSDAY",
    Friday => "FRIDAY",
    Saturday => "SATURDAY",
    Sunday => "SUNDAY",
});

impl From<Weekday> for DayOfWeek {
    fn from(weekday: Weekday) -> Self {
        match weekday {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// State of a slot in socket messages and internal answers. REST says `TEMPORARILY_HELD` where this says `HELD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(inline)]
pub enum SlotStatus {
    /// Free.
    Available,
    /// Confirmed or waiting for the owner.
    Booked,
    /// Being paid by somebody.
    Held,
    /// Closed by an override.
    Blocked,
}

wire_text!(SlotStatus {
    Available => "AVAILABLE",
    Booked => "BOOKED",
    Held => "HELD",
    Blocked => "BLOCKED",
});

/// A time of day to the minute, court-local, written `HH:mm` and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, pattern = r"^\d{2}:\d{2}$", example = "18:30")]
pub struct TimeOfDay(Time);

impl TimeOfDay {
    /// First minute of the day.
    pub const MIDNIGHT: Self = Self(Time::midnight());
    /// Last minute of the day.
    pub const LAST: Self = Self(Time::constant(23, 59, 0, 0));

    /// From hour and minute; `None` outside 00:00 to 23:59.
    #[must_use]
    pub fn new(hour: i8, minute: i8) -> Option<Self> {
        Time::new(hour, minute, 0, 0).ok().map(Self)
    }

    /// The minute a time lies in; seconds are dropped.
    #[must_use]
    pub fn from_time(time: Time) -> Self {
        Self(Time::constant(time.hour(), time.minute(), 0, 0))
    }

    /// From minutes since midnight; `None` outside the day.
    #[must_use]
    pub fn from_minutes(minutes: i32) -> Option<Self> {
        let hour = i8::try_from(minutes.div_euclid(60)).ok()?;
        let minute = i8::try_from(minutes.rem_euclid(60)).ok()?;
        Self::new(hour, minute)
    }

    /// Minutes since midnight, 0 to 1439.
    #[must_use]
    pub fn minutes(self) -> i32 {
        i32::from(self.0.hour()) * 60 + i32::from(self.0.minute())
    }

    /// Later by `minutes`; `None` past the end of the day, because a booking ends on the date it starts (BOOK-23).
    #[must_use]
    pub fn checked_add_minutes(self, minutes: i32) -> Option<Self> {
        Self::from_minutes(self.minutes().checked_add(minutes)?)
    }

    /// The same as a jiff time, seconds zero.
    #[must_use]
    pub const fn time(self) -> Time {
        self.0
    }
}

impl From<TimeOfDay> for Time {
    fn from(time_of_day: TimeOfDay) -> Self {
        time_of_day.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl FromStr for TimeOfDay {
    type Err = UnknownText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = match text.as_bytes() {
            [h1 @ b'0'..=b'9', h2 @ b'0'..=b'9', b':', m1 @ b'0'..=b'9', m2 @ b'0'..=b'9'] => {
                let number = |tens: u8, ones: u8| ((tens - b'0') * 10 + (ones - b'0')) as i8;
                Self::new(number(*h1, *h2), number(*m1, *m2))
            }
            _ => None,
        };
        parsed.ok_or_else(|| UnknownText { expected: "time of day (HH:mm)", text: text.to_owned() })
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for TimeOfDay {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": r"^\d{2}:\d{2}$" })
    }
}

/// The key of the advisory lock that guards a court's calendar: platform takes it alone to change openings, the
/// transaction service takes it with others to place a hold (HOL-37). Two courts may share a key; that costs a wait.
#[must_use]
pub fn calendar_lock_key(court: crate::ids::CourtId) -> i64 {
    let (high, low) = court.0.as_u64_pair();
    // Version 7 ids made in one millisecond differ only in the lower half.
    (high.rotate_left(32) ^ low).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire_text::tests::agrees_with_serde;
    use proptest::prelude::*;

    #[test]
    fn texts_agree_with_serde() {
        agrees_with_serde::<CourtType>();
        agrees_with_serde::<LocationType>();
        agrees_with_serde::<ConfirmationMode>();
        agrees_with_serde::<BlockSource>();
        agrees_with_serde::<DayOfWeek>();
        agrees_with_serde::<SlotStatus>();
    }

    #[test]
    fn only_hours_and_minutes_with_two_digits_are_a_time_of_day() {
        for refused in ["", "9:00", "09:0", "24:00", "12:60", "09:00:00", "09.00", " 9:00", "-9:00", "٠٩:٠٠", "09:00Z"]
        {
            assert!(refused.parse::<TimeOfDay>().is_err(), "{refused}");
        }
        assert_eq!("00:00".parse(), Ok(TimeOfDay::MIDNIGHT));
        assert_eq!("23:59".parse(), Ok(TimeOfDay::LAST));
    }

    /// BOOK-23: adding never leaves the day.
    #[test]
    fn adding_stops_at_the_end_of_the_day() {
        let evening = TimeOfDay::new(23, 0).expect("a time");
        assert_eq!(evening.checked_add_minutes(59), Some(TimeOfDay::LAST));
        assert_eq!(evening.checked_add_minutes(60), None);
        assert_eq!(evening.checked_add_minutes(i32::MAX), None);
        assert_eq!(TimeOfDay::MIDNIGHT.checked_add_minutes(-1), None);
    }

    proptest! {
        #[test]
        fn every_minute_of_the_day_survives_text_json_and_numbers(minutes in 0..1440) {
            let time = TimeOfDay::from_minutes(minutes).expect("within the day");
            prop_assert_eq!(time.minutes(), minutes);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
            let json = serde_json::to_value(time).expect("prints");
            prop_assert_eq!(serde_json::from_value::<TimeOfDay>(json).expect("parses"), time);
            prop_assert_eq!(TimeOfDay::from_time(time.time()), time);
        }

        #[test]
        fn text_of_any_kind_never_panics(text in ".*") {
            let _ = text.parse::<TimeOfDay>();
        }
    }
}
