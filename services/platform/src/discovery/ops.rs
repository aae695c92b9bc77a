//! The use case behind a search. Reads only.

use std::collections::HashMap;

use contracts::ids::{CourtId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::PgConnection;

use super::domain::{Area, AreaProblem, Criteria, MapBox, Page, Suggestion, When};
use super::store::{self, Hit};
use crate::availability::domain::CourtDay;
use crate::availability::ops::today_in;
use crate::courts::domain::Place;
use crate::preferences;
use crate::state::AppState;
use crate::store_error::StoreError;

/// Why a search failed.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The place makes no sense.
    #[error(transparent)]
    Area(#[from] AreaProblem),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SearchError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

/// What somebody looks for; where is not yet settled, because a saved distance may decide it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Distances are measured from here.
    pub origin: Place,
    /// An explicit limit.
    pub radius_km: Option<f64>,
    /// The visible rectangle of a map.
    pub map_box: Option<MapBox>,
    /// Which sport.
    pub court_type: Option<contracts::court::CourtType>,
    /// Roof or not.
    pub location_type: Option<contracts::court::LocationType>,
    /// When.
    pub when: When,
    /// Words of a name or address, folded and ready for a pattern.
    pub text_pattern: Option<String>,
    /// Which page.
    pub page: Page,
}

/// Whether a court has something left on the asked date (FIND-08).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayStatus {
    /// At least one session is free and has not begun.
    Available,
    /// Nothing is left.
    FullyBooked,
    /// Nothing is left, but one can wait for it.
    WaitlistAvailable,
}

/// What a search found.
#[derive(Debug)]
pub struct Found {
    /// One page of hits, in order.
    pub hits: Vec<(Hit, DayStatus)>,
    /// Hits on all pages.
    pub total: u64,
    /// What to try instead, if there are none at all (FIND-12).
    pub suggestion: Option<Suggestion>,
}

/// Searches (FIND-01 to FIND-15).
pub async fn search(state: &AppState, caller: UserId, wanted: Wanted) -> Result<Found, SearchError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let page = wanted.page;
    let criteria = settle(&mut connection, caller, wanted).await?;
    let (hits, total) = store::search(&mut connection, &criteria, caller, page, now).await?;
    let suggestion = if total == 0 { Some(suggest(&mut connection, &criteria, caller, now).await?) } else { None };
    Ok(Found { hits: with_statuses(&mut connection, hits, criteria.when, now).await?, total, suggestion })
}

/// Joins what was asked with what was saved.
pub(super) async fn settle(
    connection: &mut PgConnection,
    caller: UserId,
    wanted: Wanted,
) -> Result<Criteria, SearchError> {
    let saved_radius_km = match wanted.radius_km {
        Some(_) => None,
        None => preferences::saved_radius_km(connection, caller).await?,
    };
    Ok(Criteria {
        area: Area::plan(wanted.origin, wanted.radius_km, saved_radius_km, wanted.map_box)?,
        court_type: wanted.court_type,
        location_type: wanted.location_type,
        when: wanted.when,
        text_pattern: wanted.text_pattern,
    })
}

/// Puts the status of its day beside each hit (FIND-08).
pub async fn with_statuses(
    connection: &mut PgConnection,
    hits: Vec<Hit>,
    when: When,
    now: Timestamp,
) -> Result<Vec<(Hit, DayStatus)>, StoreError> {
    let statuses = day_statuses(connection, &hits, when, now).await?;
    Ok(hits
        .into_iter()
        .map(|hit| {
            let status = statuses.get(&hit.id).copied().unwrap_or(DayStatus::FullyBooked);
            (hit, status)
        })
        .collect())
}

async fn suggest(
    connection: &mut PgConnection,
    criteria: &Criteria,
    caller: UserId,
    now: Timestamp,
) -> Result<Suggestion, StoreError> {
    let hits_without_type_filters = match criteria.without_type_filters() {
        Some(relaxed) => store::count(connection, &relaxed, caller, now).await? > 0,
        None => false,
    };
    let hits_at_any_time = match criteria.at_any_time() {
        Some(relaxed) if !hits_without_type_filters => store::count(connection, &relaxed, caller, now).await? > 0,
        _ => false,
    };
    Ok(Suggestion::choose(hits_without_type_filters, hits_at_any_time))
}

/// The status of each hit on the asked date, else on its own today. One statement per distinct date, and courts of one
/// page nearly always share it.
async fn day_statuses(
    connection: &mut PgConnection,
    hits: &[Hit],
    when: When,
    now: Timestamp,
) -> Result<HashMap<CourtId, DayStatus>, StoreError> {
    if let When::FreeAt(..) = when {
        // Being found at that time is being free at that time.
        return Ok(hits.iter().map(|hit| (hit.id, DayStatus::Available)).collect());
    }
    let mut by_date: HashMap<Date, Vec<(&Hit, TimeZone)>> = HashMap::new();
    for hit in hits {
        let zone =
            TimeZone::get(&hit.timezone).map_err(|_| StoreError::Inconsistent { court: hit.id, what: "time zone" })?;
        let date = when.date().unwrap_or_else(|| today_in(&zone, now));
        by_date.entry(date).or_default().push((hit, zone));
    }
    let mut statuses = HashMap::with_capacity(hits.len());
    for (date, of_date) in by_date {
        let ids: Vec<CourtId> = of_date.iter().map(|(hit, _)| hit.id).collect();
        let parts = store::parts_between(connection, &ids, date, date).await?;
        for (hit, zone) in of_date {
            let day = parts.get(&hit.id).cloned().unwrap_or_default().day(date, zone, hit.session_minutes);
            statuses.insert(hit.id, status_of(&day, hit.waitlist_enabled, now));
        }
    }
    Ok(statuses)
}

fn status_of(day: &CourtDay, waitlist_enabled: bool, now: Timestamp) -> DayStatus {
    if day.has_free_slot(now) {
        DayStatus::Available
    } else if waitlist_enabled && !day.is_closed() {
        DayStatus::WaitlistAvailable
    } else {
        DayStatus::FullyBooked
    }
}
