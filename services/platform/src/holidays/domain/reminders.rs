//! When owners are reminded to look at their holidays: 30 days before three feasts (HOL-44). Who is reminded and whether
//! that has happened already is for the caller.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::easter::orthodox_easter;

/// How long before the feast.
const DAYS_AHEAD: i32 = 30;
/// How long a reminder may be late, should nothing have run on its day.
const DAYS_LATE: i32 = 7;

/// A feast that owners are reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// 25 December.
    Christmas,
    /// Orthodox Easter Sunday.
    Easter,
    /// 15 August.
    Assumption,
}

impl Occasion {
    const ALL: [Self; 3] = [Self::Christmas, Self::Easter, Self::Assumption];

    /// The text in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Christmas => "CHRISTMAS",
            Self::Easter => "EASTER",
            Self::Assumption => "ASSUMPTION",
        }
    }

    fn date_in(self, year: i16) -> Option<Date> {
        match self {
            Self::Christmas => Date::new(year, 12, 25).ok(),
            Self::Easter => orthodox_easter(year),
            Self::Assumption => Date::new(year, 8, 15).ok(),
        }
    }
}

/// A reminder whose day has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    /// Of what.
    pub occasion: Occasion,
    /// When that is.
    pub date: Date,
}

/// The reminders that are to be sent on a day. The caller sends each once per owner, holiday and year.
#[must_use]
pub fn due_reminders(today: Date) -> Vec<Reminder> {
    Occasion::ALL
        .into_iter()
        .filter_map(|occasion| Some(Reminder { occasion, date: occasion.date_in(today.year())? }))
        .filter(|reminder| {
            let first = reminder.date.saturating_sub(DAYS_AHEAD.days());
            (first..first.saturating_add(DAYS_LATE.days())).contains(&today)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn due(today: Date) -> Vec<(Occasion, Date)> {
        due_reminders(today).into_iter().map(|reminder| (reminder.occasion, reminder.date)).collect()
    }

    /// HOL-44: 30 days before, and for a week in case nothing ran.
    #[test]
    fn reminders_come_thirty_days_before() {
        assert_eq!(due(date(2026, 11, 24)), []);
        assert_eq!(due(date(2026, 11, 25)), [(Occasion::Christmas, date(2026, 12, 25))]);
        assert_eq!(due(date(2026, 12, 1)), [(Occasion::Christmas, date(2026, 12, 25))]);
        assert_eq!(due(date(2026, 12, 2)), []);
        assert_eq!(due(date(2026, 7, 16)), [(Occasion::Assumption, date(2026, 8, 15))]);
        assert_eq!(due(date(2026, 3, 13)), [(Occasion::Easter, date(2026, 4, 12))]);
        assert_eq!(due(date(2027, 4, 2)), [(Occasion::Easter, date(2027, 5, 2))]);
    }

    proptest! {
        /// HOL-44: each year has seven days for each of the three, and a feast is never past.
        #[test]
        fn each_year_has_its_three_reminders(year in 2020_i16..=2190) {
            let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
            let all: Vec<Reminder> = days.flat_map(due_reminders).collect();
            prop_assert_eq!(all.len(), 21);
            for occasion in Occasion::ALL {
                prop_assert_eq!(all.iter().filter(|reminder| reminder.occasion == occasion).count(), 7);
            }
        }
    }
}
