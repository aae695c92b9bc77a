//! Keeping a session alive and ending it.

use contracts::ids::{SessionId, UserId};
use jiff::SignedDuration;

use super::{AccountError, SignedIn, insert_refresh_token, new_refresh_secret, sign, token_hash};
use crate::accounts::domain::{EndReason, LiveSession, RefreshVerdict};
use crate::accounts::events::{self, Origin};
use crate::accounts::store;
use crate::state::AppState;

/// Exchanges a refresh token for a new pair (AUTH-21).
///
/// The account's row is locked first, so parallel calls pass one after the other: the first exchanges the token, every
/// later one finds it exchanged, which is a replay (AUTH-22).
pub async fn refresh(state: &AppState, presented: &str, origin: &Origin) -> Result<SignedIn, AccountError> {
    let hash = token_hash(presented);
    let now = state.env.clock.now();

    let mut transaction = kit::db::begin(&state.pool).await?;
    let holder = store::refresh_token_holder(&mut transaction, &hash).await?;
    let holder = holder.ok_or(AccountError::RefreshTokenInvalid)?;
    let account = store::account_locked(&mut transaction, holder).await?;
    let account = account.ok_or(AccountError::RefreshTokenInvalid)?;
    // Read again under the lock: only now its history stands still.
    let token = store::refresh_token(&mut transaction, &hash).await?.ok_or(AccountError::RefreshTokenInvalid)?;
    match token.judge(now) {
        RefreshVerdict::Rotate => {}
        RefreshVerdict::Revoked => return Err(AccountError::RefreshTokenInvalid),
        RefreshVerdict::Expired => return Err(AccountError::RefreshTokenExpired),
        RefreshVerdict::Replayed => {
            let ended = store::end_all_sessions(&mut transaction, account.id, EndReason::Replayed, now).await?;
            // One alert per take-over: a copy sent again and again, with nothing left to end, adds nothing.
            if ended > 0 {
                events::append_takeover_alert(state, &mut transaction, account.id, origin, now)
                    .await
                    .map_err(AccountError::Event)?;
            }
            transaction.commit().await?;
            state.wake.wake();
            return Err(AccountError::RefreshTokenReplayed);
        }
    }
    account.check_may_sign_in()?;
    let idle_limit = SignedDuration::from_mins(i64::from(state.config.sessions.owner_idle_minutes));
    if account.is_owner() && token.is_idle(idle_limit, now) {
        store::end_sessions(&mut transaction, account.id, &[token.session_id], EndReason::Idle, now).await?;
        transaction.commit().await?;
        return Err(AccountError::SessionIdle);
    }

    let (next, secret) = (state.env.ids.new_id(), new_refresh_secret(state));
    if !store::rotate_refresh_token(&mut transaction, token.id, next, now).await? {
        return Err(AccountError::RefreshTokenInvalid);
    }
    insert_refresh_token(state, &mut transaction, account.id, token.session_id, next, &secret, now).await?;
    store::touch_session(&mut transaction, token.session_id, origin.ip.as_deref(), now).await?;
    transaction.commit().await?;
    sign(state, account, token.session_id, secret, now)
}

/// What is known of the device that logs out, the surest first.
#[derive(Debug, Default)]
pub struct LogoutTarget {
    /// The session the access token was issued for.
    pub session: Option<SessionId>,
    /// A refresh token of the device, used or not.
    pub refresh_token: Option<String>,
}

/// Ends the session of the calling device and no other (AUTH-24). Having nothing to end is success too.
pub async fn logout(state: &AppState, user: UserId, target: LogoutTarget) -> Result<(), AccountError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    let mut sessions: Vec<SessionId> = target.session.into_iter().collect();
    if let Some(presented) = target.refresh_token {
        sessions.extend(
            store::refresh_token(&mut transaction, &token_hash(&presented)).await?.map(|token| token.session_id),
        );
    }
    store::end_sessions(&mut transaction, user, &sessions, EndReason::LoggedOut, now).await?;
    transaction.commit().await?;
    Ok(())
}

/// The live sessions of a person (AUTH-26).
pub async fn list_sessions(state: &AppState, user: UserId) -> Result<Vec<LiveSession>, AccountError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::live_sessions(&mut connection, user, state.env.clock.now()).await?)
}

/// Ends one session of a person; those of others are not found (AUTH-27).
pub async fn end_session(state: &AppState, user: UserId, session: SessionId) -> Result<(), AccountError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    let ended = store::end_sessions(&mut transaction, user, &[session], EndReason::Revoked, now).await?;
    if ended == 0 {
        return Err(AccountError::SessionNotFound);
    }
    transaction.commit().await?;
    Ok(())
}
