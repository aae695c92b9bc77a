//! Which blocks holidays make on courts in some years (HOL-22, HOL-24, HOL-25). What is stored already and who has booked
//! is decided elsewhere.

use contracts::court::BlockSource;
use contracts::ids::{CourtId, HolidayId};
use jiff::civil::Date;

use super::conflicts::BlockKey;
use super::holiday::Holiday;
use super::pattern::DatePattern;
use crate::availability::domain::BlockedTime;

/// Blocks that one call may make at most: 13 holidays on 50 courts for 3 years are a tenth of it.
pub const MOST_BLOCKS: usize = 20_000;

/// A court as far as dates are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The court.
    pub court: CourtId,
    /// Today by its own clock.
    pub today: Date,
}

/// For which years holidays are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Years {
    /// The current one of each court; a holiday that comes once is wanted whenever it is.
    Current,
    /// These.
    These(Vec<i16>),
}

/// HOL-24: a year that is not to be planned yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct YearsRefused {
    /// Which of the wanted ones.
    pub index: usize,
    /// The last year that may be planned.
    pub last: i16,
}

/// Whether all wanted years lie within the horizon (HOL-24). Years before the current one may be asked for: all of their
/// dates are past.
///
/// # Errors
/// The first year beyond the horizon.
pub fn check_years(wanted: &[i16], current: i16, horizon: i16) -> Result<(), YearsRefused> {
    let last = current.saturating_add(horizon);
    match wanted.iter().position(|year| *year > last) {
        Some(index) => Err(YearsRefused { index, last }),
        None => Ok(()),
    }
}

/// A block that a holiday makes on a court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The court.
    pub court: CourtId,
    /// The holiday.
    pub holiday: HolidayId,
    /// Court-local date.
    pub date: Date,
    /// What it covers of it.
    pub time: BlockedTime,
    /// Name of the holiday.
    pub reason: String,
    /// National or the owner's own.
    pub source: BlockSource,
}

impl Block {
    /// What makes two blocks the same one (HOL-27).
    #[must_use]
    pub fn key(&self) -> BlockKey {
        BlockKey::of(self.court, self.date, self.time)
    }

    /// The block of `holiday` on one date of a court.
    #[must_use]
    pub fn of(holiday: &Holiday, court: CourtId, date: Date) -> Self {
        Self {
            court,
            holiday: holiday.id,
            date,
            time: holiday.time,
            reason: holiday.names.el.clone(),
            source: holiday.source(),
        }
    }
}

/// No more blocks than this come out of [`planned`].
#[must_use]
pub fn most_blocks(courts: usize, holidays: &[Holiday], years: &Years) -> usize {
    let per_court: usize = holidays.iter().map(|holiday| usize::from(holiday.day_count)).sum();
    let years = match years {
        Years::Current => 1,
        Years::These(years) => years.len(),
    };
    courts.saturating_mul(per_court).saturating_mul(years)
}

/// The blocks of all holidays on all courts, in the order of courts, holidays and dates. Dates already past are left out.
#[must_use]
pub fn planned(sites: &[Site], holidays: &[Holiday], years: &Years) -> Vec<Block> {
    let mut blocks = Vec::new();
    for site in sites {
        for holiday in holidays {
            match (years, holiday.pattern) {
                (Years::These(years), _) => blocks.extend(planned_for(*site, holiday, years)),
                (Years::Current, DatePattern::On(date)) => blocks.extend(planned_for(*site, holiday, &[date.year()])),
                (Years::Current, _) => blocks.extend(planned_for(*site, holiday, &[site.today.year()])),
            }
        }
    }
    blocks
}

/// The blocks of one holiday on one court.
pub fn planned_for<'a>(site: Site, holiday: &'a Holiday, years: &'a [i16]) -> impl Iterator<Item = Block> + 'a {
    years
        .iter()
        .flat_map(|year| holiday.days_in(*year))
        .filter(move |date| *date >= site.today)
        .map(move |date| Block::of(holiday, site.court, date))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::holiday::tests::custom;
    use super::*;

    fn site(number: u128, today: Date) -> Site {
        Site { court: CourtId(Uuid::from_u128(number)), today }
    }

    fn dates(blocks: &[Block]) -> Vec<Date> {
        blocks.iter().map(|block| block.date).collect()
    }

    /// HOL-24: past dates are left out, by the clock of each court; today still counts.
    #[test]
    fn past_dates_are_left_out() {
        let holiday = custom(DatePattern::Fixed { month: 7, day: 1 }, 3);
        let years = Years::These(vec![2025, 2026]);
        let athens = site(1, date(2026, 7, 2));
        let samoa = site(2, date(2026, 7, 1));
        let blocks = planned(&[athens, samoa], &[holiday], &years);
        let (in_athens, in_samoa): (Vec<_>, Vec<_>) = blocks.into_iter().partition(|block| block.court == athens.court);
        assert_eq!(dates(&in_athens), [date(2026, 7, 2), date(2026, 7, 3)]);
        assert_eq!(dates(&in_samoa), [date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 3)]);
    }

    /// HOL-19: without years each court's own current year, and what comes once whenever it comes.
    #[test]
    fn without_years_the_current_one_is_meant() {
        let yearly = custom(DatePattern::Fixed { month: 12, day: 31 }, 1);
        let once = custom(DatePattern::On(date(2029, 3, 1)), 1);
        let west = site(1, date(2026, 12, 31));
        let east = site(2, date(2027, 1, 1));
        let blocks = planned(&[west, east], &[yearly, once], &Years::Current);
        let expected = [date(2026, 12, 31), date(2029, 3, 1), date(2027, 12, 31), date(2029, 3, 1)];
        assert_eq!(dates(&blocks), expected);
    }

    /// HOL-24: the horizon is the last year, whatever comes before it.
    #[test]
    fn years_beyond_the_horizon_are_refused() {
        assert_eq!(check_years(&[2026, 2028], 2026, 2), Ok(()));
        assert_eq!(check_years(&[2020], 2026, 2), Ok(()));
        assert_eq!(check_years(&[2026, 2029, 2030], 2026, 2), Err(YearsRefused { index: 1, last: 2028 }));
        assert_eq!(check_years(&[i16::MAX], i16::MAX, 2), Ok(()));
    }

    proptest! {
        /// HOL-22: never more than announced, never a past date, never two blocks of one holiday on one date of a court.
        #[test]
        fn a_plan_is_bounded(
            count in 1_u8..=31, courts in 1_u128..5, offsets in prop::collection::vec(-90_i16..=230, 1..5),
            years in prop::collection::btree_set(2024_i16..2032, 0..4), day in 1_i8..=28,
        ) {
            let today = date(2026, 5, day);
            let sites: Vec<Site> = (0..courts).map(|number| site(number, today)).collect();
            let holidays: Vec<Holiday> = offsets
                .iter()
                .enumerate()
                .map(|(number, offset)| Holiday {
                    id: HolidayId(Uuid::from_u128(number as u128)),
                    ..custom(DatePattern::EasterOffset(*offset), count)
                })
                .collect();
            let years = Years::These(years.into_iter().collect());
            let blocks = planned(&sites, &holidays, &years);
            prop_assert!(blocks.len() <= most_blocks(sites.len(), &holidays, &years));
            prop_assert!(blocks.iter().all(|block| block.date >= today));
            let mut places: Vec<_> = blocks.iter().map(|block| (block.court, block.holiday, block.date)).collect();
            places.sort_unstable();
            places.dedup();
            prop_assert_eq!(places.len(), blocks.len());
        }
    }
}
