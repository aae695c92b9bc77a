//! The caller's own account.

use contracts::ids::UserId;
use jiff::Timestamp;
use kit::db::is_unique_violation;
use sqlx::PgConnection;

use super::AccountError;
use crate::accounts::domain::{Account, ProfileChange};
use crate::accounts::store;
use crate::state::AppState;

pub async fn current_account(state: &AppState, user: UserId) -> Result<Account, AccountError> {
    let mut connection = state.pool.acquire().await?;
    store::account(&mut connection, user).await?.ok_or(AccountError::AccountNotFound)
}

/// Changes name, address, phone or language (AUTH-37).
pub async fn update_profile(state: &AppState, user: UserId, change: ProfileChange) -> Result<Account, AccountError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let changed = change_profile(&mut transaction, user, change, now).await?;
    transaction.commit().await?;
    Ok(changed)
}

/// As [`update_profile`], in the caller's transaction; the account stays locked until it ends.
pub async fn change_profile(
    connection: &mut PgConnection,
    user: UserId,
    change: ProfileChange,
    now: Timestamp,
) -> Result<Account, AccountError> {
    let account = store::account_locked(connection, user).await?.ok_or(AccountError::AccountNotFound)?;
    let changed = change.apply(account);
    let written = store::update_profile(connection, &changed, now).await.map_err(|error| {
        if is_unique_violation(&error, "users_email_unique") { AccountError::EmailInUse } else { error.into() }
    })?;
    if written { Ok(changed) } else { Err(AccountError::AccountNotFound) }
}
