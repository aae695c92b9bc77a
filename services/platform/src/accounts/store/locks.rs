//! SQL of failed sign-ins and of the locks they lead to. Decides nothing.

use contracts::identity::IdentityProvider;
use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::domain::Failures;

/// Why a sign-in failed, for whoever reviews it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureReason {
    ProviderToken,
    SecondFactor,
    MailedCode,
    /// Refused unseen, because a lock holds.
    Locked,
}

impl FailureReason {
    fn as_str(self) -> &'static str {
        match self {
            Self::ProviderToken => "PROVIDER_TOKEN",
            Self::SecondFactor => "SECOND_FACTOR",
            Self::MailedCode => "MAILED_CODE",
            Self::Locked => "LOCKED",
        }
    }
}

pub struct NewFailure<'a> {
    pub id: Uuid,
    pub ip: &'a str,
    pub user: Option<UserId>,
    pub provider: Option<IdentityProvider>,
    pub reason: FailureReason,
}

/// Lets the failures of one address be counted one after the other.
pub async fn queue_for_address(connection: &mut PgConnection, ip: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('auth-address:' || $1, 0)) AS \"locked: ()\"", ip)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn insert_failure(
    connection: &mut PgConnection,
    failure: &NewFailure<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let counts = failure.reason != FailureReason::Locked;
    sqlx::query!(
        "INSERT INTO platform.failed_auth_attempts
             (id, ip, user_id, provider, reason, attempted_at, counts_for_ip, counts_for_user)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        failure.id,
        failure.ip,
        failure.user.map(|user| user.0),
        failure.provider.map(IdentityProvider::as_str),
        failure.reason.as_str(),
        now.to_sqlx() as jiff_sqlx::Timestamp,
        counts,
        counts && failure.user.is_some(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The failures that count: of the address and on the account since `since`, and all of the address since `lately`.
pub async fn failures(
    connection: &mut PgConnection,
    ip: &str,
    user: Option<UserId>,
    since: Timestamp,
    lately: Timestamp,
) -> Result<Failures, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT
             (SELECT count(*) FROM platform.failed_auth_attempts
              WHERE ip = $1 AND attempted_at > $3 AND counts_for_ip) AS "of_address!",
             (SELECT count(*) FROM platform.failed_auth_attempts
              WHERE user_id = $2 AND attempted_at > $3 AND counts_for_user) AS "on_account!",
             (SELECT count(*) FROM platform.failed_auth_attempts
              WHERE ip = $1 AND attempted_at > $4) AS "lately!""#,
        ip,
        user.map(|user| user.0),
        since.to_sqlx() as jiff_sqlx::Timestamp,
        lately.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(connection)
    .await?;
    let bounded = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Failures {
        of_address: bounded(row.of_address),
        on_account: bounded(row.on_account),
        lately_of_address: bounded(row.lately),
    })
}

/// The row of failures of an address is over: a success, or a lock that begins a new one.
pub async fn end_row_of_address(connection: &mut PgConnection, ip: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE platform.failed_auth_attempts SET counts_for_ip = false WHERE ip = $1 AND counts_for_ip", ip)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn end_row_on_account(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.failed_auth_attempts SET counts_for_user = false WHERE user_id = $1 AND counts_for_user",
        user.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whom a lock shuts out.
pub enum Locked<'a> {
    Address(&'a str),
    Account {
        user: UserId,
        /// Of what the link in the mail carries.
        unlock_hash: [u8; 32],
    },
}

pub async fn insert_lock(
    connection: &mut PgConnection,
    id: Uuid,
    incident: Uuid,
    locked: &Locked<'_>,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let (ip, user, hash) = match locked {
        Locked::Address(ip) => (Some(*ip), None, None),
        Locked::Account { user, unlock_hash } => (None, Some(user.0), Some(unlock_hash.as_slice())),
    };
    sqlx::query!(
        "INSERT INTO platform.auth_locks (id, incident, ip, user_id, locked_at, locked_until, unlock_hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        id,
        incident,
        ip,
        user,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        until.to_sqlx() as jiff_sqlx::Timestamp,
        hash,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Until when an address is shut out, if it is.
pub async fn address_locked_until(
    connection: &mut PgConnection,
    ip: &str,
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let until = sqlx::query_scalar!(
        "SELECT max(locked_until) FROM platform.auth_locks
         WHERE ip = $1 AND locked_until > $2 AND released_at IS NULL",
        ip,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    );
    Ok(until.fetch_one(connection).await?.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Until when an account is shut out, if it is.
pub async fn account_locked_until(
    connection: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let until = sqlx::query_scalar!(
        "SELECT max(locked_until) FROM platform.auth_locks
         WHERE user_id = $1 AND locked_until > $2 AND released_at IS NULL",
        user.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    );
    Ok(until.fetch_one(connection).await?.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Lifts the locks that came with the one whose link carries `hash`. Answers whether there was such a lock.
pub async fn release(connection: &mut PgConnection, hash: &[u8], now: Timestamp) -> Result<bool, sqlx::Error> {
    let released = sqlx::query!(
        "UPDATE platform.auth_locks SET released_at = $2
         WHERE released_at IS NULL AND locked_until > $2
           AND incident = (SELECT incident FROM platform.auth_locks WHERE unlock_hash = $1)",
        hash,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(released.rows_affected() > 0)
}

/// Forgets what is older than `before`.
pub async fn forget(connection: &mut PgConnection, before: Timestamp) -> Result<(), sqlx::Error> {
    let before = before.to_sqlx();
    sqlx::query!("DELETE FROM platform.failed_auth_attempts WHERE attempted_at < $1", before as jiff_sqlx::Timestamp)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM platform.auth_locks WHERE locked_until < $1", before as jiff_sqlx::Timestamp)
        .execute(connection)
        .await?;
    Ok(())
}
