//! All SQL of accounts: people, identities, sessions, refresh tokens.
//!
//! Everything that changes sessions of a person first locks the person's row ([`account_locked`] and the functions
//! named like it), so that two sign-ins, refreshes or closings of one account never interleave. Decides nothing.

pub mod closing;
pub mod export;
pub mod keys;
pub mod locks;
pub mod second_factor;
pub mod staff;

use contracts::identity::{AccountStatus, IdentityProvider};
use contracts::ids::{SessionId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::accounts::domain::{
    Account, Device, EndReason, LinkedIdentity, LiveSession, StoredRefreshToken, VerifiedIdentity,
};

struct AccountRow {
    id: Uuid,
    email: String,
    name: String,
    phone: Option<String>,
    role: String,
    status: String,
    language: String,
    verified: bool,
    subscription_status: String,
    trial_ends_at: Option<jiff_sqlx::Timestamp>,
    stripe_status: String,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<AccountRow> for Account {
    type Error = sqlx::Error;

    fn try_from(row: AccountRow) -> Result<Self, Self::Error> {
        Ok(Self {
            id: UserId(row.id),
            email: row.email,
            name: row.name,
            phone: row.phone,
            role: stored(&row.role)?,
            status: stored(&row.status)?,
            language: stored(&row.language)?,
            verified: row.verified,
            subscription: stored(&row.subscription_status)?,
            trial_ends_at: row.trial_ends_at.map(jiff_sqlx::Timestamp::to_jiff),
            stripe_status: stored(&row.stripe_status)?,
            created_at: row.created_at.to_jiff(),
        })
    }
}

/// Reads a stored text as its enum; the columns' constraints allow nothing else.
fn stored<T>(text: &str) -> Result<T, sqlx::Error>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|unknown: T::Err| sqlx::Error::Decode(Box::new(unknown)))
}

pub async fn account(connection: &mut PgConnection, user: UserId) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as!(
        AccountRow,
        "SELECT id, email, name, phone, role, status, language, verified, subscription_status, trial_ends_at,
                stripe_status, created_at
         FROM platform.users WHERE id = $1",
        user.0
    );
    row.fetch_optional(connection).await?.map(Account::try_from).transpose()
}

pub async fn account_locked(connection: &mut PgConnection, user: UserId) -> Result<Option<Account>, sqlx::Error> {
    let row = sqlx::query_as!(
        AccountRow,
        "SELECT id, email, name, phone, role, status, language, verified, subscription_status, trial_ends_at,
                stripe_status, created_at
         FROM platform.users WHERE id = $1 FOR NO KEY UPDATE",
        user.0
    );
    row.fetch_optional(connection).await?.map(Account::try_from).transpose()
}

pub async fn account_status(connection: &mut PgConnection, user: UserId) -> Result<Option<AccountStatus>, sqlx::Error> {
    let status = sqlx::query_scalar!("SELECT status FROM platform.users WHERE id = $1", user.0);
    status.fetch_optional(connection).await?.map(|text| stored(&text)).transpose()
}

/// Adds an account whose terms were accepted at its beginning. The index `users_email_unique` guards the address.
pub async fn insert_account(connection: &mut PgConnection, account: &Account) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.users (id, email, name, phone, role, status, language, terms_accepted_at, verified,
                                     subscription_status, trial_ends_at, stripe_status, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $8, $8)",
        account.id.0,
        account.email,
        account.name,
        account.phone,
        account.role.as_str(),
        account.status.as_str(),
        account.language.as_str(),
        account.created_at.to_sqlx(),
        account.verified,
        account.subscription.as_str(),
        account.trial_ends_at.map(|end| end.to_sqlx()),
        account.stripe_status.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes what a person may change. Answers whether the account was there.
pub async fn update_profile(
    connection: &mut PgConnection,
    account: &Account,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "UPDATE platform.users
         SET name = $2, email = $3, phone = $4, language = $5, updated_at = $6, version = version + 1
         WHERE id = $1",
        account.id.0,
        account.name,
        account.email,
        account.phone,
        account.language.as_str(),
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Whose identity this is.
pub async fn identity_holder(
    connection: &mut PgConnection,
    provider: IdentityProvider,
    subject: &str,
) -> Result<Option<UserId>, sqlx::Error> {
    let holder = sqlx::query_scalar!(
        "SELECT user_id FROM platform.user_identities WHERE provider = $1 AND subject = $2",
        provider.as_str(),
        subject
    );
    Ok(holder.fetch_optional(connection).await?.map(UserId))
}

/// Links an identity. The constraints `user_identities_subject_unique` and `user_identities_one_per_provider` guard it.
pub async fn insert_identity(
    connection: &mut PgConnection,
    id: Uuid,
    user: UserId,
    identity: &VerifiedIdentity,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.user_identities (id, user_id, provider, subject, email, linked_at, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)",
        id,
        user.0,
        identity.provider.as_str(),
        identity.subject,
        identity.email,
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps what the provider says today (AUTH-08).
pub async fn refresh_identity(
    connection: &mut PgConnection,
    identity: &VerifiedIdentity,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.user_identities SET email = $3, last_used_at = $4 WHERE provider = $1 AND subject = $2",
        identity.provider.as_str(),
        identity.subject,
        identity.email,
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn identities(connection: &mut PgConnection, user: UserId) -> Result<Vec<LinkedIdentity>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT provider, email, linked_at FROM platform.user_identities WHERE user_id = $1 ORDER BY linked_at, id",
        user.0
    );
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(LinkedIdentity {
                provider: stored(&row.provider)?,
                email: row.email,
                linked_at: row.linked_at.to_jiff(),
            })
        })
        .collect()
}

/// Sessions that have not ended and still hold a usable token, the oldest first.
pub async fn live_sessions(
    connection: &mut PgConnection,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<LiveSession>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT session.id, session.device_id, session.device_info, session.ip, session.created_at,
                session.last_used_at
         FROM platform.sessions AS session
         WHERE session.user_id = $1 AND session.ended_at IS NULL
           AND EXISTS (SELECT FROM platform.refresh_tokens AS token
                       WHERE token.session_id = session.id AND token.rotated_at IS NULL
                         AND token.revoked_at IS NULL AND token.expires_at > $2)
         ORDER BY session.created_at, session.id",
        user.0,
        now.to_sqlx(),
    );
    let rows = rows.fetch_all(connection).await?;
    let sessions = rows.into_iter().map(|row| LiveSession {
        id: SessionId(row.id),
        device_id: row.device_id,
        device_info: row.device_info,
        ip: row.ip,
        created_at: row.created_at.to_jiff(),
        last_used_at: row.last_used_at.to_jiff(),
    });
    Ok(sessions.collect())
}

pub async fn insert_session(
    connection: &mut PgConnection,
    id: SessionId,
    user: UserId,
    device: &Device,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.sessions (id, user_id, device_id, device_info, ip, created_at, last_used_at, country)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        id.0,
        user.0,
        device.id,
        device.info,
        device.ip,
        now.to_sqlx(),
        device.country,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn touch_session(
    connection: &mut PgConnection,
    session: SessionId,
    ip: Option<&str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.sessions SET last_used_at = $2, ip = coalesce($3, ip) WHERE id = $1",
        session.0,
        now.to_sqlx(),
        ip,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A call was made with a session; the instants of several processes may arrive in any order.
pub async fn keep_session_awake(
    connection: &mut PgConnection,
    session: SessionId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.sessions SET last_used_at = $2 WHERE id = $1 AND ended_at IS NULL AND last_used_at < $2",
        session.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The living account with this address, however it is written.
pub async fn holder_of_address(connection: &mut PgConnection, email: &str) -> Result<Option<UserId>, sqlx::Error> {
    let holder = sqlx::query_scalar!(
        "SELECT id FROM platform.users WHERE lower(email) = lower($1) AND status <> 'DELETED'",
        email
    );
    Ok(holder.fetch_optional(connection).await?.map(UserId))
}

/// Ends the sessions of `user` named in `sessions`, and their tokens. Answers how many were still live.
pub async fn end_sessions(
    connection: &mut PgConnection,
    user: UserId,
    sessions: &[SessionId],
    reason: EndReason,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let ids: Vec<Uuid> = sessions.iter().map(|session| session.0).collect();
    let ended = sqlx::query!(
        "UPDATE platform.sessions SET ended_at = $4, end_reason = $3
         WHERE user_id = $1 AND id = ANY($2) AND ended_at IS NULL",
        user.0,
        &ids,
        reason.as_str(),
        now.to_sqlx(),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE platform.refresh_tokens SET revoked_at = $3
         WHERE user_id = $1 AND session_id = ANY($2) AND rotated_at IS NULL AND revoked_at IS NULL",
        user.0,
        &ids,
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(ended.rows_affected())
}

/// Ends the session of one device, whether its token is still good or has expired unused.
pub async fn end_session_of_device(
    connection: &mut PgConnection,
    user: UserId,
    device_id: &str,
    reason: EndReason,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let sessions = sqlx::query_scalar!(
        "SELECT id FROM platform.sessions WHERE user_id = $1 AND device_id = $2 AND ended_at IS NULL",
        user.0,
        device_id,
    );
    let sessions: Vec<SessionId> = sessions.fetch_all(&mut *connection).await?.into_iter().map(SessionId).collect();
    end_sessions(connection, user, &sessions, reason, now).await?;
    Ok(())
}

/// Ends every session of `user`. Answers how many were still live.
pub async fn end_all_sessions(
    connection: &mut PgConnection,
    user: UserId,
    reason: EndReason,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let sessions =
        sqlx::query_scalar!("SELECT id FROM platform.sessions WHERE user_id = $1 AND ended_at IS NULL", user.0);
    let sessions: Vec<SessionId> = sessions.fetch_all(&mut *connection).await?.into_iter().map(SessionId).collect();
    end_sessions(connection, user, &sessions, reason, now).await
}

/// A new refresh token; only the hash of its secret is kept.
pub struct NewRefreshToken<'a> {
    pub id: Uuid,
    pub session: SessionId,
    pub user: UserId,
    pub hash: &'a [u8],
    pub expires_at: Timestamp,
}

pub async fn insert_refresh_token(
    connection: &mut PgConnection,
    token: &NewRefreshToken<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.refresh_tokens (id, session_id, user_id, token_hash, issued_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        token.id,
        token.session.0,
        token.user.0,
        token.hash,
        now.to_sqlx(),
        token.expires_at.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whose refresh token this is, used or not.
pub async fn refresh_token_holder(connection: &mut PgConnection, hash: &[u8]) -> Result<Option<UserId>, sqlx::Error> {
    let holder = sqlx::query_scalar!("SELECT user_id FROM platform.refresh_tokens WHERE token_hash = $1", hash);
    Ok(holder.fetch_optional(connection).await?.map(UserId))
}

pub async fn refresh_token(
    connection: &mut PgConnection,
    hash: &[u8],
) -> Result<Option<StoredRefreshToken>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT token.id, token.session_id, token.expires_at, token.rotated_at, token.revoked_at, session.last_used_at
         FROM platform.refresh_tokens AS token
         JOIN platform.sessions AS session ON session.id = token.session_id
         WHERE token.token_hash = $1",
        hash
    );
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| StoredRefreshToken {
        id: row.id,
        session_id: SessionId(row.session_id),
        session_used_at: row.last_used_at.to_jiff(),
        expires_at: row.expires_at.to_jiff(),
        rotated_at: row.rotated_at.map(jiff_sqlx::Timestamp::to_jiff),
        revoked_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

/// Marks a token as exchanged. Answers false when somebody else was first.
pub async fn rotate_refresh_token(
    connection: &mut PgConnection,
    token: Uuid,
    replaced_by: Uuid,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let rotated = sqlx::query!(
        "UPDATE platform.refresh_tokens SET rotated_at = $3, replaced_by = $2
         WHERE id = $1 AND rotated_at IS NULL AND revoked_at IS NULL",
        token,
        replaced_by,
        now.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(rotated.rows_affected() == 1)
}

/// Removes sessions that ended before `before`, or whose last token expired before it, with their tokens; and tokens of
/// living sessions that expired before it.
pub async fn forget_ended_sessions(connection: &mut PgConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    sqlx::query!("DELETE FROM platform.refresh_tokens WHERE expires_at < $1", before.to_sqlx() as jiff_sqlx::Timestamp)
        .execute(&mut *connection)
        .await?;
    let removed = sqlx::query!(
        "WITH over AS (
             SELECT session.id FROM platform.sessions AS session
             WHERE coalesce(session.ended_at, session.last_used_at) < $1
               AND (session.ended_at IS NOT NULL
                    OR NOT EXISTS (SELECT FROM platform.refresh_tokens AS token WHERE token.session_id = session.id))
         ), tokens AS (
             DELETE FROM platform.refresh_tokens WHERE session_id IN (SELECT id FROM over)
         )
         DELETE FROM platform.sessions WHERE id IN (SELECT id FROM over)",
        before.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(removed.rows_affected())
}
