//! Which provider identities lead to an account.

use contracts::identity::IdentityProvider;
use contracts::ids::UserId;
use kit::db::is_unique_violation;

use super::{AccountError, sign_in};
use crate::accounts::domain::LinkedIdentity;
use crate::accounts::store;
use crate::state::AppState;

pub async fn linked_providers(state: &AppState, user: UserId) -> Result<Vec<LinkedIdentity>, AccountError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::identities(&mut connection, user).await?)
}

/// Adds an identity to the caller's account (AUTH-11). Linking what is linked already changes nothing.
pub async fn link_provider(
    state: &AppState,
    user: UserId,
    provider: IdentityProvider,
    token: &str,
) -> Result<Vec<LinkedIdentity>, AccountError> {
    let identity = sign_in::verify(state, provider, token).await?;
    let now = state.env.clock.now();

    let mut transaction = kit::db::begin(&state.pool).await?;
    store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    match store::identity_holder(&mut transaction, provider, &identity.subject).await? {
        Some(holder) if holder == user => store::refresh_identity(&mut transaction, &identity, now).await?,
        Some(_) => return Err(AccountError::ProviderAlreadyLinked),
        None => {
            let inserted = store::insert_identity(&mut transaction, state.env.ids.new_id(), user, &identity, now).await;
            inserted.map_err(|error| {
                if is_unique_violation(&error, "user_identities_subject_unique") {
                    AccountError::ProviderAlreadyLinked
                } else if is_unique_violation(&error, "user_identities_one_per_provider") {
                    AccountError::ProviderTaken
                } else {
                    error.into()
                }
            })?;
        }
    }
    let linked = store::identities(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(linked)
}
