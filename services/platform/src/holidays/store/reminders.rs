//! Who has been reminded of which feast: rows of `holiday_reminders` (HOL-44).

use contracts::ids::UserId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use crate::store_error::StoreError;

/// The zones that courts are in.
///
/// # Errors
/// When the database does.
pub async fn zones_of_owners(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT DISTINCT timezone FROM platform.courts WHERE deleted_at IS NULL ORDER BY timezone")
        .fetch_all(connection)
        .await?)
}

/// Notes that owners are reminded of a feast now and answers those who had not been before, at most `most` of them. An owner
/// lives by the clock of the oldest court.
///
/// # Errors
/// When the database does.
pub async fn remember_reminders(
    connection: &mut PgConnection,
    occasion: &str,
    year: i16,
    timezone: &str,
    most: i64,
    now: Timestamp,
) -> Result<Vec<UserId>, StoreError> {
    Ok(sqlx::query_scalar!(
        "INSERT INTO platform.holiday_reminders (owner_id, occasion, year, sent_at)
         SELECT owner.id, $1, $2, $5
         FROM platform.users owner
         WHERE owner.status <> 'DELETED'
           AND (SELECT court.timezone FROM platform.courts court
                WHERE court.owner_id = owner.id AND court.deleted_at IS NULL
                ORDER BY court.created_at, court.id LIMIT 1) = $3
           AND NOT EXISTS (SELECT FROM platform.holiday_reminders sent
                           WHERE sent.owner_id = owner.id AND sent.occasion = $1 AND sent.year = $2)
         ORDER BY owner.id
         LIMIT $4
         ON CONFLICT (owner_id, occasion, year) DO NOTHING
         RETURNING owner_id",
        occasion,
        i32::from(year),
        timezone,
        most,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(UserId)
    .collect())
}
