//! The use cases of cancellation policies. Each owns its database transaction.

use contracts::identity::Role;
use contracts::ids::{CourtId, UserId};
use sqlx::PgConnection;

use super::domain::{Policy, PolicyProblem, Tier};
use super::{events, store};
use crate::audit::{Action, Actor};
use crate::courts::domain::Court;
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
    actor: Actor,
    court: CourtId,
    tiers: Vec<Tier>,
) -> Result<Policy, PolicyError> {
    let policy = Policy::from_tiers(tiers)?;
    let mut transaction = kit::db::begin(&state.pool).await?;
    let court = own_court_locked(&mut transaction, actor.user, court).await?;
    replace_policy_of_locked(state, &mut transaction, actor, &court, &policy).await?;
    transaction.commit().await?;
    state.wake.wake();
    state.sheets.forget(court.id);
    Ok(policy)
}

/// The same for a court that the caller's transaction has locked. A policy that is stored already leaves no trace.
pub async fn replace_policy_of_locked(
    state: &AppState,
    connection: &mut PgConnection,
    actor: Actor,
    court: &Court,
    policy: &Policy,
) -> Result<(), CourtError> {
    let before = store::find_policy(connection, court.id).await?;
    if before.as_ref() == Some(policy) {
        return Ok(());
    }
    store::replace_policy(connection, court.id, policy).await?;
    let action = Action {
        name: "CANCELLATION_POLICY_UPDATED",
        resource_type: "CANCELLATION_POLICY",
        resource_id: court.id.0,
        before: before.as_ref().map(events::snapshot),
        after: Some(events::snapshot(policy)),
    };
    actor.record(connection, action, state.env.clock.now()).await?;
    events::append_policy_updated(connection, &state.env, court, policy).await.map_err(CourtError::Event)
}
