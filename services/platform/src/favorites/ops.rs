//! The use cases of favourites. Each owns its database transaction, but for the one that belongs to an event's.

use contracts::ids::{CourtId, UserId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use kit::Env;
use sqlx::PgConnection;

use super::domain::{CourtNews, DAYS_AHEAD, FreeSlot, Freed, MOST_FAVORITES, NEAR_DAYS, News, free_slots};
use super::store::ListedCourt;
use super::{events, store};
use crate::discovery::domain::When;
use crate::discovery::ops::DayStatus;
use crate::discovery::{Hit, parts_between, with_statuses};
use crate::state::AppState;
use crate::store_error::StoreError;

/// Why a use case of favourites failed.
#[derive(Debug, thiserror::Error)]
pub enum FavoriteError {
    /// FIND-30: unknown, or not to be seen by customers.
    #[error("no such court")]
    CourtNotFound,
    /// There are as many as a list may have.
    #[error("a list has at most {MOST_FAVORITES} favourites")]
    ListFull,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for FavoriteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A favourite with what quick booking needs (FIND-31).
#[derive(Debug)]
pub struct Favorite {
    /// The court.
    pub hit: Hit,
    /// Whether it has something left today.
    pub status: DayStatus,
    /// Whether customers see it still.
    pub visible: bool,
    /// The first free slot in the next two weeks.
    pub next_free: Option<FreeSlot>,
}

/// Adds a favourite; adding it again changes nothing (FIND-30).
pub async fn add(state: &AppState, user: UserId, court: CourtId) -> Result<(), FavoriteError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    // Two adds at once must not both see room for the last one.
    let count = store::lock_and_count(&mut transaction, user).await?;
    if store::is_favorite(&mut transaction, user, court).await? {
        return Ok(());
    }
    if !store::add(&mut transaction, user, court, state.env.clock.now()).await? {
        return Err(FavoriteError::CourtNotFound);
    }
    if count >= MOST_FAVORITES {
        return Err(FavoriteError::ListFull);
    }
    transaction.commit().await?;
    Ok(())
}

/// Removes a favourite; removing it again changes nothing (FIND-30).
pub async fn remove(state: &AppState, user: UserId, court: CourtId) -> Result<(), FavoriteError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::remove(&mut connection, user, court).await?)
}

/// All favourites, newest first (FIND-31).
pub async fn list(state: &AppState, user: UserId) -> Result<Vec<Favorite>, FavoriteError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let listed = store::of_user(&mut connection, user).await?;
    let hits: Vec<Hit> = listed.iter().filter(|court| court.visible).map(|court| court.hit.clone()).collect();
    let next_free = next_free_slots(&mut connection, &hits, now).await?;
    let statuses: std::collections::HashMap<CourtId, DayStatus> =
        with_statuses(&mut connection, hits, When::AnyTime, now)
            .await?
            .into_iter()
            .map(|(hit, status)| (hit.id, status))
            .collect();
    let favorite = |ListedCourt { hit, visible }| Favorite {
        status: statuses.get(&hit.id).copied().unwrap_or(DayStatus::FullyBooked),
        next_free: next_free.get(&hit.id).copied(),
        visible,
        hit,
    };
    Ok(listed.into_iter().map(favorite).collect())
}

/// The first free slot of each court that has one. The near days answer for nearly all courts; only the others are looked
/// at further ahead, again all at once.
async fn next_free_slots(
    connection: &mut PgConnection,
    hits: &[Hit],
    now: Timestamp,
) -> Result<std::collections::HashMap<CourtId, FreeSlot>, StoreError> {
    let mut found = std::collections::HashMap::with_capacity(hits.len());
    let mut courts = Vec::with_capacity(hits.len());
    for hit in hits {
        let zone =
            TimeZone::get(&hit.timezone).map_err(|_| StoreError::Inconsistent { court: hit.id, what: "time zone" })?;
        courts.push((hit, now.to_zoned(zone.clone()).date(), zone));
    }
    for ahead in [0..NEAR_DAYS, NEAR_DAYS..DAYS_AHEAD] {
        let missing: Vec<&(&Hit, Date, TimeZone)> =
            courts.iter().filter(|(hit, ..)| !found.contains_key(&hit.id)).collect();
        let (Some(first), Some(last)) =
            (missing.iter().map(|(_, today, _)| *today).min(), missing.iter().map(|(_, today, _)| *today).max())
        else {
            break;
        };
        let ids: Vec<CourtId> = missing.iter().map(|(hit, ..)| hit.id).collect();
        let (first, last) = (first.saturating_add(ahead.start.days()), last.saturating_add((ahead.end - 1).days()));
        let mut parts = parts_between(connection, &ids, first, last).await?;
        for (hit, today, zone) in missing {
            let parts = parts.remove(&hit.id).unwrap_or_default();
            let next = ahead.clone().find_map(|days| {
                let day = parts.day(today.saturating_add(days.days()), zone.clone(), hit.session_minutes);
                free_slots(&day, now).next()
            });
            if let Some(slot) = next {
                found.insert(hit.id, slot);
            }
        }
    }
    Ok(found)
}

/// Tells those who like a court what happened to it, in the transaction of the event that said so (FIND-36). Answers how
/// many were told.
pub async fn tell(connection: &mut PgConnection, env: &Env, told: CourtNews) -> anyhow::Result<usize> {
    let now = env.clock.now();
    let Some((name_el, name_en, timezone)) = store::shown_court(connection, told.court).await? else { return Ok(0) };
    let zone = TimeZone::get(&timezone)?;
    let today = now.to_zoned(zone).date();
    let names = events::CourtNames { el: name_el.clone(), en: name_en.unwrap_or(name_el) };
    match told.news {
        News::Price => {
            let people = store::claim_alerts_about_price(connection, told.court, today, now).await?;
            for person in &people {
                events::request_price_alert(connection, env, *person, told.court, &names, now).await?;
            }
            Ok(people.len())
        }
        News::Free(freed) => {
            let Some(near) = freed.until(today) else { return Ok(0) };
            let free = still_free(connection, told.court, near, now).await?;
            if free.is_empty() {
                return Ok(0);
            }
            let people = store::claim_alerts_about_slots(connection, told.court, today, told.by, &free, now).await?;
            for person in &people {
                events::request_slot_alert(connection, env, *person, told.court, &names, &free, now).await?;
            }
            Ok(people.len())
        }
    }
}

/// What became free may be taken again by now, or blocked: only what can be booked is worth a message.
async fn still_free(
    connection: &mut PgConnection,
    court: CourtId,
    freed: Freed,
    now: Timestamp,
) -> anyhow::Result<Vec<FreeSlot>> {
    let Some(calendar) = crate::availability::load_calendar(connection, court, freed.first, freed.last).await? else {
        return Ok(Vec::new());
    };
    let dates = freed.first.series(1.day()).take_while(|date| *date <= freed.last);
    let days = dates.map(|date| calendar.day(date));
    Ok(days.flat_map(|day| free_slots(&day, now).collect::<Vec<_>>()).filter(|slot| freed.touches(slot)).collect())
}
