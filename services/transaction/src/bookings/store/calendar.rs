//! The secret addresses of owners' calendars: who has one, and whose a token is. Only hashes are kept.

use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// Gives an owner a new secret address; the old one means nothing from now on.
///
/// # Errors
/// When the database refuses.
pub async fn rotate_feed(
    connection: &mut PgConnection,
    owner: UserId,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.calendar_feeds (owner_id, token_hash, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (owner_id) DO UPDATE SET token_hash = EXCLUDED.token_hash, created_at = EXCLUDED.created_at",
        owner.0,
        token_hash,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes an owner's secret address away. Returns whether there was one.
///
/// # Errors
/// When the database refuses.
pub async fn remove_feed(connection: &mut PgConnection, owner: UserId) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query!("DELETE FROM transaction.calendar_feeds WHERE owner_id = $1", owner.0).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Since when an owner has a secret address.
///
/// # Errors
/// When the database refuses.
pub async fn feed_since(connection: &mut PgConnection, owner: UserId) -> Result<Option<Timestamp>, sqlx::Error> {
    let since = sqlx::query_scalar!("SELECT created_at FROM transaction.calendar_feeds WHERE owner_id = $1", owner.0)
        .fetch_optional(connection)
        .await?;
    Ok(since.map(|at| at.to_jiff()))
}

/// Whose calendar a token opens.
///
/// # Errors
/// When the database refuses.
pub async fn owner_of_feed(connection: &mut PgConnection, token_hash: &[u8]) -> Result<Option<UserId>, sqlx::Error> {
    let owner =
        sqlx::query_scalar!("SELECT owner_id FROM transaction.calendar_feeds WHERE token_hash = $1", token_hash)
            .fetch_optional(connection)
            .await?;
    Ok(owner.map(UserId))
}
