//! The use case behind a court's details: what everybody sees comes from the kept sheet, what is personal or decides
//! whether the court is shown at all is read each time. Reads only.

use std::sync::Arc;

use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};

use super::domain::Place;
use super::ops::CourtError;
use super::sheets::CourtSheet;
use super::store;
use crate::state::AppState;
use crate::{cancellation_policy, pricing};

/// A court as one person sees it.
#[derive(Debug, Clone)]
pub struct SeenCourt {
    /// What everybody sees.
    pub sheet: Arc<CourtSheet>,
    /// Whether it is one of the person's favourites (FIND-32).
    pub is_favorite: bool,
    /// From the place that was asked about, if there was one.
    pub distance_metres: Option<f64>,
}

/// The court as `user` may see it (COURT-33, FIND-27).
pub async fn seen_court(
    state: &AppState,
    id: CourtId,
    user: UserId,
    role: Role,
    origin: Option<Place>,
) -> Result<SeenCourt, CourtError> {
    let mut connection = state.pool.acquire().await?;
    let glance = store::glance(&mut connection, id, user, origin).await?.ok_or(CourtError::NotFound)?;
    drop(connection);
    if !glance.visible && glance.owner_id != user && role != Role::PlatformAdmin {
        return Err(CourtError::NotFound);
    }
    let sheet = state.sheets.sheet(id, &glance.row_version, || read_sheet(state, id, &glance.row_version)).await?;
    Ok(SeenCourt { sheet, is_favorite: glance.is_favorite, distance_metres: glance.distance_metres })
}

/// The court as somebody sees it of whom nothing is known (FIND-58).
pub async fn shown_to_everybody(state: &AppState, id: CourtId) -> Result<Arc<CourtSheet>, CourtError> {
    Ok(seen_court(state, id, UserId::NOBODY, Role::Customer, None).await?.sheet)
}

/// Reads after the version was, so that a sheet is never older than it says.
async fn read_sheet(state: &AppState, id: CourtId, row_version: &str) -> Result<CourtSheet, CourtError> {
    let mut connection = state.pool.acquire().await?;
    let court = store::find_court(&mut connection, id).await?.ok_or(CourtError::NotFound)?;
    drop(connection);
    Ok(CourtSheet {
        row_version: row_version.to_owned(),
        policy: cancellation_policy::policy_of_court(state, id).await?,
        prices: pricing::price_list_of_court(state, id, court.base_price).await?,
        court,
    })
}
