//! What the next free slot of a favourite is, and which news about a court are worth a message.

use contracts::events::{AvailabilityChange, EventPayload};
use contracts::ids::{CourtId, UserId};
use jiff::civil::{Date, Time};
use jiff::{Timestamp, ToSpan as _};

use crate::availability::domain::{CourtDay, SlotStatus, first_instant};

/// Most favourites of one person.
pub const MOST_FAVORITES: i64 = 200;
/// Days looked ahead for the next free slot, today included.
pub const DAYS_AHEAD: i32 = 14;
/// Days that are looked at first: nearly every court has something free tomorrow.
pub const NEAR_DAYS: i32 = 2;

/// A slot that can be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeSlot {
    /// Court-local date.
    pub date: Date,
    /// First minute.
    pub start: Time,
    /// First minute after it.
    pub end: Time,
}

/// The slots of a day that are free and have not begun, by start.
pub fn free_slots(day: &CourtDay, now: Timestamp) -> impl Iterator<Item = FreeSlot> {
    day.slots(1, now).into_iter().filter_map(move |slot| {
        let ahead = first_instant(day.date, slot.start, &day.zone).is_some_and(|instant| instant > now);
        let free = slot.status == SlotStatus::Available && ahead;
        free.then_some(FreeSlot { date: day.date, start: slot.start, end: slot.end })
    })
}

/// A part of a court's calendar in which something became free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freed {
    /// First court-local date.
    pub first: Date,
    /// Last court-local date.
    pub last: Date,
    /// Which part of the day; all of it when absent.
    pub times: Option<(Time, Time)>,
}

impl Freed {
    /// Whether a free slot lies at least partly in what became free.
    #[must_use]
    pub fn touches(&self, slot: &FreeSlot) -> bool {
        (self.first..=self.last).contains(&slot.date)
            && self.times.is_none_or(|(start, end)| slot.start < end && start < slot.end)
    }

    /// The same without what lies further ahead than messages reach; `None` when nothing is left.
    #[must_use]
    pub fn until(self, today: Date) -> Option<Self> {
        let horizon = today.saturating_add((DAYS_AHEAD - 1).days());
        let near = Self { first: self.first.max(today), last: self.last.min(horizon), ..self };
        (near.first <= near.last).then_some(near)
    }
}

/// Why somebody who likes a court may want to hear of it (FIND-36).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Something became free.
    Free(Freed),
    /// It costs something else now.
    Price,
}

/// Something worth telling about a court.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CourtNews {
    /// The court.
    pub court: CourtId,
    /// What happened.
    pub news: News,
    /// Whose own doing it is; they know already.
    pub by: Option<UserId>,
}

/// What an event means for those who like its court. A hold that lapses frees nothing new, and of other weekly windows
/// nobody can say which times they add.
#[must_use]
pub fn news_of(event: &EventPayload) -> Option<CourtNews> {
    let slot = |date, start: contracts::court::TimeOfDay, end: contracts::court::TimeOfDay| {
        News::Free(Freed { first: date, last: date, times: Some((start.time(), end.time())) })
    };
    match event {
        EventPayload::BookingCancelled(event) => Some(CourtNews {
            court: event.court_id,
            news: slot(event.slot.date, event.slot.start_time, event.slot.end_time),
            by: event.user_id,
        }),
        EventPayload::BookingModified(event) => Some(CourtNews {
            court: event.court_id,
            news: slot(event.previous_date, event.previous_start_time, event.previous_end_time),
            by: Some(event.user_id),
        }),
        EventPayload::AvailabilityUpdated(event) if event.change_type == AvailabilityChange::OverrideDeleted => {
            let range = event.affected_date_range?;
            let freed = Freed { first: range.from, last: range.to, times: None };
            Some(CourtNews { court: event.court_id, news: News::Free(freed), by: None })
        }
        EventPayload::PricingUpdated(event) => Some(CourtNews { court: event.court_id, news: News::Price, by: None }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use contracts::events::{AvailabilityUpdated, DateRange};
    use jiff::civil::{date, time};
    use jiff::tz::TimeZone;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::availability::domain::{Occupation, Occupied, Window};

    fn day(occupied: Vec<Occupied>) -> CourtDay {
        let date = date(2026, 11, 21);
        CourtDay {
            date,
            zone: TimeZone::get("Europe/Athens").expect("a zone"),
            session_minutes: 60,
            windows: vec![Window { weekday: date.weekday(), start: time(9, 0, 0, 0), end: time(12, 0, 0, 0) }],
            blocks: Vec::new(),
            occupied,
        }
    }

    /// FIND-31: what has begun or is taken is not the next free slot.
    #[test]
    fn the_next_free_slot_is_ahead_and_free() {
        let now: Timestamp = "2026-11-21T07:30:00Z".parse().expect("09:30 in Athens");
        let booked = Occupied { start: time(10, 0, 0, 0), end: time(11, 0, 0, 0), by: Occupation::Booking };
        let starts = |day: &CourtDay| free_slots(day, now).map(|slot| slot.start.hour()).collect::<Vec<_>>();
        assert_eq!(starts(&day(Vec::new())), [10, 11]);
        assert_eq!(starts(&day(vec![booked])), [11]);
    }

    /// FIND-36: a lifted block frees its days, other windows are no news.
    #[test]
    fn only_what_frees_something_is_news() {
        let court = CourtId(Uuid::from_u128(7));
        let update = |change_type| AvailabilityUpdated {
            court_id: court,
            court_owner_id: UserId(Uuid::from_u128(8)),
            change_type,
            affected_date_range: Some(DateRange { from: date(2026, 11, 21), to: date(2026, 11, 22) }),
            blocked: None,
            cancel_booking_ids: None,
            cancellation_reason: None,
            customers_told: None,
        };
        let freed = Freed { first: date(2026, 11, 21), last: date(2026, 11, 22), times: None };
        let news = CourtNews { court, news: News::Free(freed), by: None };
        assert_eq!(news_of(&update(AvailabilityChange::OverrideDeleted).into()), Some(news));
        assert_eq!(news_of(&update(AvailabilityChange::OverrideCreated).into()), None);
        assert_eq!(news_of(&update(AvailabilityChange::RecurringWindowsUpdated).into()), None);
    }

    proptest! {
        /// FIND-36: what is told lies within what became free and within the days that messages reach.
        #[test]
        fn news_stay_within_reach(first in -30_i32..40, length in 0_i32..60, ahead in -5_i32..40) {
            let today = date(2026, 11, 21);
            let at = |days: i32| today.saturating_add(days.days());
            let freed = Freed { first: at(first), last: at(first + length), times: None };
            let slot = FreeSlot { date: at(ahead), start: time(9, 0, 0, 0), end: time(10, 0, 0, 0) };
            let told = freed.until(today).is_some_and(|near| near.touches(&slot));
            let expected = freed.touches(&slot) && (0..DAYS_AHEAD).contains(&ahead);
            prop_assert_eq!(told, expected);
        }
    }
}
