//! An owner's own holidays: made, changed with or without what they have blocked already, and removed (HOL-09 to HOL-18).

use contracts::ids::{CourtId, HolidayId, UserId};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use kit::db::is_unique_violation;
use kit::plain_text;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgTransaction};

use super::blocks::make_blocks;
use super::court::Removal;
use super::{HolidayError, read_name};
use crate::audit::{Action, Actor};
use crate::availability::domain::BlockedTime;
use crate::availability::lock_calendars;
use crate::holidays::domain::{DatePattern, DatesInput, Holiday, Names, Resolution, SkipReason, Skipped, rewrite};
use crate::holidays::events;
use crate::holidays::store::{self, CourtSite};
use crate::state::AppState;

/// A new holiday as its owner describes it.
#[derive(Debug, Clone)]
pub struct CustomDraft {
    /// Greek name.
    pub name_el: String,
    /// English name, if any.
    pub name_en: Option<String>,
    /// When.
    pub dates: DatesInput,
    /// From and until; none for whole days.
    pub hours: (Option<Time>, Option<Time>),
}

/// What is to be different. `None` stays as it is; the inner `None` takes away.
#[derive(Debug, Clone, Default)]
pub struct CustomChange {
    /// Greek name.
    pub name_el: Option<String>,
    /// English name.
    pub name_en: Option<Option<String>>,
    /// Whether it makes new blocks.
    pub active: Option<bool>,
    /// First day.
    pub date: Option<Date>,
    /// Last day.
    pub end_date: Option<Option<Date>>,
    /// From.
    pub start: Option<Option<Time>>,
    /// Until.
    pub end: Option<Option<Time>>,
    /// Whether it comes every year.
    pub recurring: Option<bool>,
    /// Days from Easter.
    pub easter_offset: Option<Option<i16>>,
}

/// What a change is for (HOL-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyTo {
    /// Blocks dated after today follow it.
    FutureInstances,
    /// Blocks that exist stay as they are.
    Nothing,
}

/// A changed holiday and what that did to its blocks.
#[derive(Debug)]
pub struct Changed {
    /// The holiday now.
    pub holiday: Holiday,
    /// On how many courts it is.
    pub courts: i64,
    /// Blocks dated after today that its dates could not move to, because customers have booked (HOL-16).
    pub skipped: Vec<Skipped>,
}

/// An owner's own holidays, each with the number of its courts (HOL-14).
pub async fn list_custom(state: &AppState, owner: UserId, all: bool) -> Result<Vec<(Holiday, i64)>, HolidayError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::custom_holidays(&mut connection, owner, all).await?)
}

fn read_english(text: Option<&str>) -> Option<String> {
    text.map(plain_text::line).filter(|name| !name.is_empty())
}

pub(super) fn taken_name(error: sqlx::Error) -> HolidayError {
    if is_unique_violation(&error, "holiday_templates_name_per_owner") {
        HolidayError::NameExists
    } else {
        error.into()
    }
}

/// What the audit log keeps of a holiday.
pub(super) fn audit_state(holiday: &Holiday) -> Value {
    let (start, end) = holiday.time.times();
    json!({
        "nameEl": holiday.names.el, "nameEn": holiday.names.en, "datePattern": holiday.pattern.to_string(),
        "days": holiday.day_count, "startTime": start, "endTime": end, "isActive": holiday.active,
    })
}

fn action(name: &'static str, holiday: HolidayId, before: Option<Value>, after: Option<Value>) -> Action {
    Action { name, resource_type: "HOLIDAY", resource_id: holiday.0, before, after }
}

/// Stores a new holiday of the caller (HOL-09 to HOL-12).
pub async fn create_custom(state: &AppState, actor: Actor, draft: CustomDraft) -> Result<Holiday, HolidayError> {
    let now = state.env.clock.now();
    let (pattern, day_count) = draft.dates.read()?;
    let holiday = Holiday {
        id: HolidayId(state.env.ids.new_id()),
        owner: Some(actor.user),
        names: Names { el: read_name(&draft.name_el)?, en: read_english(draft.name_en.as_deref()) },
        pattern,
        first_date: Some(draft.dates.date),
        day_count,
        time: BlockedTime::from_times(draft.hours.0, draft.hours.1)?,
        active: true,
        created_at: now,
    };
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::insert_holiday(&mut transaction, &holiday, now).await.map_err(taken_name)?;
    let done = action("HOLIDAY_CREATED", holiday.id, None, Some(audit_state(&holiday)));
    actor.record(&mut transaction, done, now).await?;
    transaction.commit().await?;
    Ok(holiday)
}

/// A transaction that holds a holiday of `owner` and the calendars of all courts that follow it or have its blocks.
struct Held {
    transaction: PgTransaction<'static>,
    holiday: Holiday,
    courts: Vec<CourtSite>,
}

async fn hold(state: &AppState, owner: UserId, id: HolidayId, now: Timestamp) -> Result<Held, HolidayError> {
    loop {
        let mut transaction = kit::db::begin(&state.pool).await?;
        let own = |holiday: &Holiday| holiday.owner == Some(owner);
        store::find_holiday(&mut transaction, id).await?.filter(own).ok_or(HolidayError::NotFound)?;
        let courts = store::courts_with_holiday(&mut transaction, owner, id, now).await?;
        let ids: Vec<CourtId> = courts.iter().map(|court| court.id).collect();
        lock_calendars(&mut transaction, &ids).await?;
        let holiday = store::lock_holiday(&mut transaction, id).await?.filter(own).ok_or(HolidayError::NotFound)?;
        let courts = store::courts_with_holiday(&mut transaction, owner, id, now).await?;
        // Applied to another court in between: begin again, because calendars are locked before templates.
        if courts.iter().all(|court| ids.contains(&court.id)) {
            return Ok(Held { transaction, holiday, courts });
        }
    }
}

/// Changes a holiday of the caller, and what it has blocked after today if that is wanted (HOL-15, HOL-16).
pub async fn change_custom(
    state: &AppState,
    actor: Actor,
    id: HolidayId,
    change: CustomChange,
    apply_to: ApplyTo,
) -> Result<Changed, HolidayError> {
    let now = state.env.clock.now();
    let Held { mut transaction, holiday: before, courts } = hold(state, actor.user, id, now).await?;
    let after = changed(&before, change)?;
    store::save_holiday(&mut transaction, &after, now).await.map_err(taken_name)?;
    let mut skipped = Vec::new();
    if apply_to == ApplyTo::FutureInstances && after.active {
        skipped = rewrite_blocks(state, &mut transaction, &courts, &before, &after, now).await?;
    }
    let done = action("HOLIDAY_UPDATED", id, Some(audit_state(&before)), Some(audit_state(&after)));
    actor.record(&mut transaction, done, now).await?;
    let holidays = store::custom_holidays(&mut transaction, actor.user, true).await?;
    let count = holidays.iter().find(|(holiday, _)| holiday.id == id).map_or(0, |(_, count)| *count);
    transaction.commit().await?;
    state.wake.wake();
    forget(state, &courts);
    Ok(Changed { holiday: after, courts: count, skipped })
}

fn forget(state: &AppState, courts: &[CourtSite]) {
    for court in courts {
        state.availability.forget_court(court.id);
    }
}

/// The holiday with a change laid over it.
fn changed(before: &Holiday, change: CustomChange) -> Result<Holiday, HolidayError> {
    let mut after = before.clone();
    if let Some(name) = change.name_el {
        after.names.el = read_name(&name)?;
    }
    if let Some(name) = change.name_en {
        after.names.en = read_english(name.as_deref());
    }
    after.active = change.active.unwrap_or(before.active);
    let (start, end) = before.time.times();
    after.time = BlockedTime::from_times(change.start.unwrap_or(start), change.end.unwrap_or(end))?;

    let first = before.first_date.unwrap_or_else(|| before.created_at.to_zoned(jiff::tz::TimeZone::UTC).date());
    let date = change.date.unwrap_or(first);
    let kept_offset = match before.pattern {
        // An owner who wants it once does not want it every Easter.
        DatePattern::EasterOffset(days) if change.recurring != Some(false) => Some(days),
        _ => None,
    };
    let length = jiff::Span::new().days(i32::from(before.day_count) - 1);
    let dates = DatesInput {
        date,
        end_date: change.end_date.unwrap_or_else(|| Some(date.saturating_add(length))),
        recurring: change.recurring.or(Some(before.pattern.is_recurring())),
        easter_offset: change.easter_offset.unwrap_or(kept_offset),
    };
    // What was once may become relative to Easter by naming the days alone.
    let recurring = if dates.easter_offset.is_some() { change.recurring } else { dates.recurring };
    (after.pattern, after.day_count) = DatesInput { recurring, ..dates }.read()?;
    after.first_date = Some(date);
    Ok(after)
}

/// HOL-16: blocks after today follow the changed holiday where no booking is in the way.
async fn rewrite_blocks(
    state: &AppState,
    connection: &mut PgConnection,
    courts: &[CourtSite],
    before: &Holiday,
    after: &Holiday,
    now: Timestamp,
) -> Result<Vec<Skipped>, HolidayError> {
    let Some(owner) = after.owner else { return Ok(Vec::new()) };
    let ids: Vec<CourtId> = courts.iter().map(|court| court.id).collect();
    let stored = store::stored_of_holiday(connection, after.id, &ids).await?;
    let sites: Vec<_> = courts.iter().map(CourtSite::site).collect();
    let plan = rewrite(before, after, &sites, &stored);
    let deleted: Vec<_> = plan.delete.iter().map(|block| block.id).collect();
    let removed: Vec<_> = plan.delete.iter().map(|block| (block.court, block.date)).collect();
    store::rename_blocks(connection, &plan.keep, &after.names.el).await?;
    store::delete_blocks(connection, &deleted).await?;
    events::append_blocks_deleted(connection, &state.env, owner, &removed, now).await.map_err(HolidayError::Event)?;
    let made = make_blocks(state, connection, owner, courts, plan.create, Resolution::Skip, now).await?;
    Ok(made.skipped.into_iter().filter(|skipped| skipped.reason != SkipReason::AlreadyBlocked).collect())
}

/// Removes a holiday of the caller; what it has blocked stays, goes, or goes as far as it lies after today (HOL-17, HOL-18).
pub async fn delete_custom(
    state: &AppState,
    actor: Actor,
    id: HolidayId,
    removal: Removal,
) -> Result<(), HolidayError> {
    let now = state.env.clock.now();
    let Held { mut transaction, holiday, courts } = hold(state, actor.user, id, now).await?;
    let removed = match removal.of(&courts) {
        Some(wanted) => store::delete_blocks_of_holiday(&mut transaction, id, &wanted).await?,
        None => Vec::new(),
    };
    events::append_blocks_deleted(&mut transaction, &state.env, actor.user, &removed, now)
        .await
        .map_err(HolidayError::Event)?;
    store::delete_holiday(&mut transaction, id).await?;
    let done = action("HOLIDAY_DELETED", id, Some(audit_state(&holiday)), None);
    actor.record(&mut transaction, done, now).await?;
    transaction.commit().await?;
    state.wake.wake();
    forget(state, &courts);
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};
    use uuid::Uuid;

    use super::*;

    fn stored(pattern: DatePattern) -> Holiday {
        Holiday {
            id: HolidayId(Uuid::from_u128(1)),
            owner: Some(UserId(Uuid::from_u128(2))),
            names: Names { el: "Γιορτή".to_owned(), en: Some("Feast".to_owned()) },
            pattern,
            first_date: Some(date(2026, 7, 1)),
            day_count: 3,
            time: BlockedTime::Part { start: time(8, 0, 0, 0), end: time(12, 0, 0, 0) },
            active: true,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    /// HOL-15: what is not named stays.
    #[test]
    fn an_empty_change_changes_nothing() {
        for pattern in
            [DatePattern::On(date(2026, 7, 1)), DatePattern::Fixed { month: 7, day: 1 }, DatePattern::EasterOffset(-7)]
        {
            let before = stored(pattern);
            assert_eq!(changed(&before, CustomChange::default()).expect("no problem"), before);
        }
    }

    /// HOL-10, HOL-15: dates, hours and recurrence change one by one.
    #[test]
    fn each_field_changes_alone() {
        let before = stored(DatePattern::EasterOffset(-7));
        let change = |change: CustomChange| changed(&before, change).expect("no problem");
        let once = change(CustomChange { recurring: Some(false), ..CustomChange::default() });
        assert_eq!(once.pattern, DatePattern::On(date(2026, 7, 1)));
        let yearly = change(CustomChange { easter_offset: Some(None), ..CustomChange::default() });
        assert_eq!(yearly.pattern, DatePattern::Fixed { month: 7, day: 1 });
        let moved = change(CustomChange { date: Some(date(2026, 9, 1)), ..CustomChange::default() });
        assert_eq!((moved.pattern, moved.day_count), (DatePattern::EasterOffset(-7), 3));
        let shorter = change(CustomChange { end_date: Some(None), ..CustomChange::default() });
        assert_eq!(shorter.day_count, 1);
        let whole = change(CustomChange { start: Some(None), end: Some(None), ..CustomChange::default() });
        assert_eq!(whole.time, BlockedTime::WholeDay);
        let half = changed(&before, CustomChange { start: Some(None), ..CustomChange::default() });
        assert!(matches!(half, Err(HolidayError::Hours(_))), "{half:?}");
        let nameless =
            changed(&before, CustomChange { name_el: Some("<b></b>".to_owned()), ..CustomChange::default() });
        assert!(matches!(nameless, Err(HolidayError::EmptyName)), "{nameless:?}");
        let easter = changed(
            &stored(DatePattern::On(date(2026, 7, 1))),
            CustomChange { easter_offset: Some(Some(50)), ..CustomChange::default() },
        );
        assert_eq!(easter.expect("no problem").pattern, DatePattern::EasterOffset(50));
    }
}
