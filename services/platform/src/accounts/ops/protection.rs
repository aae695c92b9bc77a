//! Standing between guessers and accounts: failed sign-ins are counted, addresses and accounts locked and unlocked
//! (AUTH-31, SEC-01 to SEC-04).
//!
//! Counts and locks are rows, so they hold in every process and over every restart. A lock shuts out sign-ins; sessions
//! that exist go on, or anybody could sign others out by failing in their name.

use contracts::identity::IdentityProvider;
use contracts::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use kit::limits::{Decision, Limit, Limiter};
use sqlx::PgConnection;

use super::{AccountError, token_hash};
use crate::accounts::domain::LockPolicy;
use crate::accounts::store::locks::{self, FailureReason, Locked, NewFailure};
use crate::accounts::{events, providers, store};
use crate::config::ProtectionConfig;
use crate::state::AppState;

/// Bytes of randomness in the link of a mail.
pub const LINK_BYTES: usize = 32;
/// Accounts whose buckets are kept in memory.
const ACCOUNTS_KEPT: usize = 100_000;

/// The bucket of sign-in calls that each account has, whatever address they come from (AUTH-31).
pub fn account_limiter(config: &ProtectionConfig) -> Limiter {
    Limiter::new(Limit::per_minute(config.calls_per_account_per_minute), ACCOUNTS_KEPT)
}

impl From<&ProtectionConfig> for LockPolicy {
    fn from(config: &ProtectionConfig) -> Self {
        Self {
            failures: config.failed_sign_ins,
            window: SignedDuration::from_mins(i64::from(config.window_minutes)),
            lock_for: SignedDuration::from_mins(i64::from(config.lock_minutes)),
            stuffing_failures: config.stuffing_failures,
            stuffing_window: SignedDuration::from_mins(i64::from(config.stuffing_window_minutes)),
            stuffing_lock_for: SignedDuration::from_hours(i64::from(config.stuffing_lock_hours)),
        }
    }
}

/// Refuses an address that is locked. The refused call is kept too: who goes on in spite of a lock is up to something.
pub async fn check_address(state: &AppState, ip: Option<&str>) -> Result<(), AccountError> {
    let Some(ip) = ip else { return Ok(()) };
    let now = state.env.clock.now();
    let mut connection = state.pool.acquire().await?;
    let Some(until) = locks::address_locked_until(&mut connection, ip, now).await? else { return Ok(()) };
    drop(connection);
    failed(state, ip, None, None, FailureReason::Locked).await?;
    Err(locked(until, now))
}

/// Refuses an account that is locked, or that is called for too often.
pub async fn check_account(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<(), AccountError> {
    if let Decision::Refused { retry_after } = state.accounts.calls_of_account.take(&user.to_string(), now) {
        let seconds = retry_after.as_millis().div_ceil(1000).max(1);
        return Err(AccountError::TooManyCalls { retry_after: u64::try_from(seconds).unwrap_or(u64::MAX) });
    }
    match locks::account_locked_until(connection, user, now).await? {
        Some(until) => Err(locked(until, now)),
        None => Ok(()),
    }
}

fn locked(until: Timestamp, now: Timestamp) -> AccountError {
    let seconds = until.duration_since(now).as_secs().max(1);
    AccountError::Locked { retry_after: u64::try_from(seconds).unwrap_or(1) }
}

/// A provider refused a token. Whose account it was aimed at is what the token claims, which nobody has proven.
pub async fn provider_token_failed(
    state: &AppState,
    ip: Option<&str>,
    provider: IdentityProvider,
    token: &str,
) -> Result<(), AccountError> {
    let Some(ip) = ip else { return Ok(()) };
    let mut target = None;
    if let Some(claimed) = providers::claimed_identity(token) {
        let mut connection = state.pool.acquire().await?;
        if let Some(subject) = &claimed.subject {
            target = store::identity_holder(&mut connection, provider, subject).await?;
        }
        if let (None, Some(email)) = (target, &claimed.email) {
            target = store::holder_of_address(&mut connection, email).await?;
        }
    }
    failed(state, ip, target, Some(provider), FailureReason::ProviderToken).await
}

/// Keeps a failure and does what it leads to, in a transaction of its own: the call that failed has nothing to commit.
pub async fn failed(
    state: &AppState,
    ip: &str,
    user: Option<UserId>,
    provider: Option<IdentityProvider>,
    reason: FailureReason,
) -> Result<(), AccountError> {
    let (env, now) = (&state.env, state.env.clock.now());
    let policy = LockPolicy::from(&state.config.protection);
    let mut transaction = kit::db::begin(&state.pool).await?;
    // First the person, then the address: whoever signs in takes them in the same order.
    if let Some(user) = user {
        store::account_locked(&mut transaction, user).await?;
    }
    locks::queue_for_address(&mut transaction, ip).await?;
    let failure = NewFailure { id: env.ids.new_id(), ip, user, provider, reason };
    locks::insert_failure(&mut transaction, &failure, now).await?;
    let (since, lately) = (now - policy.window, now - policy.stuffing_window);
    let counted = locks::failures(&mut transaction, ip, user, since, lately).await?;
    let consequences = policy.after(counted);
    let incident = env.ids.new_id();
    if let Some(span) = consequences.lock_address {
        let lock = Locked::Address(ip);
        locks::insert_lock(&mut transaction, env.ids.new_id(), incident, &lock, now + span, now).await?;
        locks::end_row_of_address(&mut transaction, ip).await?;
    }
    if let (Some(span), Some(user)) = (consequences.lock_account, user) {
        let link = env.ids.secret(LINK_BYTES);
        let lock = Locked::Account { user, unlock_hash: token_hash(&link) };
        locks::insert_lock(&mut transaction, env.ids.new_id(), incident, &lock, now + span, now).await?;
        locks::end_row_on_account(&mut transaction, user).await?;
        let told = events::tell_of_lock(state, &mut transaction, user, &link, span, now).await;
        told.map_err(AccountError::Event)?;
    }
    if consequences.stuffing {
        let told = events::append_stuffing_alert(state, &mut transaction, ip, counted.lately_of_address, now).await;
        told.map_err(AccountError::Event)?;
    }
    transaction.commit().await?;
    state.wake.wake();
    Ok(())
}

/// A sign-in was completed: the row of failures is broken.
pub async fn succeeded(connection: &mut PgConnection, user: UserId, ip: Option<&str>) -> Result<(), AccountError> {
    locks::end_row_on_account(connection, user).await?;
    if let Some(ip) = ip {
        locks::end_row_of_address(connection, ip).await?;
    }
    Ok(())
}

/// The person followed the link of the mail: it was them (SEC-02).
pub async fn unlock(state: &AppState, link: &str) -> Result<(), AccountError> {
    let mut connection = state.pool.acquire().await?;
    if locks::release(&mut connection, &token_hash(link), state.env.clock.now()).await? {
        Ok(())
    } else {
        Err(AccountError::LinkExpired)
    }
}
