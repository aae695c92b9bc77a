//! Which bookings a change of a court touches, and what has to be asked of the owner before. Pure: what is booked and
//! what changes are arguments.

use contracts::ids::{BookingId, RecurringGroupId, UserId};
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use crate::availability::domain::{BlockedTime, Window};
use crate::courts::domain::Court;

/// A part of a date that somebody has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotAhead {
    /// Local date of the court.
    pub date: Date,
    /// First minute.
    pub start: Time,
    /// First minute after it.
    pub end: Time,
}

/// A booking that has not ended yet and stands or waits for the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingAhead {
    /// The booking.
    pub id: BookingId,
    /// Who booked; nobody with an account for a manual booking.
    pub customer: Option<UserId>,
    /// When, by the court's clock.
    pub slot: SlotAhead,
    /// The instant it starts.
    pub starts_at: Timestamp,
    /// How many people come, if they said so.
    pub people: Option<u32>,
    /// The weekly series it is an instance of.
    pub series: Option<RecurringGroupId>,
}

/// A slot that somebody is paying for at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiveHold {
    /// When, by the court's clock.
    pub slot: SlotAhead,
    /// When it ends unless it becomes a booking.
    pub expires_at: Timestamp,
}

/// What a change means for a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impact {
    /// More people come than the court would take (COURT-20).
    OverCapacity,
    /// Another sport is played there.
    CourtTypeChanged,
    /// Roof or no roof.
    LocationTypeChanged,
    /// The court stands elsewhere.
    LocationChanged,
    /// Sessions get another length; the booking keeps its own (COURT-19).
    DurationChanged,
    /// It lies outside of the opening times and is cancelled.
    OutsideOpeningTimes,
    /// It lies in a blocked time and is cancelled.
    Blocked,
}

impl Impact {
    /// As clients read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OverCapacity => "OVER_CAPACITY",
            Self::CourtTypeChanged => "COURT_TYPE_CHANGED",
            Self::LocationTypeChanged => "LOCATION_TYPE_CHANGED",
            Self::LocationChanged => "LOCATION_CHANGED",
            Self::DurationChanged => "DURATION_CHANGED",
            Self::OutsideOpeningTimes => "OUTSIDE_OPENING_TIMES",
            Self::Blocked => "BLOCKED",
        }
    }
}

/// A booking and what the change means for it, the gravest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// The booking.
    pub booking: BookingAhead,
    /// Never empty.
    pub impacts: Vec<Impact>,
}

/// Why a change waits or cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} bookings are affected", affected.len())]
pub struct NotConfirmed {
    /// The bookings.
    pub affected: Vec<Affected>,
    /// Whether a yes of the owner lets it through.
    pub requires_confirmation: bool,
}

/// Somebody is paying for a slot that the change concerns: in a few minutes it is a booking or free, and until then nobody
/// can tell whom the change would hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a slot is being booked until {expires_at}")]
pub struct BeingBooked {
    /// When it is settled at the latest.
    pub expires_at: Timestamp,
    /// Seconds until then.
    pub seconds_left: u64,
}

/// Refuses a change while a slot it concerns is being paid for.
///
/// # Errors
/// [`BeingBooked`] with the hold that lasts longest.
pub fn check_no_hold(
    holds: &[LiveHold],
    concerned: impl Fn(SlotAhead) -> bool,
    now: Timestamp,
) -> Result<(), BeingBooked> {
    let last = holds.iter().filter(|hold| concerned(hold.slot)).map(|hold| hold.expires_at).max();
    last.map_or(Ok(()), |expires_at| {
        let seconds_left = u64::try_from(expires_at.duration_since(now).as_secs()).unwrap_or(0).max(1);
        Err(BeingBooked { expires_at, seconds_left })
    })
}

/// Whether a change of a court's data can touch bookings at all; one that cannot needs no look at them.
#[must_use]
pub fn touches_bookings(before: &Court, after: &Court) -> bool {
    after.max_capacity < before.max_capacity || !impacts_on_all(before, after).is_empty()
}

/// The bookings that a change of a court's data touches (COURT-18, COURT-20). A price, a name, a mode or hiding the court
/// touches none: bookings keep what was agreed and are honoured.
///
/// # Errors
/// [`NotConfirmed`]: for a capacity below the people who come, whatever the owner says; for other changes that touch
/// bookings unless `confirmed`.
pub fn check_change(
    before: &Court,
    after: &Court,
    ahead: Vec<BookingAhead>,
    confirmed: bool,
) -> Result<Vec<Affected>, NotConfirmed> {
    let crowded = |booking: &BookingAhead| {
        after.max_capacity < before.max_capacity && booking.people.is_some_and(|people| people > after.max_capacity)
    };
    if ahead.iter().any(crowded) {
        let affected = ahead
            .into_iter()
            .filter(crowded)
            .map(|booking| Affected { booking, impacts: vec![Impact::OverCapacity] })
            .collect();
        return Err(NotConfirmed { affected, requires_confirmation: false });
    }
    let impacts = impacts_on_all(before, after);
    if impacts.is_empty() {
        return Ok(Vec::new());
    }
    let affected: Vec<_> = ahead.into_iter().map(|booking| Affected { booking, impacts: impacts.clone() }).collect();
    if affected.is_empty() || confirmed {
        Ok(affected)
    } else {
        Err(NotConfirmed { affected, requires_confirmation: true })
    }
}

/// What a change means for every booking ahead, the gravest first.
fn impacts_on_all(before: &Court, after: &Court) -> Vec<Impact> {
    [
        (Impact::CourtTypeChanged, before.court_type != after.court_type),
        (Impact::LocationTypeChanged, before.location_type != after.location_type),
        (Impact::LocationChanged, before.place != after.place || before.address != after.address),
        (Impact::DurationChanged, before.duration_minutes != after.duration_minutes),
    ]
    .into_iter()
    .filter_map(|(impact, applies)| applies.then_some(impact))
    .collect()
}

/// Whether a slot lies open now and would not with another set of windows. One that lies outside already was agreed that
/// way and is left alone.
#[must_use]
pub fn shuts_out(before: &[Window], after: &[Window], slot: SlotAhead) -> bool {
    is_open(before, slot) && !is_open(after, slot)
}

/// Whether the windows of its day, taken together, cover a slot.
fn is_open(windows: &[Window], slot: SlotAhead) -> bool {
    let mut of_day: Vec<_> = windows.iter().filter(|window| window.weekday == slot.date.weekday()).collect();
    of_day.sort_by_key(|window| window.start);
    let mut covered_until = slot.start;
    for window in of_day {
        if window.start <= covered_until && window.end > covered_until {
            covered_until = window.end;
        }
    }
    covered_until >= slot.end
}

/// A blocked part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedBlock {
    /// Local date of the court.
    pub date: Date,
    /// The part of it.
    pub time: BlockedTime,
}

impl DatedBlock {
    /// Whether the block and a slot share a minute.
    #[must_use]
    pub fn meets(self, slot: SlotAhead) -> bool {
        self.date == slot.date && self.time.covers_any_of(slot.start, slot.end)
    }
}

/// Whether a block newly meets a slot. One that the block met before it was changed was left there on purpose and stays.
#[must_use]
pub fn catches(before: Option<DatedBlock>, after: DatedBlock, slot: SlotAhead) -> bool {
    after.meets(slot) && !before.is_some_and(|before| before.meets(slot))
}

/// The bookings that a block cancels (COURT-30): instances of series at once, one-off bookings only when the owner has
/// said yes to all of it.
///
/// # Errors
/// [`NotConfirmed`] with everything that would be cancelled.
pub fn cancel_for_block(caught: Vec<BookingAhead>, confirmed: bool) -> Result<Vec<BookingId>, NotConfirmed> {
    let asks = caught.iter().any(|booking| booking.series.is_none());
    cancel(caught, Impact::Blocked, confirmed || !asks)
}

/// The bookings that narrower windows cancel, after a yes of the owner (COURT-30).
///
/// # Errors
/// [`NotConfirmed`] with everything that would be cancelled.
pub fn cancel_for_windows(shut_out: Vec<BookingAhead>, confirmed: bool) -> Result<Vec<BookingId>, NotConfirmed> {
    cancel(shut_out, Impact::OutsideOpeningTimes, confirmed)
}

fn cancel(bookings: Vec<BookingAhead>, impact: Impact, settled: bool) -> Result<Vec<BookingId>, NotConfirmed> {
    if settled || bookings.is_empty() {
        return Ok(bookings.into_iter().map(|booking| booking.id).collect());
    }
    let affected = bookings.into_iter().map(|booking| Affected { booking, impacts: vec![impact] }).collect();
    Err(NotConfirmed { affected, requires_confirmation: true })
}

#[cfg(test)]
mod tests {
    use contracts::court::{CourtType, LocationType};
    use contracts::ids::CourtId;
    use contracts::money::Cents;
    use jiff::civil::{Weekday, date, time};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::courts::domain::{Place, Texts};

    /// A Monday.
    const DAY: Date = date(2026, 6, 1);

    fn slot(start: i8, end: i8) -> SlotAhead {
        SlotAhead { date: DAY, start: time(start, 0, 0, 0), end: time(end, 0, 0, 0) }
    }

    fn booking(id: u128, start: i8, end: i8) -> BookingAhead {
        BookingAhead {
            id: BookingId(Uuid::from_u128(id)),
            customer: Some(UserId(Uuid::from_u128(100 + id))),
            slot: slot(start, end),
            starts_at: Timestamp::UNIX_EPOCH,
            people: None,
            series: None,
        }
    }

    fn window(start: i8, end: i8) -> Window {
        Window { weekday: Weekday::Monday, start: time(start, 0, 0, 0), end: time(end, 0, 0, 0) }
    }

    fn court() -> Court {
        Court {
            id: CourtId(Uuid::from_u128(1)),
            owner_id: UserId(Uuid::from_u128(2)),
            owner_name: "Owner".to_owned(),
            name: Texts { el: Some("Γήπεδο".to_owned()), en: None },
            description: Texts::default(),
            court_type: CourtType::Padel,
            location_type: LocationType::Indoor,
            address: "Odos 1".to_owned(),
            place: Place::new(37.98, 23.73).expect("Athens"),
            timezone: "Europe/Athens".to_owned(),
            duration_minutes: 60,
            max_capacity: 6,
            base_price: Cents(2000),
            confirmation_mode: contracts::court::ConfirmationMode::Instant,
            confirmation_timeout_hours: 24,
            waitlist_enabled: false,
            amenities: Vec::new(),
            image_keys: Vec::new(),
            enabled: true,
            visible: true,
            owner_verified: true,
            average_rating_hundredths: None,
            total_reviews: 0,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// COURT-18, COURT-19: place, roof, sport and length touch bookings; price, name, mode and hiding do not.
    #[test]
    fn only_what_a_customer_would_notice_touches_bookings() {
        let before = court();
        let ahead = || vec![booking(1, 10, 11)];
        let moved = Court { address: "Odos 2".to_owned(), duration_minutes: 90, ..court() };
        let waits = check_change(&before, &moved, ahead(), false).expect_err("it asks first");
        assert!(waits.requires_confirmation);
        assert_eq!(waits.affected[0].impacts, [Impact::LocationChanged, Impact::DurationChanged]);
        assert_eq!(check_change(&before, &moved, ahead(), true).expect("it was confirmed").len(), 1);
        assert_eq!(check_change(&before, &moved, Vec::new(), false).expect("nobody is hit").len(), 0);
        for harmless in [
            Court { base_price: Cents(9000), ..court() },
            Court { enabled: false, waitlist_enabled: true, ..court() },
            Court { max_capacity: 8, ..court() },
        ] {
            assert!(!touches_bookings(&before, &harmless));
            assert_eq!(check_change(&before, &harmless, ahead(), false), Ok(Vec::new()));
        }
    }

    /// COURT-20: too many people are a no, confirmed or not; bookings that fit or do not say are fine.
    #[test]
    fn capacity_stays_above_those_who_come() {
        let before = court();
        let smaller = Court { max_capacity: 4, ..court() };
        let with = |people| BookingAhead { people, ..booking(1, 10, 11) };
        for confirmed in [false, true] {
            let refused = check_change(&before, &smaller, vec![with(Some(5)), with(Some(4))], confirmed);
            let refused = refused.expect_err("five people come");
            assert_eq!((refused.affected.len(), refused.requires_confirmation), (1, false));
        }
        assert!(touches_bookings(&before, &smaller));
        assert_eq!(check_change(&before, &smaller, vec![with(Some(4)), with(None)], false), Ok(Vec::new()));
    }

    /// COURT-30: a booking over two touching windows is open; one that lay outside before is left alone.
    #[test]
    fn windows_shut_out_what_they_no_longer_cover() {
        let before = [window(8, 12), window(12, 16)];
        let ahead = [slot(11, 13), slot(15, 16), slot(17, 18)];
        let shut_out = |after: &[Window]| ahead.map(|slot| shuts_out(&before, after, slot));
        assert_eq!(shut_out(&[window(8, 15)]), [false, true, false]);
        assert_eq!(shut_out(&[]), [true, true, false]);
        assert_eq!(shut_out(&before), [false; 3]);
    }

    /// COURT-30: series give way at once; a one-off booking among them makes the whole block wait for a yes.
    #[test]
    fn one_off_bookings_are_asked_about() {
        let series = BookingAhead { series: Some(RecurringGroupId(Uuid::from_u128(9))), ..booking(1, 10, 11) };
        assert_eq!(cancel_for_block(vec![series.clone()], false), Ok(vec![series.id]));
        let both = vec![series.clone(), booking(2, 10, 11)];
        let waits = cancel_for_block(both.clone(), false).expect_err("it asks first");
        assert_eq!((waits.affected.len(), waits.requires_confirmation), (2, true));
        assert_eq!(cancel_for_block(both, true).map(|ids| ids.len()), Ok(2));
        // Narrower windows ask about series too.
        assert!(cancel_for_windows(vec![series], false).is_err());
        assert_eq!(cancel_for_windows(Vec::new(), false), Ok(Vec::new()));
    }

    /// HOL-43: changing a block cancels only what it did not meet before.
    #[test]
    fn a_changed_block_catches_only_what_is_new() {
        let block = |start, end| DatedBlock {
            date: DAY,
            time: BlockedTime::Part { start: time(start, 0, 0, 0), end: time(end, 0, 0, 0) },
        };
        let ahead = [slot(10, 11), slot(12, 13)];
        let caught = |before, after| ahead.map(|slot| catches(before, after, slot));
        assert_eq!(caught(Some(block(10, 11)), block(10, 13)), [false, true]);
        assert_eq!(caught(None, block(10, 13)), [true, true]);
        let other_day = DatedBlock { date: date(2026, 6, 2), time: BlockedTime::WholeDay };
        assert_eq!(caught(None, other_day), [false, false]);
    }

    /// COURT-30: a hold in the way makes the change wait, one elsewhere does not.
    #[test]
    fn holds_in_the_way_are_waited_for() {
        let hold = |start, seconds| LiveHold {
            slot: slot(start, start + 1),
            expires_at: Timestamp::from_second(seconds).expect("an instant"),
        };
        let holds = [hold(10, 60), hold(12, 300)];
        let check = |until: i8| {
            let end = time(until, 0, 0, 0);
            check_no_hold(&holds, |slot| slot.start < end, Timestamp::UNIX_EPOCH).map_err(|busy| busy.seconds_left)
        };
        assert_eq!((check(10), check(11), check(13)), (Ok(()), Err(60), Err(300)));
    }

    proptest! {
        /// COURT-30: a booking is shut out by fewer windows, never by more.
        #[test]
        fn wider_windows_shut_nobody_out(
            from in 0_i8..20, hours in 1_i8..4, earlier in 0_i8..5, later in 0_i8..3, start in 0_i8..20, length in 1_i8..3,
        ) {
            let narrow = [window(from, from + hours)];
            let wide = [window((from - earlier).max(0), (from + hours + later).min(23))];
            prop_assert!(!shuts_out(&narrow, &wide, slot(start, start + length)));
        }

        /// COURT-30: a block catches exactly the bookings that share a minute with it.
        #[test]
        fn a_block_catches_what_it_meets(from in 0_i8..22, to in 1_i8..23, start in 0_i8..22, length in 1_i8..2) {
            prop_assume!(from < to);
            let block = DatedBlock {
                date: DAY,
                time: BlockedTime::Part { start: time(from, 0, 0, 0), end: time(to, 0, 0, 0) },
            };
            let shares = (start..start + length).any(|hour| (from..to).contains(&hour));
            prop_assert_eq!(catches(None, block, slot(start, start + length)), shares);
        }
    }
}
