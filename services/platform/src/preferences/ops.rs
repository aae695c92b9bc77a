//! The use cases of preferences. Each owns its database transaction.

use contracts::ids::UserId;

use super::domain::{Change, Preferences, Problem};
use super::store;
use crate::state::AppState;

/// Why a use case of preferences failed.
#[derive(Debug, thiserror::Error)]
pub enum PreferencesError {
    /// FIND-37: the change makes no sense, and nothing was changed.
    #[error("some preferences are wrong")]
    Wrong(Vec<Problem>),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What a customer prefers (FIND-33).
pub async fn show(state: &AppState, user: UserId) -> Result<Preferences, PreferencesError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::load(&mut connection, user).await?)
}

/// Changes what a customer prefers (FIND-33, FIND-37).
pub async fn change(state: &AppState, user: UserId, change: Change) -> Result<Preferences, PreferencesError> {
    let mut transaction = kit::db::begin(&state.pool).await?;
    // Two devices may save different halves at the same time.
    store::lock(&mut transaction, user).await?;
    let stored = store::load(&mut transaction, user).await?;
    let changed = stored.changed(change).map_err(PreferencesError::Wrong)?;
    store::save(&mut transaction, user, &changed).await?;
    transaction.commit().await?;
    Ok(changed)
}

/// Ends promotional messages for a person (NOTE-13), whatever else they prefer. Answers whether there is such a person.
pub async fn switch_promotions_off(state: &AppState, user: UserId) -> Result<bool, sqlx::Error> {
    let mut connection = state.pool.acquire().await?;
    store::switch_promotions_off(&mut connection, user).await
}
