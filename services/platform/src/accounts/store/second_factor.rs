//! SQL of second factors and of sign-ins that wait for another proof. Decides nothing.

use contracts::ids::{SessionId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use crate::accounts::domain::{ChallengeState, Device, OriginHistory, Proof};

/// The second factor of a person, as stored.
pub struct StoredTotp {
    pub secret_sealed: Vec<u8>,
    pub confirmed: bool,
    pub last_step: i64,
}

pub async fn totp(connection: &mut PgConnection, user: UserId) -> Result<Option<StoredTotp>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT secret_sealed, confirmed_at, last_step FROM platform.user_totp WHERE user_id = $1",
        user.0
    );
    Ok(row.fetch_optional(connection).await?.map(|row| StoredTotp {
        secret_sealed: row.secret_sealed,
        confirmed: row.confirmed_at.is_some(),
        last_step: row.last_step,
    }))
}

/// Keeps a secret that is not confirmed yet; an earlier unconfirmed one is replaced. Answers false when a confirmed one
/// is in the way.
pub async fn put_unconfirmed_totp(
    connection: &mut PgConnection,
    user: UserId,
    sealed: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "INSERT INTO platform.user_totp (user_id, secret_sealed, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE
         SET secret_sealed = excluded.secret_sealed, created_at = excluded.created_at, last_step = 0
         WHERE user_totp.confirmed_at IS NULL",
        user.0,
        sealed,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Remembers the step whose code was used; `confirmed_at` is set the first time. Answers false when a newer step was
/// used meanwhile.
pub async fn use_step(
    connection: &mut PgConnection,
    user: UserId,
    step: i64,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "UPDATE platform.user_totp SET last_step = $2, confirmed_at = coalesce(confirmed_at, $3)
         WHERE user_id = $1 AND last_step < $2",
        user.0,
        step,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

pub async fn insert_recovery_codes(
    connection: &mut PgConnection,
    user: UserId,
    hashes: &[Vec<u8>],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.user_recovery_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[])",
        user.0,
        hashes,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Spends a recovery code. Answers false when it is unknown or spent.
pub async fn use_recovery_code(
    connection: &mut PgConnection,
    user: UserId,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let used = sqlx::query!(
        "UPDATE platform.user_recovery_codes SET used_at = $3
         WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
        user.0,
        hash,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(used.rows_affected() == 1)
}

pub async fn recovery_codes_left(connection: &mut PgConnection, user: UserId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "left!" FROM platform.user_recovery_codes WHERE user_id = $1 AND used_at IS NULL"#,
        user.0
    )
    .fetch_one(connection)
    .await
}

/// Takes the second factor away, recovery codes included.
pub async fn remove_totp(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM platform.user_totp WHERE user_id = $1", user.0).execute(connection).await?;
    Ok(())
}

/// What earlier sessions, over or not, say about an origin (SEC-05).
pub async fn origin_history(
    connection: &mut PgConnection,
    user: UserId,
    device: &Device,
) -> Result<OriginHistory, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT coalesce(bool_or(device_id = $2), false) AS "device_known!",
                  coalesce(bool_or(ip = $3), false) AS "address_known!",
                  bool_or(country = $4) AS country_known
           FROM platform.sessions WHERE user_id = $1"#,
        user.0,
        device.id,
        device.ip,
        device.country,
    )
    .fetch_one(connection)
    .await?;
    Ok(OriginHistory {
        device_known: row.device_known,
        address_known: row.address_known,
        country_known: row.country_known,
    })
}

pub struct NewChallenge<'a> {
    pub id_hash: [u8; 32],
    pub user: UserId,
    pub proof: Proof,
    pub code_hash: Option<[u8; 32]>,
    pub device: &'a Device,
    pub replaces: Option<SessionId>,
    pub expires_at: Timestamp,
}

pub async fn insert_challenge(
    connection: &mut PgConnection,
    challenge: &NewChallenge<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.sign_in_challenges
             (id_hash, user_id, kind, code_hash, device_id, device_info, ip, country, replaces_session, created_at,
              expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        challenge.id_hash.as_slice(),
        challenge.user.0,
        challenge.proof.as_str(),
        challenge.code_hash.as_ref().map(<[u8; 32]>::as_slice),
        challenge.device.id,
        challenge.device.info,
        challenge.device.ip,
        challenge.device.country,
        challenge.replaces.map(|session| session.0),
        now.to_sqlx() as jiff_sqlx::Timestamp,
        challenge.expires_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whose sign-in waits under this id.
pub async fn challenge_holder(
    connection: &mut PgConnection,
    id_hash: &[u8],
    proof: Proof,
) -> Result<Option<UserId>, sqlx::Error> {
    let holder = sqlx::query_scalar!(
        "SELECT user_id FROM platform.sign_in_challenges WHERE id_hash = $1 AND kind = $2",
        id_hash,
        proof.as_str(),
    );
    Ok(holder.fetch_optional(connection).await?.map(UserId))
}

/// A sign-in that waits.
pub struct StoredChallenge {
    pub state: ChallengeState,
    pub code_hash: Option<Vec<u8>>,
    pub device: Device,
    pub replaces: Option<SessionId>,
}

/// Read it with the account's row locked: only then its tries stand still.
pub async fn challenge(connection: &mut PgConnection, id_hash: &[u8]) -> Result<Option<StoredChallenge>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT code_hash, device_id, device_info, ip, country, replaces_session, wrong_tries, expires_at, passed_at
         FROM platform.sign_in_challenges WHERE id_hash = $1",
        id_hash
    );
    Ok(row.fetch_optional(connection).await?.map(|row| StoredChallenge {
        state: ChallengeState {
            wrong_tries: row.wrong_tries,
            expires_at: row.expires_at.to_jiff(),
            passed: row.passed_at.is_some(),
        },
        code_hash: row.code_hash,
        device: Device { id: row.device_id, info: row.device_info, ip: row.ip, country: row.country },
        replaces: row.replaces_session.map(SessionId),
    }))
}

pub async fn count_wrong_try(connection: &mut PgConnection, id_hash: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE platform.sign_in_challenges SET wrong_tries = wrong_tries + 1 WHERE id_hash = $1", id_hash)
        .execute(connection)
        .await?;
    Ok(())
}

/// The proof was given. Answers false when somebody else was first.
pub async fn pass_challenge(
    connection: &mut PgConnection,
    id_hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let passed = sqlx::query!(
        "UPDATE platform.sign_in_challenges SET passed_at = $2 WHERE id_hash = $1 AND passed_at IS NULL",
        id_hash,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(passed.rows_affected() == 1)
}

pub async fn forget_challenges(connection: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM platform.sign_in_challenges WHERE expires_at < $1",
        before.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}
