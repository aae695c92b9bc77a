//! Shutting an account out and letting it in again (AUTH-13, AUTHZ-12).

use contracts::identity::AccountStatus;
use contracts::ids::UserId;

use super::AccountError;
use crate::accounts::domain::EndReason;
use crate::accounts::store;
use crate::state::AppState;

/// Changes whether an account may be used. Anything but `ACTIVE` ends all of its sessions in the same transaction, and
/// calls with tokens that are still good are refused from then on.
pub async fn change_account_status(state: &AppState, user: UserId, status: AccountStatus) -> Result<(), AccountError> {
    let now = state.env.clock.now();
    let mut transaction = state.pool.begin().await?;
    store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    if status != AccountStatus::Active {
        store::end_all_sessions(&mut transaction, user, EndReason::AccountClosed, now).await?;
    }
    if !store::update_status(&mut transaction, user, status, now).await? {
        return Err(AccountError::AccountNotFound);
    }
    transaction.commit().await?;
    state.accounts.statuses.invalidate(user);
    Ok(())
}
