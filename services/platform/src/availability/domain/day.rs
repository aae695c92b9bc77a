//! One court on one date: its slots and whether a wanted time can be booked.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::block::{Block, BlockedTime};
use super::local_time::{exists, first_instant, minute_of_day, minutes_between, time_at_minute};
use super::window::Window;

/// Everything that decides the slots of one court on one date.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CourtDay {
    /// Local date of the court.
    pub date: Date,
    /// The court's zone.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
    /// Minutes of one session: the step of the grid. Always positive.
    pub session_minutes: u32,
    /// Opening periods; those of other weekdays are ignored.
    pub windows: Vec<Window>,
    /// Blocks of this date.
    pub blocks: Vec<Block>,
    /// Bookings and holds of this date.
    pub occupied: Vec<Occupied>,
}

/// A part of the date that somebody has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occupied {
    /// First taken minute.
    pub start: Time,
    /// First free minute.
    pub end: Time,
    /// By what.
    pub by: Occupation,
}

/// What takes a part of the date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Occupation {
    /// A booking, confirmed or waiting for the owner.
    Booking,
    /// A hold that stops counting at `expires_at`, whether or not it has been cleaned up (LIVE-09).
    Hold {
        /// First instant at which the time is free again.
        expires_at: Timestamp,
    },
}

/// One bookable unit of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// First minute.
    pub start: Time,
    /// First minute after it.
    pub end: Time,
    /// Whether it can be booked.
    pub status: SlotStatus,
}

/// What is known about a slot (LIVE-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotStatus {
    /// Nobody has it.
    Available,
    /// A booking has it.
    Booked,
    /// Somebody is paying for it.
    Held {
        /// When the hold ends unless it becomes a booking.
        expires_at: Timestamp,
    },
    /// The owner has blocked it.
    Blocked,
}

/// Why a wanted time cannot be booked (BOOK-11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No single window covers it.
    OutsideWindow,
    /// Not a whole number of sessions, or not on the grid of its window (BOOK-12).
    DurationMismatch,
    /// A block covers part of it.
    Blocked {
        /// The owner's reason.
        reason: String,
    },
    /// A booking or a live hold covers part of it.
    Conflict,
}

impl CourtDay {
    /// The slots of this date for bookings of `sessions` sessions, by start time. Starts lie on the grid of each window;
    /// a slot whose start or end the clock skips is not offered (BOOK-22).
    #[must_use]
    pub fn slots(&self, sessions: u32, now: Timestamp) -> Vec<Slot> {
        let Some((step, length)) = self.step_and_length(sessions) else { return Vec::new() };
        let mut windows: Vec<&Window> = self.windows_of_the_day().collect();
        windows.sort_by_key(|window| window.start);
        let mut slots = Vec::new();
        for window in windows {
            let close = minute_of_day(window.end);
            let mut open = minute_of_day(window.start);
            while open + length <= close {
                if let (Some(start), Some(end)) = (time_at_minute(open), time_at_minute(open + length))
                    && exists(self.date, start, &self.zone)
                    && exists(self.date, end, &self.zone)
                {
                    slots.push(Slot { start, end, status: self.status_of(start, end, now) });
                }
                open += step;
            }
        }
        slots
    }

    /// Whether `[start, end)` can be booked now.
    ///
    /// # Errors
    /// The first [`Refusal`] in the order window, duration, block, conflict.
    pub fn check(&self, start: Time, end: Time, now: Timestamp) -> Result<(), Refusal> {
        let window = self
            .windows_of_the_day()
            .find(|window| window.start <= start && end <= window.end && start < end)
            .ok_or(Refusal::OutsideWindow)?;
        let session = i32::try_from(self.session_minutes).unwrap_or(i32::MAX);
        let on_grid = minutes_between(window.start, start) % session == 0;
        let whole_sessions = minutes_between(start, end) % session == 0;
        if !on_grid || !whole_sessions {
            return Err(Refusal::DurationMismatch);
        }
        if let Some(block) = self.blocks.iter().find(|block| block.time.covers_any_of(start, end)) {
            return Err(Refusal::Blocked { reason: block.reason.clone() });
        }
        match self.status_of(start, end, now) {
            SlotStatus::Booked | SlotStatus::Held { .. } => Err(Refusal::Conflict),
            SlotStatus::Available | SlotStatus::Blocked => Ok(()),
        }
    }

    /// The first instant at which something known here stops being true by itself: the earliest end of a live hold.
    #[must_use]
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        self.occupied
            .iter()
            .filter_map(|occupied| match occupied.by {
                Occupation::Hold { expires_at } if expires_at > now => Some(expires_at),
                _ => None,
            })
            .min()
    }

    /// Whether some slot of one session is free and has not begun yet (FIND-08).
    #[must_use]
    pub fn has_free_slot(&self, now: Timestamp) -> bool {
        self.slots(1, now).iter().any(|slot| {
            slot.status == SlotStatus::Available
                && first_instant(self.date, slot.start, &self.zone).is_some_and(|instant| instant > now)
        })
    }

    /// Whether the whole date is blocked or no window opens it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.windows_of_the_day().next().is_none()
            || self.blocks.iter().any(|block| block.time == BlockedTime::WholeDay)
    }

    fn windows_of_the_day(&self) -> impl Iterator<Item = &Window> {
        self.windows.iter().filter(|window| window.weekday == self.date.weekday())
    }

    /// Step of the grid and length of a slot in minutes; `None` when either is zero or no day is that long.
    fn step_and_length(&self, sessions: u32) -> Option<(i32, i32)> {
        let step = i32::try_from(self.session_minutes).ok().filter(|step| *step > 0)?;
        let length = step.checked_mul(i32::try_from(sessions).ok()?).filter(|length| (1..24 * 60).contains(length))?;
        Some((step, length))
    }

    /// A booking outranks a hold and both outrank a block: what is taken stays taken when the owner closes afterwards.
    fn status_of(&self, start: Time, end: Time, now: Timestamp) -> SlotStatus {
        let mut held_until = None;
        for occupied in self.occupied.iter().filter(|occupied| occupied.start < end && start < occupied.end) {
            match occupied.by {
                Occupation::Booking => return SlotStatus::Booked,
                Occupation::Hold { expires_at } if expires_at > now => held_until = held_until.max(Some(expires_at)),
                Occupation::Hold { .. } => {}
            }
        }
        if let Some(expires_at) = held_until {
            return SlotStatus::Held { expires_at };
        }
        if self.blocks.iter().any(|block| block.time.covers_any_of(start, end)) {
            return SlotStatus::Blocked;
        }
        SlotStatus::Available
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date};
    use jiff::{SignedDuration, ToSpan};
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T10:00:00Z".parse().expect("a literal instant")
    }

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("the zone is known")
    }

    fn at(minute: i32) -> Time {
        time_at_minute(minute).expect("a minute of the day")
    }

    fn day(date: Date, zone_name: &str, session_minutes: u32, open: (i32, i32)) -> CourtDay {
        CourtDay {
            date,
            zone: zone(zone_name),
            session_minutes,
            windows: vec![Window { weekday: date.weekday(), start: at(open.0), end: at(open.1) }],
            blocks: Vec::new(),
            occupied: Vec::new(),
        }
    }

    fn starts(day: &CourtDay) -> Vec<String> {
        day.slots(1, now()).iter().map(|slot| slot.start.strftime("%H:%M").to_string()).collect()
    }

    /// Team grid rule: slots start at the window's start, step by the court's duration, and a rest too short is no slot.
    #[test]
    fn slots_fill_the_window_from_its_start() {
        let saturday = date(2026, 11, 21);
        assert_eq!(starts(&day(saturday, "Europe/Athens", 90, (9 * 60, 14 * 60))), ["09:00", "10:30", "12:00"]);
        assert!(starts(&day(saturday, "Europe/Athens", 90, (9 * 60, 10 * 60))).is_empty());
        let mut other_weekday = day(saturday, "Europe/Athens", 60, (540, 600));
        other_weekday.windows[0].weekday = Weekday::Sunday;
        assert!(starts(&other_weekday).is_empty());
        assert!(other_weekday.is_closed());
    }

    /// BOOK-22: no slot starts or ends in the hour that Athens skips in spring.
    #[test]
    fn a_skipped_hour_offers_no_slot() {
        let spring = day(date(2027, 3, 28), "Europe/Athens", 60, (0, 6 * 60));
        assert_eq!(starts(&spring), ["00:00", "01:00", "04:00", "05:00"]);
    }

    /// BOOK-22: the repeated hour in autumn is offered once.
    #[test]
    fn a_repeated_hour_offers_one_slot() {
        let autumn = day(date(2026, 10, 25), "Europe/Athens", 60, (60, 6 * 60));
        assert_eq!(starts(&autumn), ["01:00", "02:00", "03:00", "04:00", "05:00"]);
    }

    /// BOOK-23: a slot ends on its own date.
    #[test]
    fn no_slot_reaches_midnight() {
        let late = day(date(2026, 11, 21), "Asia/Kolkata", 60, (22 * 60, 23 * 60 + 59));
        assert_eq!(starts(&late), ["22:00"]);
    }

    /// LIVE-02, LIVE-09: bookings, live holds and blocks show; an expired hold does not.
    #[test]
    fn statuses_tell_what_has_the_slot() {
        let mut day = day(date(2026, 11, 21), "Europe/Athens", 60, (9 * 60, 15 * 60));
        let live = now() + SignedDuration::from_mins(3);
        let taken = |hour: i32, by| Occupied { start: at(hour * 60), end: at(hour * 60 + 60), by };
        day.occupied = vec![
            taken(9, Occupation::Booking),
            taken(10, Occupation::Hold { expires_at: live }),
            taken(11, Occupation::Hold { expires_at: now() }),
            taken(12, Occupation::Booking),
        ];
        day.blocks = vec![Block {
            time: BlockedTime::Part { start: at(12 * 60 + 30), end: at(13 * 60 + 30) },
            reason: "Nets".to_owned(),
        }];
        let statuses: Vec<_> = day.slots(1, now()).iter().map(|slot| slot.status).collect();
        assert_eq!(
            statuses,
            [
                SlotStatus::Booked,
                SlotStatus::Held { expires_at: live },
                SlotStatus::Available,
                SlotStatus::Booked,
                SlotStatus::Blocked,
                SlotStatus::Available
            ]
        );
        assert_eq!(day.next_change(now()), Some(live));
        assert_eq!(day.next_change(live), None);
        // Two sessions starting at 11:00 would run into the booking at 12:00.
        assert_eq!(day.slots(2, now())[2].status, SlotStatus::Booked);
    }

    /// BOOK-11, BOOK-12: each refusal has its own reason.
    #[test]
    fn a_wanted_time_is_refused_with_its_reason() {
        let mut day = day(date(2026, 11, 21), "Europe/Athens", 90, (9 * 60, 18 * 60));
        day.blocks =
            vec![Block { time: BlockedTime::Part { start: at(720), end: at(780) }, reason: "Nets".to_owned() }];
        day.occupied = vec![Occupied { start: at(900), end: at(990), by: Occupation::Booking }];
        let check = |from: i32, to: i32| day.check(at(from), at(to), now());
        assert_eq!(check(540, 630), Ok(()));
        assert_eq!(check(540, 720), Ok(()));
        assert_eq!(check(480, 570), Err(Refusal::OutsideWindow));
        assert_eq!(check(1035, 1125), Err(Refusal::OutsideWindow));
        assert_eq!(check(630, 630), Err(Refusal::OutsideWindow));
        assert_eq!(check(600, 690), Err(Refusal::DurationMismatch));
        assert_eq!(check(540, 600), Err(Refusal::DurationMismatch));
        assert_eq!(check(720, 810), Err(Refusal::Blocked { reason: "Nets".to_owned() }));
        assert_eq!(check(900, 990), Err(Refusal::Conflict));
        assert_eq!(check(810, 990), Err(Refusal::Conflict));
    }

    /// FIND-08: what has already begun is no free slot.
    #[test]
    fn a_slot_that_has_begun_is_not_free() {
        let day = day(date(2026, 11, 20), "Europe/Athens", 60, (9 * 60, 12 * 60 + 59));
        let clock = |text: &str| text.parse::<Timestamp>().expect("a literal instant");
        assert!(day.has_free_slot(clock("2026-11-20T08:59:00Z")));
        assert!(!day.has_free_slot(clock("2026-11-20T09:00:00Z")));
    }

    /// Dates that matter: both clock changes of Athens, a half-hour change, a zone half an hour off, and plain ones.
    fn any_date_and_zone() -> impl Strategy<Value = (Date, &'static str)> {
        prop_oneof![
            Just((date(2027, 3, 28), "Europe/Athens")),
            Just((date(2026, 10, 25), "Europe/Athens")),
            Just((date(2026, 10, 4), "Australia/Lord_Howe")),
            Just((date(2027, 4, 4), "Australia/Lord_Howe")),
            Just((date(2026, 11, 21), "Asia/Kolkata")),
            (0_i64..400).prop_map(|days| (date(2026, 1, 1).saturating_add(days.days()), "Europe/Athens")),
        ]
    }

    fn any_occupation() -> impl Strategy<Value = Occupation> {
        prop_oneof![
            Just(Occupation::Booking),
            (-300_i64..300)
                .prop_map(|seconds| Occupation::Hold { expires_at: now() + SignedDuration::from_secs(seconds) }),
        ]
    }

    fn any_span() -> impl Strategy<Value = (i32, i32)> {
        (0_i32..1439, 1_i32..600).prop_map(|(start, length)| (start, (start + length).min(1439)))
    }

    fn any_day() -> impl Strategy<Value = CourtDay> {
        let taken = (any_span(), any_occupation()).prop_map(|((start, end), by)| Occupied {
            start: at(start),
            end: at(end.max(start + 1).min(1439)),
            by,
        });
        let block = (any_span(), any::<bool>()).prop_map(|((start, end), whole)| Block {
            time: if whole { BlockedTime::WholeDay } else { BlockedTime::Part { start: at(start), end: at(end) } },
            reason: "Closed".to_owned(),
        });
        (
            any_date_and_zone(),
            15_u32..=240,
            prop::collection::btree_set(0_i32..=1439, 0..6),
            prop::collection::vec(taken, 0..6),
            prop::collection::vec(block, 0..2),
        )
            .prop_map(|((date, zone_name), session_minutes, edges, occupied, blocks)| {
                // Neighbouring edges make windows that never overlap, in an order that is not sorted.
                let edges: Vec<i32> = edges.into_iter().collect();
                let mut windows: Vec<Window> = edges
                    .chunks_exact(2)
                    .map(|pair| Window { weekday: date.weekday(), start: at(pair[0]), end: at(pair[1]) })
                    .collect();
                windows.reverse();
                CourtDay { date, zone: zone(zone_name), session_minutes, windows, blocks, occupied }
            })
    }

    /// The laws every list of slots obeys, whatever the day looks like.
    fn check_laws(day: &CourtDay, sessions: u32) -> Result<(), TestCaseError> {
        let slots = day.slots(sessions, now());
        let length = i32::try_from(day.session_minutes * sessions).expect("small numbers");
        for slot in &slots {
            prop_assert_eq!(minutes_between(slot.start, slot.end), length);
            prop_assert!(exists(day.date, slot.start, &day.zone) && exists(day.date, slot.end, &day.zone));
            let from = first_instant(day.date, slot.start, &day.zone);
            prop_assert!(from < first_instant(day.date, slot.end, &day.zone), "time runs forward within a slot");
            let window = day.windows.iter().find(|window| window.start <= slot.start && slot.end <= window.end);
            let window = window.ok_or_else(|| TestCaseError::fail("a slot lies in no window"))?;
            let step = i32::try_from(day.session_minutes).expect("small numbers");
            prop_assert_eq!(minutes_between(window.start, slot.start) % step, 0);
            let touching = || day.occupied.iter().filter(|taken| taken.start < slot.end && slot.start < taken.end);
            let booked = touching().any(|taken| taken.by == Occupation::Booking);
            let held =
                touching().any(|taken| matches!(taken.by, Occupation::Hold { expires_at } if expires_at > now()));
            let blocked = day.blocks.iter().any(|block| block.time.covers_any_of(slot.start, slot.end));
            match slot.status {
                SlotStatus::Booked => prop_assert!(booked),
                SlotStatus::Held { expires_at } => prop_assert!(held && !booked && expires_at > now()),
                SlotStatus::Blocked => prop_assert!(blocked && !held && !booked),
                SlotStatus::Available => prop_assert!(!blocked && !held && !booked),
            }
            // What is offered can be booked, and nothing else can.
            prop_assert_eq!(day.check(slot.start, slot.end, now()).is_ok(), slot.status == SlotStatus::Available);
        }
        for pair in slots.windows(2) {
            prop_assert!(pair[0].start < pair[1].start);
            if sessions == 1 {
                prop_assert!(pair[0].end <= pair[1].start, "slots of one session never overlap");
            }
        }
        Ok(())
    }

    proptest! {
        /// LIVE-02, BOOK-11, BOOK-12, BOOK-22, BOOK-23.
        #[test]
        fn slots_obey_their_laws(day in any_day(), sessions in 1_u32..=3) {
            check_laws(&day, sessions)?;
        }

        /// Whatever is asked, a check answers and never panics.
        #[test]
        fn any_time_can_be_asked(day in any_day(), start in 0_i32..=1439, end in 0_i32..=1439) {
            let answer = day.check(at(start), at(end), now());
            prop_assert!(answer.is_err() || start < end);
        }
    }
}
