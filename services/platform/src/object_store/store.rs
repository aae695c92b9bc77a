//! All SQL of `platform.loose_objects`: files that no row names, and when each is thrown away.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::Shelf;

/// How long a file may be loose before it is named: far longer than any request takes.
const GRACE: SignedDuration = SignedDuration::from_hours(1);
/// How long whoever took a file to throw it away may be silent before another one tries.
const CLAIM: SignedDuration = SignedDuration::from_mins(10);

/// Says that a file is about to be put which nothing names yet. Commit this before the file is put.
///
/// # Errors
/// When the database does.
pub async fn loosen(connection: &mut PgConnection, shelf: Shelf, key: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    insert(connection, shelf, key, now + GRACE).await
}

/// Says that the caller's transaction names the file from now on. Answers false when it lay loose for too long and may
/// be gone: the caller must not name it then.
///
/// # Errors
/// When the database does.
pub async fn keep(connection: &mut PgConnection, shelf: Shelf, key: &str) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query!(
        "DELETE FROM platform.loose_objects WHERE shelf = $1 AND object_key = $2 AND claimed_until IS NULL",
        shelf.as_str(),
        key
    )
    .execute(connection)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// Says that the caller's transaction has stopped naming the file, which may go at once.
///
/// # Errors
/// When the database does.
pub async fn let_go(connection: &mut PgConnection, shelf: Shelf, key: &str, now: Timestamp) -> Result<(), sqlx::Error> {
    insert(connection, shelf, key, now).await
}

async fn insert(
    connection: &mut PgConnection,
    shelf: Shelf,
    key: &str,
    remove_at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.loose_objects (shelf, object_key, remove_at) VALUES ($1, $2, $3)
         ON CONFLICT ON CONSTRAINT loose_objects_once DO NOTHING",
        shelf.as_str(),
        key,
        remove_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes some files that are due to be thrown away; nothing can name them any more.
pub(super) async fn claim_due(
    connection: &mut PgConnection,
    most: i64,
    now: Timestamp,
) -> Result<Vec<(Shelf, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        "UPDATE platform.loose_objects SET claimed_until = $2
         FROM (SELECT shelf, object_key FROM platform.loose_objects
               WHERE remove_at <= $1 AND (claimed_until IS NULL OR claimed_until <= $1)
               ORDER BY remove_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
         WHERE loose_objects.shelf = due.shelf AND loose_objects.object_key = due.object_key
         RETURNING loose_objects.shelf, loose_objects.object_key",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        (now + CLAIM).to_sqlx() as jiff_sqlx::Timestamp,
        most,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().filter_map(|row| Some((Shelf::read(&row.shelf)?, row.object_key))).collect())
}

/// Forgets a file that was thrown away.
pub(super) async fn forget(connection: &mut PgConnection, shelf: Shelf, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM platform.loose_objects WHERE shelf = $1 AND object_key = $2", shelf.as_str(), key)
        .execute(connection)
        .await?;
    Ok(())
}
