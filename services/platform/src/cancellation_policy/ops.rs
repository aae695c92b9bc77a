//! The use cases of cancellation policies. Each owns its database transaction.

use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};

use super::domain::{Policy, PolicyProblem, Tier};
use super::{events, store};
use crate::courts::ops::{CourtError, own_court_locked, show_court};
use crate::state::AppState;
use crate::store_error::StoreError;

/// Why a use case of policies failed.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The court is the problem.
    #[error(transparent)]
    Court(#[from] CourtError),
    /// The tiers are no policy.
    #[error(transparent)]
    Tiers(#[from] PolicyProblem),
}

impl From<StoreError> for PolicyError {
    fn from(error: StoreError) -> Self {
        Self::Court(error.into())
    }
}

impl From<sqlx::Error> for PolicyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Court(error.into())
    }
}

/// The policy that holds for a court: its own or the standard one (PAY-24).
pub async fn policy_of_court(state: &AppState, court: CourtId) -> Result<Policy, StoreError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::find_policy(&mut connection, court).await?.unwrap_or_else(Policy::standard))
}

/// The policy of a court as `user` may see it.
pub async fn show_policy(state: &AppState, court: CourtId, user: UserId, role: Role) -> Result<Policy, PolicyError> {
    let (court, _) = show_court(state, court, user, role).await?;
    Ok(policy_of_court(state, court.id).await?)
}

/// Puts a policy in the place of the stored one (PAY-23, PAY-25).
pub async fn replace_policy(
    state: &AppState,
    owner: UserId,
    court: CourtId,
    tiers: Vec<Tier>,
) -> Result<Policy, PolicyError> {
    let policy = Policy::from_tiers(tiers)?;
    let mut transaction = state.pool.begin().await?;
    let court = own_court_locked(&mut transaction, owner, court).await?;
    store::replace_policy(&mut transaction, court.id, &policy).await?;
    events::append_policy_updated(&mut transaction, &state.env, &court, &policy).await.map_err(CourtError::Event)?;
    transaction.commit().await?;
    state.wake.wake();
    Ok(policy)
}
