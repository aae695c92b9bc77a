//! What one court or all courts of an owner have of holidays: the list of a year, its removal, the calendar (HOL-45 to
//! HOL-51).

use contracts::ids::{CourtId, HolidayId, UserId};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use super::{HolidayError, own_courts};
use crate::audit::{Action, Actor};
use crate::availability::lock_calendars;
use crate::holidays::domain::{Entry, Holiday, merged};
use crate::holidays::events;
use crate::holidays::store::{self, CourtSite};
use crate::state::AppState;

/// Days that one calendar may span: a year and a month.
pub const LONGEST_CALENDAR_DAYS: i32 = 400;

/// What becomes of the blocks of a holiday that ends (HOL-17, HOL-51).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    /// They stay.
    Keep,
    /// All of them go.
    All,
    /// Those dated after today go.
    Future,
}

impl Removal {
    /// For each court the date after which blocks go, none for all of them; nothing when they stay.
    pub(super) fn of(self, courts: &[CourtSite]) -> Option<Vec<(CourtId, Option<Date>)>> {
        match self {
            Self::Keep => None,
            Self::All => Some(courts.iter().map(|court| (court.id, None)).collect()),
            Self::Future => Some(courts.iter().map(|court| (court.id, Some(court.today))).collect()),
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "KEEP",
            Self::All => "DELETE_ALL",
            Self::Future => "DELETE_FUTURE",
        }
    }
}

/// A holiday on a court.
#[derive(Debug, Clone)]
pub struct CourtHoliday {
    /// The holiday.
    pub holiday: Holiday,
    /// The dates that it blocks in the asked year.
    pub dates: Vec<Date>,
    /// Whether later years are generated.
    pub auto_renew: bool,
    /// Since when the court has it.
    pub created_at: Timestamp,
}

/// What a court of `owner` follows, and what holidays have blocked there in a year (HOL-50).
pub async fn court_holidays(
    state: &AppState,
    owner: UserId,
    court: CourtId,
    year: Option<i16>,
) -> Result<Vec<CourtHoliday>, HolidayError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let courts = own_courts(&mut connection, owner, &[court], now).await?;
    let year = year.or_else(|| courts.first().map(|court| court.today.year())).unwrap_or_default();
    let (Ok(first), Ok(last)) = (Date::new(year, 1, 1), Date::new(year, 12, 31)) else {
        return Err(HolidayError::Range);
    };
    let followed = store::subscriptions_of_court(&mut connection, court).await?;
    let blocks = store::blocks_of_court(&mut connection, court, first, last).await?;
    let mut ids: Vec<HolidayId> = followed.iter().map(|one| one.holiday).collect();
    for (holiday, ..) in &blocks {
        if !ids.contains(holiday) {
            ids.push(*holiday);
        }
    }
    let holidays = store::find_holidays(&mut connection, &ids).await?;
    let mut found: Vec<CourtHoliday> = holidays
        .into_iter()
        .map(|holiday| {
            let subscription = followed.iter().find(|one| one.holiday == holiday.id);
            let of_holiday = || blocks.iter().filter(|(id, ..)| *id == holiday.id);
            let first_block = of_holiday().map(|(.., created_at)| *created_at).min();
            CourtHoliday {
                dates: of_holiday().map(|(_, date, _)| *date).collect(),
                auto_renew: subscription.is_some_and(|one| one.auto_renew),
                created_at: subscription.map(|one| one.created_at).or(first_block).unwrap_or(holiday.created_at),
                holiday,
            }
        })
        .collect();
    found.sort_by_key(|one| (one.dates.first().copied().unwrap_or(Date::MAX), one.created_at));
    Ok(found)
}

/// Ends a holiday on one court; by default its blocks after today go (HOL-41, HOL-51).
pub async fn remove_court_holiday(
    state: &AppState,
    actor: Actor,
    court: CourtId,
    holiday: HolidayId,
    removal: Removal,
) -> Result<(), HolidayError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    own_courts(&mut transaction, actor.user, &[court], now).await?;
    lock_calendars(&mut transaction, &[court]).await?;
    let courts = own_courts(&mut transaction, actor.user, &[court], now).await?;
    let followed = store::end_subscription(&mut transaction, court, holiday).await?;
    if !followed && store::stored_of_holiday(&mut transaction, holiday, &[court]).await?.is_empty() {
        return Err(HolidayError::NotFound);
    }
    let removed = match removal.of(&courts) {
        Some(wanted) => store::delete_blocks_of_holiday(&mut transaction, holiday, &wanted).await?,
        None => Vec::new(),
    };
    events::append_blocks_deleted(&mut transaction, &state.env, actor.user, &removed, now)
        .await
        .map_err(HolidayError::Event)?;
    let done = Action {
        name: "COURT_HOLIDAY_REMOVED",
        resource_type: "COURT",
        resource_id: court.0,
        before: Some(json!({ "holidayId": holiday, "autoRenew": followed })),
        after: Some(json!({ "deleteOverrides": removal.as_str(), "overridesDeleted": removed.len() })),
    };
    actor.record(&mut transaction, done, now).await?;
    transaction.commit().await?;
    state.wake.wake();
    state.availability.forget_court(court);
    Ok(())
}

/// All blocks of the caller's courts between two dates, merged by date and holiday (HOL-45).
pub async fn calendar(
    state: &AppState,
    owner: UserId,
    court: Option<CourtId>,
    first: Date,
    last: Date,
) -> Result<Vec<Entry>, HolidayError> {
    if last < first || first.saturating_add(LONGEST_CALENDAR_DAYS.days()) <= last {
        return Err(HolidayError::Range);
    }
    let mut connection = state.pool.acquire().await?;
    if let Some(court) = court {
        own_courts(&mut connection, owner, &[court], state.env.clock.now()).await?;
    }
    Ok(merged(store::blocks_between(&mut connection, owner, court, first, last).await?))
}
