//! What an owner notes on a booking afterwards, and the reminders an owner has had. Decides nothing.

use contracts::ids::BookingId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use crate::bookings::domain::booking::ExternalPayment;

/// Notes that nobody came (BOOK-63). Returns whether it was new.
///
/// # Errors
/// When the database refuses.
pub async fn flag_no_show(
    connection: &mut PgConnection,
    booking: BookingId,
    notes: Option<&str>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.bookings SET no_show_at = $2, no_show_notes = $3, version = version + 1, updated_at = $2
         WHERE id = $1 AND no_show_at IS NULL",
        booking.0,
        now.to_sqlx(),
        notes
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that a guest paid at the desk (BOOK-50). Returns whether it was new.
///
/// # Errors
/// When the database refuses.
pub async fn mark_paid(
    connection: &mut PgConnection,
    booking: BookingId,
    payment: &ExternalPayment,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.bookings
         SET external_payment_method = $2, external_payment_notes = $3, externally_paid_at = $4, version = version + 1,
             updated_at = $4
         WHERE id = $1 AND externally_paid_at IS NULL",
        booking.0,
        payment.method.as_str(),
        payment.notes,
        payment.paid_at.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Pending bookings older than `created_before` whose owner has had fewer than `sent` reminders.
///
/// # Errors
/// When the database refuses.
pub async fn unreminded(
    connection: &mut PgConnection,
    created_before: Timestamp,
    sent: i32,
    limit: i64,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE status = 'PENDING_CONFIRMATION' AND confirmation_reminders < $2 AND created_at <= $1
         ORDER BY created_at LIMIT $3",
        created_before.to_sqlx(),
        sent,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// Notes that the owner has had `sent` reminders. Returns whether that is more than before.
///
/// # Errors
/// When the database refuses.
pub async fn note_reminders(connection: &mut PgConnection, booking: BookingId, sent: i32) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.bookings SET confirmation_reminders = $2 WHERE id = $1 AND confirmation_reminders < $2",
        booking.0,
        sent
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
