//! Bookings that are near and what their customers have been told: `booking_reminders`.

use contracts::ids::BookingId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// Confirmed bookings of customers that have not ended and begin before `until`, with fewer than `all` reminders settled
/// for their slot, in the order of their ids from `after` on.
///
/// # Errors
/// When the database refuses.
pub async fn near(
    connection: &mut PgConnection,
    now: Timestamp,
    until: Timestamp,
    all: i64,
    after: Option<BookingId>,
    limit: i64,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT booking.id FROM transaction.bookings booking
         WHERE booking.status = 'CONFIRMED' AND booking.kind = 'CUSTOMER' AND upper(booking.period) > $1
           AND lower(booking.period) < $2 AND ($4::uuid IS NULL OR booking.id > $4)
           AND (SELECT count(*) FROM transaction.booking_reminders sent
                WHERE sent.booking_id = booking.id AND sent.starts_at = lower(booking.period)) < $3
         ORDER BY booking.id LIMIT $5",
        now.to_sqlx(),
        until.to_sqlx(),
        all,
        after.map(|id| id.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// Since when a booking has had its slot: its creation, or the last time it moved.
///
/// # Errors
/// When the database refuses.
pub async fn slot_known_since(
    connection: &mut PgConnection,
    booking: BookingId,
    created_at: Timestamp,
) -> Result<Timestamp, sqlx::Error> {
    let moved = sqlx::query_scalar!(
        "SELECT max(occurred_at) FROM transaction.audit_log WHERE booking_id = $1 AND action = 'BOOKING_MODIFIED'",
        booking.0
    )
    .fetch_one(connection)
    .await?;
    Ok(moved.map_or(created_at, |moved| created_at.max(moved.to_jiff())))
}

/// The reminders of a slot that are settled, by their hours before the start.
///
/// # Errors
/// When the database refuses.
pub async fn settled(
    connection: &mut PgConnection,
    booking: BookingId,
    starts_at: Timestamp,
) -> Result<Vec<u32>, sqlx::Error> {
    let hours = sqlx::query_scalar!(
        "SELECT hours_before FROM transaction.booking_reminders WHERE booking_id = $1 AND starts_at = $2",
        booking.0,
        starts_at.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(hours.into_iter().filter_map(|hours| u32::try_from(hours).ok()).collect())
}

/// Settles reminders of a slot; of those only `sent` goes out. The key `booking_reminders_once` refuses a second record.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    connection: &mut PgConnection,
    booking: BookingId,
    starts_at: Timestamp,
    hours: &[u32],
    sent: Option<u32>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let column = |hours: u32| i32::try_from(hours).unwrap_or(i32::MAX);
    let hours: Vec<i32> = hours.iter().copied().map(column).collect();
    sqlx::query!(
        "INSERT INTO transaction.booking_reminders (booking_id, starts_at, hours_before, settled_at, sent)
         SELECT $1, $2, before, $4, before IS NOT DISTINCT FROM $5 FROM unnest($3::integer[]) AS before",
        booking.0,
        starts_at.to_sqlx(),
        &hours,
        now.to_sqlx(),
        sent.map(column)
    )
    .execute(connection)
    .await?;
    Ok(())
}
