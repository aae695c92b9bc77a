//! SQL of the changes of the signing key. Decides nothing.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

/// Lets one process at a time change the key.
pub async fn queue(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('signing-key', 0)) AS \"locked: ()\"")
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn last_change(connection: &mut PgConnection) -> Result<Option<Timestamp>, sqlx::Error> {
    let last = sqlx::query_scalar!("SELECT max(changed_at) FROM platform.signing_key_changes");
    Ok(last.fetch_one(connection).await?.map(jiff_sqlx::Timestamp::to_jiff))
}

/// Remembers a change; `retired_at` is known at once where there was no key before.
pub async fn insert_change(
    connection: &mut PgConnection,
    id: Uuid,
    retired_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.signing_key_changes (id, changed_at, retired_at) VALUES ($1, $2, $3)",
        id,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        retired_at.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks the change as finished, unless a newer one has happened since. Answers whether it did.
pub async fn retire_before(connection: &mut PgConnection, id: Uuid, now: Timestamp) -> Result<bool, sqlx::Error> {
    let retired = sqlx::query!(
        "UPDATE platform.signing_key_changes AS change SET retired_at = $2
         WHERE id = $1 AND retired_at IS NULL
           AND NOT EXISTS (SELECT FROM platform.signing_key_changes AS newer
                           WHERE newer.changed_at > change.changed_at)",
        id,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(retired.rows_affected() == 1)
}
