//! The use cases behind the storefront. Reads only.

use contracts::ids::{CourtId, UserId};

use super::store;
use crate::cancellation_policy::domain::Policy;
use crate::courts::domain::Court;
use crate::courts::ops::CourtError;
use crate::courts::{courts_of, shown_to_everybody};
use crate::state::AppState;

/// A court as everybody may see it.
#[derive(Debug, Clone)]
pub struct ShownCourt {
    /// The court itself; what is private of it is left out by the answer.
    pub court: Court,
    /// What comes back after a cancellation.
    pub policy: Policy,
    /// The club, where it has a name of its own.
    pub club_name: Option<String>,
}

/// One court, if customers see it (FIND-58).
pub async fn shown_court(state: &AppState, id: CourtId) -> Result<ShownCourt, CourtError> {
    let sheet = shown_to_everybody(state, id).await?;
    let mut connection = state.pool.acquire().await?;
    let club_name = store::business_name(&mut connection, sheet.court.owner_id).await?;
    Ok(ShownCourt { court: sheet.court.clone(), policy: sheet.policy.clone(), club_name })
}

/// The courts of a club that customers see, oldest first, and the club's name (FIND-60). None at all is no club.
pub async fn shown_club(state: &AppState, owner: UserId) -> Result<Option<(Vec<Court>, Option<String>)>, CourtError> {
    let mut connection = state.pool.acquire().await?;
    let mut courts = courts_of(&mut connection, owner).await?;
    courts.retain(|court| court.visible);
    if courts.is_empty() {
        return Ok(None);
    }
    Ok(Some((courts, store::business_name(&mut connection, owner).await?)))
}
