//! The use cases of availability. Each owns its database transaction; only [`day_for_reader`] may answer from the cache.

use std::sync::Arc;

use contracts::ids::{CourtId, OverrideId, UserId};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use kit::cache::Cached;
use kit::db::{is_exclusion_violation, is_unique_violation};
use serde_json::Value;
use sqlx::PgConnection;

use super::cache::KnownDay;
use super::domain::{
    Block, Refusal, Window, WindowProblem, exists, is_plannable, minutes_between, problems_of_windows, same_windows,
};
use super::store::{Calendar, StoredOverride, StoredWindow};
use super::{events, store};
use crate::audit::{Action, Actor};
use crate::court_bookings;
use crate::court_bookings::domain::{
    BookingAhead, DatedBlock, SlotAhead, cancel_for_block, cancel_for_windows, catches, check_no_hold, shuts_out,
};
use crate::courts::domain::Court;
use crate::courts::ops::{CourtError, own_court, own_court_locked};
use crate::state::AppState;
use crate::store_error::StoreError;

/// Days that one internal answer may span: the two weeks of a live snapshot, with room.
pub const LONGEST_RANGE_DAYS: i32 = 62;

/// Why a use case of availability failed.
#[derive(Debug, thiserror::Error)]
pub enum AvailabilityError {
    /// The court is the problem.
    #[error(transparent)]
    Court(#[from] CourtError),
    /// Some windows are wrong.
    #[error("some windows are wrong")]
    Windows(Vec<WindowProblem>),
    /// COURT-29: the time is blocked already.
    #[error("another block covers part of the time")]
    OverrideOverlap,
    /// The court has no such override.
    #[error("no such override")]
    OverrideNotFound,
    /// BOOK-12: the length is no whole number of sessions that fits a day.
    #[error("the length must be a whole multiple of {session_minutes} minutes within a day")]
    NotWholeSessions {
        /// Length of one session.
        session_minutes: u32,
    },
    /// BOOK-22: the clock skips the start or the end.
    #[error("the clock skips this time")]
    SkippedTime,
    /// BOOK-23: the end is not after the start.
    #[error("the end must be later than the start")]
    EndNotAfterStart,
    /// Dates in the wrong order, too many of them, or absurd ones.
    #[error("the range of dates makes no sense")]
    Range,
}

impl From<StoreError> for AvailabilityError {
    fn from(error: StoreError) -> Self {
        Self::Court(error.into())
    }
}

impl From<sqlx::Error> for AvailabilityError {
    fn from(error: sqlx::Error) -> Self {
        Self::Court(error.into())
    }
}

/// One day of a court for somebody who only looks: kept if possible, else read (LIVE-03, LIVE-04).
pub async fn day_for_reader(
    state: &AppState,
    court: CourtId,
    date: Date,
) -> Result<Cached<Arc<KnownDay>>, AvailabilityError> {
    let load = async {
        let calendar = state.availability.look(court, date, date).await?;
        Ok::<_, AvailabilityError>(calendar.map(|calendar| Arc::new(KnownDay::of(&calendar, date))))
    };
    let cached = state.availability.day(court, date, load).await?;
    let value = cached.value.ok_or(CourtError::NotFound)?;
    if !value.visible {
        // An owner's account can begin to show courts without an event about each of them, so a hidden day is not kept.
        state.availability.forget_day(court, date);
    }
    Ok(Cached { value, hit: cached.hit })
}

/// How many sessions a wanted length is; one when no length is wanted (LIVE-01, BOOK-12).
pub fn sessions_of(session_minutes: u32, wanted_minutes: Option<u32>) -> Result<u32, AvailabilityError> {
    let Some(wanted) = wanted_minutes else { return Ok(1) };
    if wanted == 0 || wanted >= 24 * 60 || wanted % session_minutes != 0 {
        return Err(AvailabilityError::NotWholeSessions { session_minutes });
    }
    Ok(wanted / session_minutes)
}

/// Today by the clock of a court.
pub fn today_in(zone: &TimeZone, now: Timestamp) -> Date {
    now.to_zoned(zone.clone()).date()
}

/// A court's calendar over some dates, read directly; for decisions and for live messages.
pub async fn calendar(
    state: &AppState,
    court: CourtId,
    first: Date,
    last: Date,
) -> Result<Calendar, AvailabilityError> {
    if !is_plannable(first) || !is_plannable(last) || last < first {
        return Err(AvailabilityError::Range);
    }
    if first.saturating_add(LONGEST_RANGE_DAYS.days()) <= last {
        return Err(AvailabilityError::Range);
    }
    Ok(state.availability.look(court, first, last).await?.ok_or(CourtError::NotFound)?)
}

/// Why a slot of a court cannot be booked by a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotProblem {
    /// COURT-32: the owner is not verified.
    OwnerNotVerified,
    /// COURT-32: customers do not see it for another reason.
    NotVisible,
    /// Its calendar says no.
    Refused(Refusal),
}

/// Whether a customer could book `[start, end)`, asked of the database (BOOK-11, BOOK-12, BOOK-22, BOOK-23).
pub async fn validate_slot(
    state: &AppState,
    court: CourtId,
    date: Date,
    start: Time,
    end: Time,
) -> Result<Result<(), SlotProblem>, AvailabilityError> {
    check_slot(&calendar(state, court, date, date).await?, date, start, end, state.env.clock.now())
}

/// The same by a calendar that was read already.
pub fn check_slot(
    calendar: &Calendar,
    date: Date,
    start: Time,
    end: Time,
    now: Timestamp,
) -> Result<Result<(), SlotProblem>, AvailabilityError> {
    if minutes_between(start, end) <= 0 {
        return Err(AvailabilityError::EndNotAfterStart);
    }
    if !exists(date, start, &calendar.zone) || !exists(date, end, &calendar.zone) {
        return Err(AvailabilityError::SkippedTime);
    }
    if !calendar.owner_verified {
        return Ok(Err(SlotProblem::OwnerNotVerified));
    }
    if !calendar.visible {
        return Ok(Err(SlotProblem::NotVisible));
    }
    Ok(calendar.day(date).check(start, end, now).map_err(SlotProblem::Refused))
}

/// The windows of one of `owner`'s courts.
pub async fn show_windows(
    state: &AppState,
    owner: UserId,
    court: CourtId,
) -> Result<Vec<StoredWindow>, AvailabilityError> {
    let mut connection = state.pool.acquire().await?;
    own_court(&mut connection, owner, court).await?;
    Ok(store::windows_of_court(&mut connection, court).await?)
}

/// Puts a set of windows in the place of the stored one (COURT-26, COURT-27, COURT-31). `confirmed` is the owner's yes to
/// cancelling the bookings that no longer lie inside (COURT-30).
pub async fn replace_windows(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    windows: &[Window],
    confirmed: bool,
) -> Result<Vec<StoredWindow>, AvailabilityError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let owned = own_court_with_calendar(&mut transaction, actor, court).await?;
    let stored = replace_windows_of_locked(state, &mut transaction, actor, &owned, windows, confirmed).await?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(court);
    Ok(stored)
}

/// The same for a court whose calendar and row the caller's transaction has locked. A set that is stored already leaves no
/// trace.
pub async fn replace_windows_of_locked(
    state: &AppState,
    connection: &mut PgConnection,
    actor: Actor,
    court: &Court,
    windows: &[Window],
    confirmed: bool,
) -> Result<Vec<StoredWindow>, AvailabilityError> {
    let problems = problems_of_windows(windows);
    if !problems.is_empty() {
        return Err(AvailabilityError::Windows(problems));
    }
    let now = state.env.clock.now();
    let stored = store::windows_of_court(connection, court.id).await?;
    let before: Vec<Window> = stored.iter().map(|stored| stored.window).collect();
    if same_windows(&before, windows) {
        return Ok(stored);
    }
    store::replace_windows(connection, court.id, windows, &*state.env.ids).await.map_err(|error| match error {
        StoreError::Database(cause) if is_exclusion_violation(&cause, "court_windows_no_overlap") => {
            AvailabilityError::Windows(vec![WindowProblem::Overlap { index: 0 }])
        }
        other => other.into(),
    })?;
    let shut_out = in_the_way(connection, court.id, now, |slot| shuts_out(&before, windows, slot)).await?;
    let cancelled = cancel_for_windows(shut_out, confirmed).map_err(CourtError::from)?;
    let action = changed(court.id, events::windows_snapshot(&before), events::windows_snapshot(windows));
    actor.record(connection, action, now).await?;
    events::append_windows_updated(connection, &state.env, court, cancelled).await.map_err(CourtError::Event)?;
    Ok(store::windows_of_court(connection, court.id).await?)
}

/// One of the actor's courts with its calendar and its row locked, in the order that everyone locks them.
async fn own_court_with_calendar(
    connection: &mut PgConnection,
    actor: Actor,
    court: CourtId,
) -> Result<Court, CourtError> {
    // Looked at first, so that nobody makes others wait with courts that are not theirs.
    own_court(connection, actor.user, court).await?;
    store::lock_calendar(connection, court).await?;
    own_court_locked(connection, actor.user, court).await
}

/// The bookings still to begin in slots that a change takes away. The calendar is locked, so none can be missing but those
/// that are being paid for: while there is one, the change has to wait.
async fn in_the_way(
    connection: &mut PgConnection,
    court: CourtId,
    now: Timestamp,
    taken_away: impl Fn(SlotAhead) -> bool,
) -> Result<Vec<BookingAhead>, CourtError> {
    check_no_hold(&court_bookings::live_holds(connection, court, now).await?, &taken_away, now)?;
    let mut ahead = court_bookings::bookings_ahead(connection, court, now).await?;
    ahead.retain(|booking| booking.starts_at > now && taken_away(booking.slot));
    Ok(ahead)
}

/// Openings before and after, for the owner's log.
fn changed(court: CourtId, before: Value, after: Value) -> Action {
    let state = |value: Value| (!value.is_null()).then_some(value);
    Action {
        name: "AVAILABILITY_CHANGED",
        resource_type: "AVAILABILITY",
        resource_id: court.0,
        before: state(before),
        after: state(after),
    }
}

/// The overrides of one of `owner`'s courts between two dates.
pub async fn show_overrides(
    state: &AppState,
    owner: UserId,
    court: CourtId,
    first: Option<Date>,
    last: Option<Date>,
) -> Result<Vec<StoredOverride>, AvailabilityError> {
    let mut connection = state.pool.acquire().await?;
    own_court(&mut connection, owner, court).await?;
    Ok(store::overrides_of_court(&mut connection, court, first, last).await?)
}

/// What an owner wants to block.
#[derive(Debug, Clone)]
pub struct WantedBlock {
    /// Local date of the court.
    pub date: Date,
    /// What it covers and why.
    pub block: Block,
    /// The owner's yes to cancelling one-off bookings in it (COURT-30).
    pub confirmed: bool,
}

impl WantedBlock {
    fn dated(&self) -> DatedBlock {
        DatedBlock { date: self.date, time: self.block.time }
    }
}

/// Blocks a date or a part of it (COURT-28 to COURT-31).
pub async fn block_time(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    wanted: WantedBlock,
) -> Result<StoredOverride, AvailabilityError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let owned = own_court_with_calendar(&mut transaction, actor, court).await?;
    if store::overlaps_override(&mut transaction, court, wanted.dated(), None).await? {
        return Err(AvailabilityError::OverrideOverlap);
    }
    let after = wanted.dated();
    let created = StoredOverride {
        id: OverrideId(state.env.ids.new_id()),
        date: wanted.date,
        block: wanted.block,
        source: "MANUAL".to_owned(),
        holiday_template_id: None,
    };
    store::insert_manual_override(&mut transaction, court, &created, actor.user, now).await.map_err(taken_meanwhile)?;
    let caught = in_the_way(&mut transaction, court, now, |slot| catches(None, after, slot)).await?;
    let cancelled = cancel_for_block(caught, wanted.confirmed).map_err(CourtError::from)?;
    let action = changed(court, Value::Null, events::override_snapshot(&created));
    actor.record(&mut transaction, action, now).await?;
    events::append_override_created(&mut transaction, &state.env, &owned, &created, cancelled)
        .await
        .map_err(CourtError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(court);
    Ok(created)
}

/// Gives a block another date, time or reason. It becomes the owner's own, whatever made it, so that no change of a
/// holiday reaches it any more (HOL-43).
pub async fn change_block(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    id: OverrideId,
    wanted: WantedBlock,
) -> Result<StoredOverride, AvailabilityError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let owned = own_court_with_calendar(&mut transaction, actor, court).await?;
    let stored = store::find_override(&mut transaction, court, id).await?;
    let before = stored.ok_or(AvailabilityError::OverrideNotFound)?;
    if store::overlaps_override(&mut transaction, court, wanted.dated(), Some(id)).await? {
        return Err(AvailabilityError::OverrideOverlap);
    }
    let (was, becomes) = (DatedBlock { date: before.date, time: before.block.time }, wanted.dated());
    let after = StoredOverride {
        id,
        date: wanted.date,
        block: wanted.block,
        source: "MANUAL".to_owned(),
        holiday_template_id: None,
    };
    store::make_override_manual(&mut transaction, court, &after).await.map_err(taken_meanwhile)?;
    let caught = in_the_way(&mut transaction, court, now, |slot| catches(Some(was), becomes, slot)).await?;
    let cancelled = cancel_for_block(caught, wanted.confirmed).map_err(CourtError::from)?;
    let action = changed(court, events::override_snapshot(&before), events::override_snapshot(&after));
    actor.record(&mut transaction, action, now).await?;
    events::append_override_deleted(&mut transaction, &state.env, &owned, before.date)
        .await
        .map_err(CourtError::Event)?;
    events::append_override_created(&mut transaction, &state.env, &owned, &after, cancelled)
        .await
        .map_err(CourtError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(court);
    Ok(after)
}

/// Lifts a block (COURT-29, COURT-31).
pub async fn lift_block(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    id: OverrideId,
) -> Result<(), AvailabilityError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    let owned = own_court_with_calendar(&mut transaction, actor, court).await?;
    let stored = store::find_override(&mut transaction, court, id).await?;
    let lifted = stored.ok_or(AvailabilityError::OverrideNotFound)?;
    store::delete_override(&mut transaction, court, id).await?;
    let action = changed(court, events::override_snapshot(&lifted), Value::Null);
    actor.record(&mut transaction, action, state.env.clock.now()).await?;
    events::append_override_deleted(&mut transaction, &state.env, &owned, lifted.date)
        .await
        .map_err(CourtError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(court);
    Ok(())
}

/// The database has the last word on blocks that overlap.
fn taken_meanwhile(error: StoreError) -> AvailabilityError {
    match error {
        StoreError::Database(cause)
            if is_exclusion_violation(&cause, "court_overrides_no_manual_overlap")
                || is_unique_violation(&cause, "court_overrides_same_block") =>
        {
            AvailabilityError::OverrideOverlap
        }
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BOOK-12: whole multiples only, within a day; none means one session.
    #[test]
    fn lengths_are_whole_sessions() {
        assert_eq!(sessions_of(90, None).ok(), Some(1));
        assert_eq!(sessions_of(90, Some(90)).ok(), Some(1));
        assert_eq!(sessions_of(90, Some(270)).ok(), Some(3));
        for wrong in [0, 1, 60, 91, 1440, u32::MAX] {
            assert!(sessions_of(90, Some(wrong)).is_err(), "{wrong}");
        }
    }
}
