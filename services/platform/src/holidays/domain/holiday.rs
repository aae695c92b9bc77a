//! A holiday template: its names, its days in a year, its hours. Knows no courts.

use contracts::court::BlockSource;
use contracts::ids::{HolidayId, UserId};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::pattern::DatePattern;
use crate::availability::domain::BlockedTime;

/// HOL-10: the longest holiday.
pub const LONGEST_RANGE_DAYS: u8 = 31;

/// What a holiday is called. Greek is always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Greek.
    pub el: String,
    /// English, if known.
    pub en: Option<String>,
}

impl Names {
    /// The name for readers of English.
    #[must_use]
    pub fn english(&self) -> &str {
        self.en.as_deref().unwrap_or(&self.el)
    }
}

/// A template as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its id.
    pub id: HolidayId,
    /// Whose it is; nobody's when national.
    pub owner: Option<UserId>,
    /// What it is called.
    pub names: Names,
    /// When it begins.
    pub pattern: DatePattern,
    /// Its first day as the owner entered it; national ones have none.
    pub first_date: Option<Date>,
    /// How many days it lasts, 1 to 31.
    pub day_count: u8,
    /// Its hours on each of them.
    pub time: BlockedTime,
    /// HOL-08: a disabled one makes no new blocks.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Holiday {
    /// What its blocks are called by source (HOL-25).
    #[must_use]
    pub fn source(&self) -> BlockSource {
        if self.owner.is_none() { BlockSource::HolidayNational } else { BlockSource::HolidayCustom }
    }

    /// Its days in the year in which it begins, in order; a range over New Year ends in the next one.
    pub fn days_in(&self, year: i16) -> impl Iterator<Item = Date> + use<> {
        let (first, count) = (self.pattern.date_in(year), self.day_count);
        first.into_iter().flat_map(move |first| (0..i32::from(count)).map(move |day| first.saturating_add(day.days())))
    }

    /// In which year's instance a date lies, and as which of its days.
    #[must_use]
    pub fn place_of(&self, date: Date) -> Option<(i16, usize)> {
        [date.year(), date.year() - 1]
            .into_iter()
            .find_map(|year| Some((year, self.days_in(year).position(|day| day == date)?)))
    }

    /// The last day as the owner entered it.
    #[must_use]
    pub fn last_date(&self) -> Option<Date> {
        Some(self.first_date?.saturating_add((i32::from(self.day_count) - 1).days()))
    }
}

/// When an owner's own holiday is to be, as it was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatesInput {
    /// First day.
    pub date: Date,
    /// Last day; the first one when absent.
    pub end_date: Option<Date>,
    /// Whether it comes every year; what is asked for when absent.
    pub recurring: Option<bool>,
    /// Days from Easter, for one that moves with it. `date` then only says how long the holiday is.
    pub easter_offset: Option<i16>,
}

/// Why dates make no holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateProblem {
    /// HOL-11.
    #[error("the last day lies before the first")]
    EndBeforeStart,
    /// HOL-10.
    #[error("a holiday has at most 31 days")]
    TooLong,
    /// HOL-04: such a date could lie in another year than its Easter.
    #[error("too far from Easter")]
    TooFarFromEaster,
    /// HOL-10: what is relative to Easter comes every year.
    #[error("relative to Easter and not recurring")]
    EasterEveryYear,
}

impl DatesInput {
    /// The pattern and the length of the holiday (HOL-09, HOL-10).
    ///
    /// # Errors
    /// [`DateProblem`].
    pub fn read(self) -> Result<(DatePattern, u8), DateProblem> {
        let last = self.end_date.unwrap_or(self.date);
        let days = (last - self.date).get_days() + 1;
        if days < 1 {
            return Err(DateProblem::EndBeforeStart);
        }
        let day_count =
            u8::try_from(days).ok().filter(|days| *days <= LONGEST_RANGE_DAYS).ok_or(DateProblem::TooLong)?;
        let pattern = match (self.easter_offset, self.recurring) {
            (Some(_), Some(false)) => return Err(DateProblem::EasterEveryYear),
            (Some(days), _) => DatePattern::from_easter(days).ok_or(DateProblem::TooFarFromEaster)?,
            (None, Some(true)) => DatePattern::yearly(self.date),
            (None, _) => DatePattern::On(self.date),
        };
        Ok((pattern, day_count))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    /// A holiday of some owner.
    pub fn custom(pattern: DatePattern, day_count: u8) -> Holiday {
        Holiday {
            id: HolidayId(Uuid::from_u128(1)),
            owner: Some(UserId(Uuid::from_u128(2))),
            names: Names { el: "Συντήρηση".to_owned(), en: None },
            pattern,
            first_date: Some(date(2026, 7, 1)),
            day_count,
            time: BlockedTime::WholeDay,
            active: true,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn input(date: Date, end_date: Option<Date>, recurring: Option<bool>, easter_offset: Option<i16>) -> DatesInput {
        DatesInput { date, end_date, recurring, easter_offset }
    }

    /// HOL-10: none, the same day each year, or relative to Easter; a range of at most 31 days.
    #[test]
    fn dates_become_patterns() {
        let first = date(2026, 7, 1);
        assert_eq!(input(first, None, None, None).read(), Ok((DatePattern::On(first), 1)));
        let yearly = DatePattern::Fixed { month: 7, day: 1 };
        assert_eq!(input(first, Some(date(2026, 7, 31)), Some(true), None).read(), Ok((yearly, 31)));
        assert_eq!(input(first, None, None, Some(-7)).read(), Ok((DatePattern::EasterOffset(-7), 1)));
        assert_eq!(input(first, None, Some(true), Some(50)).read(), Ok((DatePattern::EasterOffset(50), 1)));
    }

    /// HOL-10, HOL-11: wrong orders, lengths and offsets are refused.
    #[test]
    fn impossible_dates_are_refused() {
        let first = date(2026, 7, 1);
        for (wrong, problem) in [
            (input(first, Some(date(2026, 6, 30)), None, None), DateProblem::EndBeforeStart),
            (input(first, Some(date(2026, 8, 1)), None, None), DateProblem::TooLong),
            (input(first, Some(date(2199, 8, 1)), None, None), DateProblem::TooLong),
            (input(first, None, None, Some(300)), DateProblem::TooFarFromEaster),
            (input(first, None, Some(false), Some(1)), DateProblem::EasterEveryYear),
        ] {
            assert_eq!(wrong.read(), Err(problem), "{wrong:?}");
        }
    }

    proptest! {
        /// HOL-10: every day of an instance knows its place, also over New Year, and no other date has one.
        #[test]
        fn days_know_their_place(month in 1_i8..=12, day in 1_i8..=28, count in 1_u8..=31, year in 2001_i16..=2190) {
            let holiday = custom(DatePattern::Fixed { month, day }, count);
            let days: Vec<Date> = holiday.days_in(year).collect();
            prop_assert_eq!(days.len(), usize::from(count));
            for (place, date) in days.iter().enumerate() {
                prop_assert_eq!(holiday.place_of(*date), Some((year, place)));
            }
            let before = days[0].saturating_sub(1.day());
            prop_assert_eq!(holiday.place_of(before), None);
        }
    }
}
