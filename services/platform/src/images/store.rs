//! SQL of the pictures of courts. Decides nothing.

use contracts::ids::CourtId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use crate::store_error::StoreError;

/// Writes the pictures of a locked court and raises its version, which was `version`.
///
/// # Errors
/// When the database does, or when the court is at another version.
pub async fn save_image_keys(
    connection: &mut PgConnection,
    court: CourtId,
    version: i64,
    keys: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    let saved = sqlx::query!(
        "UPDATE platform.courts SET image_keys = $3, version = version + 1, updated_at = $4
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        court.0,
        version,
        keys,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    match saved.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court, rows }),
    }
}
