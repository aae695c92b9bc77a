//! What a changed holiday does to the blocks it has made already (HOL-16): only those after today, and none that the owner
//! has taken away or edited by hand (HOL-43).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use contracts::ids::{CourtId, OverrideId};
use jiff::civil::Date;

use super::holiday::Holiday;
use super::pattern::DatePattern;
use super::plan::{Block, Site};
use crate::availability::domain::BlockedTime;

/// A block that a holiday has made and still answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlock {
    /// Its id.
    pub id: OverrideId,
    /// Its court.
    pub court: CourtId,
    /// Its date.
    pub date: Date,
    /// Its hours.
    pub time: BlockedTime,
}

/// What is to be done to the blocks of a changed holiday.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rewrite {
    /// Stay where they are; their reason becomes the new name.
    pub keep: Vec<OverrideId>,
    /// Go.
    pub delete: Vec<StoredBlock>,
    /// Come, where nothing is in the way.
    pub create: Vec<Block>,
}

/// Which days of an instance are still blocked.
#[derive(Debug, Default)]
struct Instance {
    places: BTreeSet<usize>,
    /// Some block lies on no day of the old pattern, so nothing is known of what was taken away.
    unknown: bool,
}

/// Compares what `old` has made after today with what `new` would make.
#[must_use]
pub fn rewrite(old: &Holiday, new: &Holiday, sites: &[Site], stored: &[StoredBlock]) -> Rewrite {
    let mut by_court: HashMap<CourtId, Vec<&StoredBlock>> = HashMap::new();
    for block in stored {
        by_court.entry(block.court).or_default().push(block);
    }
    let mut outcome = Rewrite::default();
    for site in sites {
        let future: Vec<&StoredBlock> =
            by_court.get(&site.court).into_iter().flatten().copied().filter(|block| block.date > site.today).collect();
        let mut wanted = wanted_dates(old, new, &future);
        wanted.retain(|date| *date > site.today);
        for block in future {
            if block.time == new.time && wanted.remove(&block.date) {
                outcome.keep.push(block.id);
            } else {
                outcome.delete.push(block.clone());
            }
        }
        outcome.create.extend(wanted.into_iter().map(|date| Block::of(new, site.court, date)));
    }
    outcome
}

fn wanted_dates(old: &Holiday, new: &Holiday, future: &[&StoredBlock]) -> BTreeSet<Date> {
    let mut instances: BTreeMap<i16, Instance> = BTreeMap::new();
    for block in future {
        match old.place_of(block.date) {
            Some((year, place)) => {
                instances.entry(year).or_default().places.insert(place);
            }
            None => instances.entry(block.date.year()).or_default().unknown = true,
        }
    }
    let mut wanted = BTreeSet::new();
    for (year, instance) in instances {
        // What comes once has one year, whichever it had before.
        let year = if let DatePattern::On(date) = new.pattern { date.year() } else { year };
        let days = new.days_in(year).enumerate().filter(|(place, _)| {
            let is_new = *place >= usize::from(old.day_count);
            is_new || instance.unknown || instance.places.contains(place)
        });
        wanted.extend(days.map(|(_, date)| date));
    }
    wanted
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::holiday::tests::custom;
    use super::*;

    const COURT: CourtId = CourtId(Uuid::from_u128(7));

    fn site() -> Site {
        Site { court: COURT, today: date(2026, 7, 2) }
    }

    fn stored(dates: impl IntoIterator<Item = Date>) -> Vec<StoredBlock> {
        let block = |(number, date)| StoredBlock {
            id: OverrideId(Uuid::from_u128(number as u128)),
            court: COURT,
            date,
            time: BlockedTime::WholeDay,
        };
        dates.into_iter().enumerate().map(block).collect()
    }

    fn dates(blocks: &[Block]) -> Vec<Date> {
        blocks.iter().map(|block| block.date).collect()
    }

    /// HOL-16: a new date moves the coming instances and nothing of today or before.
    #[test]
    fn only_the_future_moves() {
        let old = custom(DatePattern::Fixed { month: 7, day: 1 }, 3);
        let new = custom(DatePattern::Fixed { month: 8, day: 10 }, 3);
        let blocks = stored((2026..=2027).flat_map(|year| old.days_in(year)));
        let outcome = rewrite(&old, &new, &[site()], &blocks);
        let deleted: Vec<Date> = outcome.delete.iter().map(|block| block.date).collect();
        assert_eq!(deleted, [date(2026, 7, 3), date(2027, 7, 1), date(2027, 7, 2), date(2027, 7, 3)]);
        // Of the running instance one day was left, so one day moves.
        assert_eq!(
            dates(&outcome.create),
            [date(2026, 8, 12), date(2027, 8, 10), date(2027, 8, 11), date(2027, 8, 12),]
        );
        assert!(outcome.keep.is_empty());
    }

    /// HOL-43: a day that was taken away or edited by hand does not come back, a day that is new does.
    #[test]
    fn what_was_taken_away_stays_away() {
        let old = custom(DatePattern::Fixed { month: 9, day: 1 }, 3);
        let new = custom(DatePattern::Fixed { month: 9, day: 1 }, 4);
        let blocks = stored([date(2026, 9, 1), date(2026, 9, 3)]);
        let outcome = rewrite(&old, &new, &[site()], &blocks);
        assert_eq!(outcome.keep.len(), 2);
        assert_eq!(dates(&outcome.create), [date(2026, 9, 4)]);
        assert!(outcome.delete.is_empty());
    }

    /// HOL-16: other hours replace the block, another name does not.
    #[test]
    fn other_hours_make_another_block() {
        let old = custom(DatePattern::Fixed { month: 9, day: 1 }, 1);
        let hours = BlockedTime::Part { start: time(8, 0, 0, 0), end: time(12, 0, 0, 0) };
        let new = Holiday { time: hours, ..old.clone() };
        let blocks = stored(old.days_in(2026));
        let outcome = rewrite(&old, &new, &[site()], &blocks);
        assert_eq!((outcome.delete.len(), outcome.create.len()), (1, 1));
        assert_eq!(outcome.create[0].time, hours);
        let renamed =
            Holiday { names: super::super::holiday::Names { el: "Άλλο".to_owned(), en: None }, ..old.clone() };
        let outcome = rewrite(&old, &renamed, &[site()], &blocks);
        assert_eq!((outcome.keep.len(), outcome.delete.len(), outcome.create.len()), (1, 0, 0));
    }

    /// HOL-10: what comes once moves to its new date, also into another year.
    #[test]
    fn a_single_date_moves_to_another_year() {
        let old = custom(DatePattern::On(date(2026, 12, 31)), 1);
        let new = custom(DatePattern::On(date(2027, 1, 2)), 1);
        let outcome = rewrite(&old, &new, &[site()], &stored([date(2026, 12, 31)]));
        assert_eq!(dates(&outcome.create), [date(2027, 1, 2)]);
        assert_eq!(outcome.delete.len(), 1);
    }

    proptest! {
        /// HOL-16: nothing of today or before is touched, and a holiday that did not change changes nothing.
        #[test]
        fn the_past_is_never_touched(
            old_day in -90_i16..=230, new_day in -90_i16..=230, old_count in 1_u8..=31, new_count in 1_u8..=31,
            taken in prop::collection::btree_set(0_usize..93, 0..20),
        ) {
            let old = custom(DatePattern::EasterOffset(old_day), old_count);
            let new = custom(DatePattern::EasterOffset(new_day), new_count);
            let days = (2026..=2028).flat_map(|year| old.days_in(year)).enumerate();
            let blocks = stored(days.filter(|(place, _)| !taken.contains(place)).map(|(_, date)| date));
            let outcome = rewrite(&old, &new, &[site()], &blocks);
            prop_assert!(outcome.create.iter().all(|block| block.date > site().today));
            prop_assert!(outcome.delete.iter().all(|block| block.date > site().today));
            let future = blocks.iter().filter(|block| block.date > site().today).count();
            prop_assert_eq!(outcome.keep.len() + outcome.delete.len(), future);
            let same = rewrite(&old, &old, &[site()], &blocks);
            prop_assert!(same.delete.is_empty() && same.create.is_empty());
        }
    }
}
