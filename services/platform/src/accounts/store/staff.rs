//! SQL of the administration of accounts: the list, suspensions, roles, invitations. Decides nothing.

use contracts::identity::{AccountStatus, Role};
use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::AccountRow;
use crate::accounts::domain::Account;

/// Which accounts are asked for.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    pub role: Option<Role>,
    pub status: Option<AccountStatus>,
    /// Part of a name or address, in any case.
    pub search: Option<String>,
}

/// An account as admins see it.
#[derive(Debug, Clone)]
pub struct ListedUser {
    pub account: Account,
    pub suspension_reason: Option<String>,
}

pub async fn count_users(connection: &mut PgConnection, filter: &UserFilter) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM platform.users
           WHERE ($1::text IS NULL OR role = $1) AND ($2::text IS NULL OR status = $2)
             AND ($3::text IS NULL OR position(lower($3) IN lower(name)) > 0
                  OR position(lower($3) IN lower(email)) > 0)"#,
        filter.role.map(Role::as_str),
        filter.status.map(AccountStatus::as_str),
        filter.search.as_deref(),
    )
    .fetch_one(connection)
    .await
}

/// One page, the newest accounts first.
pub async fn users(
    connection: &mut PgConnection,
    filter: &UserFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<ListedUser>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, email, name, phone, role, status, language, verified, subscription_status, trial_ends_at,
                stripe_status, created_at, suspension_reason
         FROM platform.users
         WHERE ($1::text IS NULL OR role = $1) AND ($2::text IS NULL OR status = $2)
           AND ($3::text IS NULL OR position(lower($3) IN lower(name)) > 0 OR position(lower($3) IN lower(email)) > 0)
         ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5",
        filter.role.map(Role::as_str),
        filter.status.map(AccountStatus::as_str),
        filter.search.as_deref(),
        limit,
        offset,
    );
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let account = AccountRow {
                id: row.id,
                email: row.email,
                name: row.name,
                phone: row.phone,
                role: row.role,
                status: row.status,
                language: row.language,
                verified: row.verified,
                subscription_status: row.subscription_status,
                trial_ends_at: row.trial_ends_at,
                stripe_status: row.stripe_status,
                created_at: row.created_at,
            };
            Ok(ListedUser { account: account.try_into()?, suspension_reason: row.suspension_reason })
        })
        .collect()
}

/// Locks two accounts, always in the same order, so that two admins who deal with each other do not wait for ever.
pub async fn lock_both(connection: &mut PgConnection, one: UserId, other: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT id FROM platform.users WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", &[one.0, other.0])
        .fetch_all(connection)
        .await?;
    Ok(())
}

/// Suspends an account or lets it in again.
pub async fn set_suspension(
    connection: &mut PgConnection,
    user: UserId,
    status: AccountStatus,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.users SET status = $2, suspension_reason = $3, updated_at = $4, version = version + 1
         WHERE id = $1",
        user.0,
        status.as_str(),
        reason,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn set_role(
    connection: &mut PgConnection,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE platform.users SET role = $2, updated_at = $3, version = version + 1 WHERE id = $1",
        user.0,
        role.as_str(),
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn insert_invitation(
    connection: &mut PgConnection,
    hash: &[u8],
    user: UserId,
    invited_by: UserId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.staff_invitations (token_hash, user_id, invited_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
        hash,
        user.0,
        invited_by.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        expires_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whom an invitation that still counts is for.
pub async fn invited(
    connection: &mut PgConnection,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<UserId>, sqlx::Error> {
    let invited = sqlx::query_scalar!(
        "SELECT user_id FROM platform.staff_invitations
         WHERE token_hash = $1 AND accepted_at IS NULL AND expires_at > $2",
        hash,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    );
    Ok(invited.fetch_optional(connection).await?.map(UserId))
}

/// Answers false when somebody else was first.
pub async fn accept_invitation(
    connection: &mut PgConnection,
    hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let accepted = sqlx::query!(
        "UPDATE platform.staff_invitations SET accepted_at = $2 WHERE token_hash = $1 AND accepted_at IS NULL",
        hash,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(accepted.rows_affected() == 1)
}

/// Lets admins leave one after the other, so that the last one can be told.
pub async fn queue_for_admins(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('platform-admins', 0)) AS \"locked: ()\"")
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn other_active_admins(connection: &mut PgConnection, user: UserId) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM platform.users
           WHERE role = 'PLATFORM_ADMIN' AND status = 'ACTIVE' AND id <> $1"#,
        user.0
    )
    .fetch_one(connection)
    .await
}
