//! Setting up, using and taking away an owner's second factor (AUTH-32 to AUTH-36).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::ids::UserId;
use jiff::Timestamp;
use sqlx::PgConnection;

use super::{AccountError, protection, token_hash};
use crate::accounts::domain::{Proof, recovery_code, totp};
use crate::accounts::store::locks::FailureReason;
use crate::accounts::store::{self, second_factor as rows};
use crate::state::AppState;

/// What an app shows beside the code.
const ISSUER: &str = "Courtside";

/// A secret that waits for its first code.
pub struct NewSecret {
    /// For apps that cannot scan.
    pub text: String,
    /// What the picture says.
    pub uri: String,
}

/// How a person's second factor stands.
pub struct SecondFactorStatus {
    pub on: bool,
    pub recovery_codes_left: i64,
}

pub async fn second_factor_status(state: &AppState, user: UserId) -> Result<SecondFactorStatus, AccountError> {
    let mut connection = state.pool.acquire().await?;
    let on = rows::totp(&mut connection, user).await?.is_some_and(|totp| totp.confirmed);
    let recovery_codes_left = rows::recovery_codes_left(&mut connection, user).await?;
    Ok(SecondFactorStatus { on, recovery_codes_left })
}

/// Makes a secret. It does nothing until a code of it has been shown (AUTH-32).
pub async fn set_up_second_factor(state: &AppState, user: UserId) -> Result<NewSecret, AccountError> {
    let now = state.env.clock.now();
    let secret = random(state, totp::SECRET_BYTES)?;
    let sealed = state.accounts.sealing.seal(user.0, &secret).map_err(AccountError::Sealing)?;
    let mut transaction = kit::db::begin(&state.pool).await?;
    let account = store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    if !rows::put_unconfirmed_totp(&mut transaction, user, &sealed, now).await? {
        return Err(AccountError::SecondFactorOn);
    }
    transaction.commit().await?;
    let uri = totp::otpauth_uri(&secret, ISSUER, &account.email);
    Ok(NewSecret { text: totp::as_text(&secret), uri })
}

/// Switches the second factor on with its first code; answers the recovery codes, which nobody can read again.
pub async fn confirm_second_factor(
    state: &AppState,
    user: UserId,
    code: &str,
    ip: &str,
) -> Result<Vec<String>, AccountError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    protection::check_account(state, &mut transaction, user, now).await?;
    let stored = rows::totp(&mut transaction, user).await?.ok_or(AccountError::SecondFactorMissing)?;
    if stored.confirmed {
        return Err(AccountError::SecondFactorOn);
    }
    if !spend_totp(state, &mut transaction, user, &stored, code, now).await? {
        return wrong_code(state, transaction, user, ip).await;
    }
    let codes: Vec<String> = (0..recovery_code::COUNT)
        .map(|_| Ok(recovery_code::from_entropy(&random(state, recovery_code::ENTROPY_BYTES)?)))
        .collect::<Result<_, AccountError>>()?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery_hash(code).to_vec()).collect();
    rows::insert_recovery_codes(&mut transaction, user, &hashes).await?;
    transaction.commit().await?;
    Ok(codes)
}

/// Takes the second factor away; a valid code is needed (AUTH-36).
pub async fn remove_second_factor(state: &AppState, user: UserId, code: &str, ip: &str) -> Result<(), AccountError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    store::account_locked(&mut transaction, user).await?.ok_or(AccountError::AccountNotFound)?;
    protection::check_account(state, &mut transaction, user, now).await?;
    let stored = rows::totp(&mut transaction, user).await?;
    if !stored.is_some_and(|stored| stored.confirmed) {
        return Err(AccountError::SecondFactorMissing);
    }
    if !spend_code(state, &mut transaction, user, code, now).await? {
        return wrong_code(state, transaction, user, ip).await;
    }
    rows::remove_totp(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(())
}

/// Uses a code of the app, or a recovery code, up. The account's row must be locked.
pub(super) async fn spend_code(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    code: &str,
    now: Timestamp,
) -> Result<bool, AccountError> {
    let Some(stored) = rows::totp(connection, user).await?.filter(|stored| stored.confirmed) else {
        return Ok(false);
    };
    if spend_totp(state, connection, user, &stored, code, now).await? {
        return Ok(true);
    }
    Ok(rows::use_recovery_code(connection, user, &recovery_hash(code), now).await?)
}

async fn spend_totp(
    state: &AppState,
    connection: &mut PgConnection,
    user: UserId,
    stored: &rows::StoredTotp,
    code: &str,
    now: Timestamp,
) -> Result<bool, AccountError> {
    let secret = state.accounts.sealing.unseal(user.0, &stored.secret_sealed).map_err(AccountError::Sealing)?;
    match totp::matching_step(&secret, code.trim(), now, stored.last_step) {
        Some(step) => Ok(rows::use_step(connection, user, step, now).await?),
        None => Ok(false),
    }
}

/// Guessing with a stolen access token costs as much as guessing at the door.
async fn wrong_code<T>(
    state: &AppState,
    transaction: sqlx::Transaction<'_, sqlx::Postgres>,
    user: UserId,
    ip: &str,
) -> Result<T, AccountError> {
    transaction.rollback().await?;
    protection::failed(state, ip, Some(user), None, FailureReason::SecondFactor).await?;
    Err(AccountError::CodeRejected(Proof::SecondFactor))
}

fn recovery_hash(code: &str) -> [u8; 32] {
    token_hash(&recovery_code::normalise(code))
}

fn random(state: &AppState, bytes: usize) -> Result<Vec<u8>, AccountError> {
    URL_SAFE_NO_PAD.decode(state.env.ids.secret(bytes)).map_err(|error| AccountError::Sealing(error.into()))
}
