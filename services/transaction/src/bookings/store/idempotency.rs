//! Clients' keys: one row per user and key with the first answer (BOOK-02).

use contracts::ids::{BookingId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// What is stored under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// SHA-256 of the operation and its body.
    pub request_hash: Vec<u8>,
    /// The booking it made, if any.
    pub booking_id: Option<BookingId>,
    /// Status and body of the first answer; none while it is still being worked out.
    pub answer: Option<(u16, Value)>,
}

/// Looks a key up.
///
/// # Errors
/// When the database refuses.
pub async fn find_answer(
    connection: &mut PgConnection,
    user: UserId,
    key: Uuid,
) -> Result<Option<StoredAnswer>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT request_hash, booking_id, response_status, response_body
         FROM transaction.idempotency_keys WHERE user_id = $1 AND key = $2",
        user.0,
        key
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| StoredAnswer {
        request_hash: row.request_hash,
        booking_id: row.booking_id.map(BookingId),
        answer: row.response_status.and_then(|status| u16::try_from(status).ok()).zip(row.response_body),
    }))
}

/// Writes an answer under a key that has no row yet. Whoever comes second changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn remember_answer(
    connection: &mut PgConnection,
    user: UserId,
    key: Uuid,
    request_hash: &[u8],
    booking: Option<BookingId>,
    answer: (u16, &Value),
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.idempotency_keys
             (user_id, key, request_hash, booking_id, response_status, response_body, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT ON CONSTRAINT idempotency_keys_one_per_user DO NOTHING",
        user.0,
        key,
        request_hash,
        booking.map(|booking| booking.0),
        i32::from(answer.0),
        answer.1,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes a key for a request that is about to be worked on. Returns whether it was free, or was left behind unanswered
/// before `abandoned_before` by a process that died.
///
/// # Errors
/// When the database refuses.
pub async fn claim_key(
    connection: &mut PgConnection,
    user: UserId,
    key: Uuid,
    request_hash: &[u8],
    abandoned_before: Timestamp,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO transaction.idempotency_keys AS known (user_id, key, request_hash, created_at)
         VALUES ($1, $2, $3, $5)
         ON CONFLICT ON CONSTRAINT idempotency_keys_one_per_user DO UPDATE SET created_at = $5
         WHERE known.response_status IS NULL AND known.booking_id IS NULL AND known.request_hash = $3
           AND known.created_at < $4",
        user.0,
        key,
        request_hash,
        abandoned_before.to_sqlx(),
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Frees a key whose request came to nothing that would be the same the next time.
///
/// # Errors
/// When the database refuses.
pub async fn give_up_key(connection: &mut PgConnection, user: UserId, key: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM transaction.idempotency_keys
         WHERE user_id = $1 AND key = $2 AND response_status IS NULL AND booking_id IS NULL",
        user.0,
        key
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Completes a key's row. The first answer stays.
///
/// # Errors
/// When the database refuses.
pub async fn store_answer(
    connection: &mut PgConnection,
    user: UserId,
    key: Uuid,
    answer: (u16, &Value),
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.idempotency_keys SET response_status = $3, response_body = $4
         WHERE user_id = $1 AND key = $2 AND response_status IS NULL",
        user.0,
        key,
        i32::from(answer.0),
        answer.1
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes keys older than `before`; returns how many.
///
/// # Errors
/// When the database refuses.
pub async fn forget_old_keys(connection: &mut PgConnection, before: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!("DELETE FROM transaction.idempotency_keys WHERE created_at < $1", before.to_sqlx())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
