//! The use case behind a map: courts, open matches and weather at once, each in its own time (FIND-17 to FIND-22).
//! Reads only.

use std::time::Duration;

use contracts::ids::UserId;
use jiff::civil::Date;

use super::domain::{Criteria, Page, When};
use super::ops::{self, DayStatus, SearchError, Wanted};
use super::store::{self, Hit, OpenMatch};
use crate::state::AppState;
use crate::store_error::StoreError;
use crate::weather::Embedded;

/// Courts that one map shows at most, the nearest ones: nobody can tell more markers apart.
pub const MOST_MARKERS: u32 = 500;

/// Why there is no map at all (FIND-20).
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// The place makes no sense, or the courts cannot be read.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The courts were not read in time.
    #[error("the courts were not read in time")]
    TooSlow,
}

/// Everything on a map.
#[derive(Debug)]
pub struct MapData {
    /// The nearest courts.
    pub courts: Vec<(Hit, DayStatus)>,
    /// The open matches; `None` when they could not be had (FIND-19).
    pub matches: Option<Vec<OpenMatch>>,
    /// The weather there and then.
    pub weather: Embedded,
}

/// Reads all parts at once; only the courts are needed for an answer (FIND-17, FIND-21).
pub async fn map(state: &AppState, caller: UserId, date: Date, wanted: Wanted) -> Result<MapData, MapError> {
    let limit = Duration::from_millis(state.config.discovery.part_timeout_ms);
    let (origin, when) = (wanted.origin, wanted.when);
    let time = match when {
        When::FreeAt(_, start) => Some(start),
        When::AnyTime | When::OpenOn(_) => None,
    };
    let settle = async {
        let mut connection = state.pool.acquire().await?;
        ops::settle(&mut connection, caller, wanted).await
    };
    let criteria = tokio::time::timeout(limit, settle).await.map_err(|_| MapError::TooSlow)??;
    let (courts, matches, weather) = tokio::join!(
        tokio::time::timeout(limit, courts(state, caller, &criteria)),
        tokio::time::timeout(limit, open_matches(state, date, &criteria)),
        state.weather.embedded(origin, date, time, None),
    );
    let matches = match matches {
        Ok(Ok(matches)) => Some(matches),
        Ok(Err(error)) => {
            tracing::warn!(error = format!("{:#}", anyhow::Error::from(error)), "a map goes without open matches");
            None
        }
        Err(_) => {
            tracing::warn!("a map does not wait longer for open matches");
            None
        }
    };
    let courts = courts.map_err(|_| MapError::TooSlow)?.map_err(SearchError::from)?;
    Ok(MapData { courts, matches, weather })
}

async fn courts(state: &AppState, caller: UserId, criteria: &Criteria) -> Result<Vec<(Hit, DayStatus)>, StoreError> {
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let page = Page { number: 0, size: MOST_MARKERS };
    let (hits, _) = store::search(&mut connection, criteria, caller, page, now).await?;
    ops::with_statuses(&mut connection, hits, criteria.when, now).await
}

async fn open_matches(state: &AppState, date: Date, criteria: &Criteria) -> Result<Vec<OpenMatch>, StoreError> {
    let load = async {
        let mut connection = state.pool.acquire().await?;
        store::open_matches_on(&mut connection, date).await
    };
    let of_day = state.open_matches.on(date, load).await?;
    let wanted = |open: &&OpenMatch| {
        criteria.area.holds(open.place)
            && criteria.court_type.is_none_or(|wanted| wanted == open.court_type)
            && criteria.location_type.is_none_or(|wanted| wanted == open.location_type)
    };
    Ok(of_day.iter().filter(wanted).cloned().collect())
}
