//! The memory of a consumer: which events a group has handled, so that a repeated one has no second effect (EVT-04).
//!
//! It owns the table `inbox` of the service's schema. Remembering happens in the transaction of the effect; an effect
//! that is not in the database cannot be protected by it.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

/// How long handled ids are remembered (EVT-04).
pub const MEMORY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Remembers `event_id` for `group` and says whether it is new. Waits for a transaction that is handling the same
/// event right now.
///
/// # Errors
/// When the database does.
pub async fn first_time(
    connection: &mut PgConnection,
    group: &str,
    event_id: Uuid,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let remembered = sqlx::query(
        "insert into inbox (consumer_group, event_id, handled_at) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(group)
    .bind(event_id)
    .bind(now.to_sqlx())
    .execute(connection)
    .await?;
    Ok(remembered.rows_affected() == 1)
}

/// Like [`first_time`] for many events at once: answers the new ones among `event_ids`.
///
/// # Errors
/// When the database does.
pub async fn first_times(
    connection: &mut PgConnection,
    group: &str,
    event_ids: &[Uuid],
    now: Timestamp,
) -> Result<Vec<Uuid>, sqlx::Error> {
    // Sorted, so that two readers of the same events wait for each other instead of deadlocking.
    sqlx::query_scalar(
        "insert into inbox (consumer_group, event_id, handled_at)
         select $1, event_id, $3 from (select distinct unnest($2::uuid[]) as event_id order by 1) as wanted
         on conflict do nothing returning event_id",
    )
    .bind(group)
    .bind(event_ids)
    .bind(now.to_sqlx())
    .fetch_all(connection)
    .await
}

/// Forgets events handled more than [`MEMORY`] before `now`. Answers how many.
///
/// # Errors
/// When the database does.
pub async fn prune(connection: &mut PgConnection, now: Timestamp) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query("delete from inbox where handled_at < $1")
        .bind((now - MEMORY).to_sqlx())
        .execute(connection)
        .await?;
    Ok(forgotten.rows_affected())
}
