//! Which bookings a change elsewhere touches: of a court that was removed or given away, of a person who left.

use contracts::ids::{BookingId, CourtId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// Bookings of a court that have not ended and still stand or wait.
///
/// # Errors
/// When the database refuses.
pub async fn active_on_court(
    connection: &mut PgConnection,
    court: CourtId,
    now: Timestamp,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE court_id = $1 AND status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED')
           AND moves_booking_id IS NULL AND upper(period) > $2
         ORDER BY id",
        court.0,
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// Bookings of a customer that have not ended and still stand or wait.
///
/// # Errors
/// When the database refuses.
pub async fn active_of_customer(
    connection: &mut PgConnection,
    customer: UserId,
    now: Timestamp,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE customer_id = $1 AND status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED')
           AND moves_booking_id IS NULL AND upper(period) > $2
         ORDER BY id",
        customer.0,
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// A court has another owner: its bookings that have not ended go over. Past ones stay with whoever was paid for them.
/// Returns how many went.
///
/// # Errors
/// When the database refuses.
pub async fn reassign(
    connection: &mut PgConnection,
    court: CourtId,
    owner: UserId,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.bookings SET owner_id = $2, version = version + 1, updated_at = $3
         WHERE court_id = $1 AND owner_id <> $2
           AND status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED') AND upper(period) > $3",
        court.0,
        owner.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
