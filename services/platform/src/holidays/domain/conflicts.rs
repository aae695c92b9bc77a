//! What becomes of planned blocks when the same block is there already or a booking is in the way (HOL-27, HOL-30 to
//! HOL-36). Who may decide so, and when bookings were read, is for the caller.

use std::collections::{HashMap, HashSet};

use contracts::ids::{BookingId, CourtId, UserId};
use contracts::money::Cents;
use jiff::civil::{Date, Time};

use super::plan::Block;
use crate::availability::domain::BlockedTime;

/// What an owner wants to be done where customers have booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Leave those dates open.
    Skip,
    /// Block them and give up the bookings.
    CancelBookings,
    /// Change nothing and say what is in the way.
    Abort,
}

/// What makes two blocks the same one: court, date and hours (HOL-27).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlockKey {
    court: CourtId,
    date: Date,
    hours: Option<(Time, Time)>,
}

impl BlockKey {
    /// The key of a block.
    #[must_use]
    pub fn of(court: CourtId, date: Date, time: BlockedTime) -> Self {
        let hours = match time {
            BlockedTime::WholeDay => None,
            BlockedTime::Part { start, end } => Some((start, end)),
        };
        Self { court, date, hours }
    }
}

/// How firmly a slot is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingState {
    /// The booking stands; the owner may give it up.
    Confirmed,
    /// Somebody is paying, or waits for the owner: nobody may block it before that is settled (HOL-36, HOL-37).
    Unsettled,
}

/// A future booking on one of the planned dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingInTheWay {
    /// The booking; a slot that is being paid has none to show yet.
    pub id: Option<BookingId>,
    /// Its court.
    pub court: CourtId,
    /// Court-local date.
    pub date: Date,
    /// From.
    pub start: Time,
    /// Until.
    pub end: Time,
    /// How firm it is.
    pub state: BookingState,
    /// Who booked; nobody for one that the owner entered.
    pub customer: Option<UserId>,
    /// Their name, or that of the guest.
    pub customer_name: String,
    /// What was paid.
    pub amount: Cents,
    /// What goes back when the owner gives it up: the owner's share (HOL-33).
    pub refund: Cents,
}

/// Why a date was left open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// The same block is there already.
    AlreadyBlocked,
    /// Customers have booked.
    ExistingBookings,
    /// A booking is not settled yet.
    PendingBookings,
}

impl SkipReason {
    /// The text on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyBlocked => "ALREADY_BLOCKED",
            Self::ExistingBookings => "EXISTING_BOOKINGS",
            Self::PendingBookings => "PENDING_BOOKINGS",
        }
    }
}

/// A planned block that is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The block.
    pub block: Block,
    /// Why.
    pub reason: SkipReason,
}

/// A planned block and the bookings in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The block.
    pub block: Block,
    /// The bookings, by their start.
    pub bookings: Vec<BookingInTheWay>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Blocks to be made; none of them exists.
    pub create: Vec<Block>,
    /// Blocks that are not made.
    pub skipped: Vec<Skipped>,
    /// Bookings to be given up, each once, with the name of the holiday.
    pub cancel: Vec<(BookingInTheWay, String)>,
}

/// What becomes of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Do this.
    Make(Changes),
    /// HOL-36: unsettled bookings forbid it.
    Pending(Vec<Conflict>),
    /// HOL-31: bookings are in the way and the owner wanted to know.
    Conflicts(Vec<Conflict>),
}

/// Decides on a plan. `stored` are the blocks that exist, `bookings` the future ones on the planned courts and dates.
#[must_use]
pub fn decide(
    planned: Vec<Block>,
    stored: &HashSet<BlockKey>,
    bookings: &[BookingInTheWay],
    resolution: Resolution,
) -> Decision {
    let mut by_day: HashMap<(CourtId, Date), Vec<&BookingInTheWay>> = HashMap::new();
    for booking in bookings {
        by_day.entry((booking.court, booking.date)).or_default().push(booking);
    }
    by_day.values_mut().for_each(|day| day.sort_by_key(|booking| (booking.start, booking.id)));

    let mut seen = stored.clone();
    let mut changes = Changes::default();
    let (mut pending, mut conflicts) = (Vec::new(), Vec::new());
    let mut given_up = HashSet::new();
    for block in planned {
        if !seen.insert(block.key()) {
            changes.skipped.push(Skipped { block, reason: SkipReason::AlreadyBlocked });
            continue;
        }
        let in_the_way: Vec<BookingInTheWay> = by_day
            .get(&(block.court, block.date))
            .into_iter()
            .flatten()
            .filter(|booking| block.time.covers_any_of(booking.start, booking.end))
            .map(|booking| (*booking).clone())
            .collect();
        let unsettled = in_the_way.iter().any(|booking| booking.state == BookingState::Unsettled);
        match resolution {
            _ if in_the_way.is_empty() => changes.create.push(block),
            Resolution::Skip => {
                let reason = if unsettled { SkipReason::PendingBookings } else { SkipReason::ExistingBookings };
                changes.skipped.push(Skipped { block, reason });
            }
            Resolution::CancelBookings | Resolution::Abort if unsettled => {
                pending.push(Conflict { block, bookings: in_the_way });
            }
            Resolution::Abort => conflicts.push(Conflict { block, bookings: in_the_way }),
            Resolution::CancelBookings => {
                for booking in in_the_way {
                    if given_up.insert(booking.id) {
                        changes.cancel.push((booking, block.reason.clone()));
                    }
                }
                changes.create.push(block);
            }
        }
    }
    if !pending.is_empty() {
        return Decision::Pending(pending);
    }
    if conflicts.is_empty() { Decision::Make(changes) } else { Decision::Conflicts(conflicts) }
}

#[cfg(test)]
mod tests {
    use contracts::court::BlockSource;
    use contracts::ids::HolidayId;
    use jiff::ToSpan as _;
    use jiff::civil::{date, time};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const COURT: CourtId = CourtId(Uuid::from_u128(7));

    fn hour(hour: i8) -> Time {
        time(hour, 0, 0, 0)
    }

    fn block(day: i8, time: BlockedTime) -> Block {
        Block {
            court: COURT,
            holiday: HolidayId(Uuid::from_u128(1)),
            date: date(2026, 12, day),
            time,
            reason: "Χριστούγεννα".to_owned(),
            source: BlockSource::HolidayNational,
        }
    }

    fn booking(number: u128, day: i8, from: i8, until: i8, state: BookingState) -> BookingInTheWay {
        BookingInTheWay {
            id: Some(BookingId(Uuid::from_u128(number))),
            court: COURT,
            date: date(2026, 12, day),
            start: hour(from),
            end: hour(until),
            state,
            customer: Some(UserId(Uuid::from_u128(9))),
            customer_name: "Μαρία".to_owned(),
            amount: Cents(2000),
            refund: Cents(1800),
        }
    }

    fn whole(day: i8) -> Block {
        block(day, BlockedTime::WholeDay)
    }

    fn made(decision: Decision) -> Changes {
        match decision {
            Decision::Make(changes) => changes,
            other => panic!("refused: {other:?}"),
        }
    }

    /// HOL-32, HOL-36: skipping leaves out exactly the dates with bookings and says which kind.
    #[test]
    fn skipping_leaves_booked_dates_open() {
        let bookings =
            [booking(1, 25, 10, 12, BookingState::Confirmed), booking(2, 26, 10, 12, BookingState::Unsettled)];
        let plan = vec![whole(25), whole(26), whole(27)];
        let changes = made(decide(plan, &HashSet::new(), &bookings, Resolution::Skip));
        assert_eq!(changes.create, [whole(27)]);
        let reasons: Vec<_> =
            changes.skipped.iter().map(|skipped| (skipped.block.date.day(), skipped.reason)).collect();
        assert_eq!(reasons, [(25, SkipReason::ExistingBookings), (26, SkipReason::PendingBookings)]);
        assert!(changes.cancel.is_empty());
    }

    /// HOL-33, HOL-36: giving up bookings blocks everything, unless one of them is not settled.
    #[test]
    fn giving_up_names_each_booking_once() {
        let confirmed = booking(1, 25, 10, 12, BookingState::Confirmed);
        let morning = block(25, BlockedTime::Part { start: hour(8), end: hour(11) });
        let plan = vec![whole(25), morning];
        let changes =
            made(decide(plan.clone(), &HashSet::new(), std::slice::from_ref(&confirmed), Resolution::CancelBookings));
        assert_eq!(changes.create, plan);
        assert_eq!(changes.cancel, [(confirmed.clone(), "Χριστούγεννα".to_owned())]);
        let bookings = [confirmed, booking(2, 25, 14, 15, BookingState::Unsettled)];
        for resolution in [Resolution::CancelBookings, Resolution::Abort] {
            let decision = decide(plan.clone(), &HashSet::new(), &bookings, resolution);
            assert!(matches!(&decision, Decision::Pending(pending) if pending.len() == 1), "{decision:?}");
        }
    }

    /// HOL-30: a part of a day meets only bookings inside its hours.
    #[test]
    fn parts_of_days_meet_only_their_hours() {
        let bookings = [booking(1, 25, 10, 12, BookingState::Confirmed)];
        for (from, until, meets) in [(8, 10, false), (8, 11, true), (10, 12, true), (11, 20, true), (12, 20, false)] {
            let part = block(25, BlockedTime::Part { start: hour(from), end: hour(until) });
            let decision = decide(vec![part], &HashSet::new(), &bookings, Resolution::Abort);
            assert_eq!(matches!(decision, Decision::Conflicts(_)), meets, "{from}-{until}");
        }
    }

    /// HOL-27, HOL-29: the same block is skipped, a narrower one is not the same.
    #[test]
    fn the_same_block_is_made_once() {
        let part = block(25, BlockedTime::Part { start: hour(8), end: hour(10) });
        let stored = HashSet::from([part.key()]);
        let changes = made(decide(vec![whole(25), whole(25), part], &stored, &[], Resolution::Abort));
        assert_eq!(changes.create, [whole(25)]);
        let reasons: Vec<_> = changes.skipped.iter().map(|skipped| skipped.reason).collect();
        assert_eq!(reasons, [SkipReason::AlreadyBlocked; 2]);
    }

    fn some_booking() -> impl Strategy<Value = BookingInTheWay> {
        (0_u128..1000, 20_i8..28, 0_i8..22, 1_i8..3, any::<bool>()).prop_map(|(number, day, from, length, settled)| {
            let state = if settled { BookingState::Confirmed } else { BookingState::Unsettled };
            booking(number, day, from, (from + length).min(23), state)
        })
    }

    fn some_block() -> impl Strategy<Value = Block> {
        (20_i8..28, prop::option::of((0_i8..20, 1_i8..4))).prop_map(|(day, hours)| {
            let time = hours.map_or(BlockedTime::WholeDay, |(from, length)| BlockedTime::Part {
                start: hour(from),
                end: hour(from + length),
            });
            block(day, time)
        })
    }

    fn check(plan: Vec<Block>, bookings: &[BookingInTheWay], resolution: Resolution) -> Result<(), TestCaseError> {
        let meets = |block: &Block| {
            bookings.iter().filter(|one| one.date == block.date && block.time.covers_any_of(one.start, one.end)).count()
        };
        match decide(plan.clone(), &HashSet::new(), bookings, resolution) {
            Decision::Make(changes) => {
                prop_assert_eq!(changes.create.len() + changes.skipped.len(), plan.len(), "every block has one fate");
                for block in &changes.create {
                    let given_up = changes
                        .cancel
                        .iter()
                        .filter(|(one, _)| one.date == block.date && block.time.covers_any_of(one.start, one.end));
                    prop_assert!(
                        bookings.iter().all(|one| one.state == BookingState::Confirmed
                            || one.date != block.date
                            || !block.time.covers_any_of(one.start, one.end)),
                        "an unsettled booking was blocked"
                    );
                    let ids: HashSet<_> = given_up.map(|(one, _)| one.id).collect();
                    let met: HashSet<_> = bookings
                        .iter()
                        .filter(|one| one.date == block.date && block.time.covers_any_of(one.start, one.end))
                        .map(|one| one.id)
                        .collect();
                    prop_assert_eq!(ids, met, "a blocked booking is always given up");
                }
                let distinct: HashSet<_> = changes.cancel.iter().map(|(one, _)| one.id).collect();
                prop_assert_eq!(distinct.len(), changes.cancel.len());
            }
            Decision::Conflicts(conflicts) | Decision::Pending(conflicts) => {
                prop_assert!(resolution != Resolution::Skip);
                prop_assert!(conflicts.iter().all(|conflict| conflict.bookings.len() == meets(&conflict.block)));
            }
        }
        Ok(())
    }

    proptest! {
        /// HOL-30 to HOL-37: whatever is wanted, no block is made over a booking that nobody gives up.
        #[test]
        fn no_booking_is_blocked_unnoticed(
            plan in prop::collection::vec(some_block(), 0..12),
            bookings in prop::collection::vec(some_booking(), 0..12),
        ) {
            let mut bookings = bookings;
            for (number, booking) in bookings.iter_mut().enumerate() {
                booking.id = Some(BookingId(Uuid::from_u128(number as u128)));
            }
            for resolution in [Resolution::Skip, Resolution::CancelBookings, Resolution::Abort] {
                check(plan.clone(), &bookings, resolution)?;
            }
        }
    }

    #[test]
    fn dates_without_bookings_are_untouched_by_others() {
        let elsewhere =
            BookingInTheWay { court: CourtId(Uuid::from_u128(8)), ..booking(1, 25, 10, 12, BookingState::Confirmed) };
        let other_day = BookingInTheWay { date: date(2026, 12, 25).saturating_add(1.day()), ..elsewhere.clone() };
        let changes = made(decide(vec![whole(25)], &HashSet::new(), &[elsewhere, other_day], Resolution::Abort));
        assert_eq!(changes.create, [whole(25)]);
    }
}
