//! Reads the bookings that readers are told about, and keeps `notification_listeners`.

use contracts::booking::{CancelledBy, PaymentStatus};
use contracts::court::TimeOfDay;
use contracts::ids::{BookingId, CourtId, UserId};
use contracts::money::Cents;
use contracts::socket::AnnouncedStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgPool;
use uuid::Uuid;

/// A booking as far as its customer and the court's owner hear of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The court.
    pub court: CourtId,
    /// Whose court it is.
    pub owner: UserId,
    /// Who booked; none for a manual booking.
    pub customer: Option<UserId>,
    /// Names of the court.
    pub court_name_el: String,
    /// English, where there is one.
    pub court_name_en: Option<String>,
    /// Court-local date.
    pub date: Date,
    /// Court-local start.
    pub start_time: TimeOfDay,
    /// Court-local end.
    pub end_time: TimeOfDay,
    /// Where it stands; none for a hold, which is not announced.
    pub status: Option<AnnouncedStatus>,
    /// Where it stood before.
    pub previous_status: Option<AnnouncedStatus>,
    /// Who called it off.
    pub cancelled_by: Option<CancelledBy>,
    /// Why.
    pub reason: Option<String>,
    /// Where the money stands.
    pub payment_status: PaymentStatus,
    /// What goes back to the customer.
    pub refund: Option<Cents>,
}

/// The stored booking, which decides who hears and what (LIVE-37).
///
/// # Errors
/// When the database refuses.
pub async fn told(pool: &PgPool, booking: BookingId) -> Result<Option<Told>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT booking.court_id, booking.owner_id, booking.customer_id, booking.court_name_el, booking.court_name_en,
                  booking.booking_date, booking.start_time, booking.end_time, booking.status, booking.cancelled_by,
                  booking.reason, payment.status AS "payment_status?", payment.refunded_cents AS "refunded_cents?",
                  (SELECT earlier.status FROM transaction.booking_status_history earlier
                   WHERE earlier.booking_id = booking.id AND earlier.status <> booking.status
                   ORDER BY earlier.id DESC LIMIT 1) AS previous_status
           FROM transaction.bookings booking
           LEFT JOIN transaction.payments payment ON payment.booking_id = booking.id AND payment.purpose = 'BOOKING'
           WHERE booking.id = $1"#,
        booking.0
    )
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|row| Told {
        court: CourtId(row.court_id),
        owner: UserId(row.owner_id),
        customer: row.customer_id.map(UserId),
        court_name_el: row.court_name_el,
        court_name_en: row.court_name_en,
        date: row.booking_date.to_jiff(),
        start_time: TimeOfDay::from_time(row.start_time.to_jiff()),
        end_time: TimeOfDay::from_time(row.end_time.to_jiff()),
        status: row.status.parse().ok(),
        previous_status: row.previous_status.and_then(|status| status.parse().ok()),
        cancelled_by: row.cancelled_by.and_then(|who| who.parse().ok()),
        reason: row.reason,
        payment_status: row.payment_status.and_then(|status| status.parse().ok()).unwrap_or(PaymentStatus::NotRequired),
        refund: row.refunded_cents.filter(|&cents| cents > 0).map(Cents),
    }))
}

/// These people listen for messages in this process, at least until `until`.
///
/// # Errors
/// When the database refuses.
pub async fn listen(pool: &PgPool, process: Uuid, users: &[Uuid], until: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.notification_listeners (user_id, process_id, expires_at)
         SELECT listener, $1, $3 FROM unnest($2::uuid[]) AS listener ORDER BY listener
         ON CONFLICT (user_id, process_id) DO UPDATE SET expires_at = excluded.expires_at",
        process,
        users,
        until.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// These people do not listen here any more.
///
/// # Errors
/// When the database refuses.
pub async fn stop_listening(pool: &PgPool, process: Uuid, users: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM transaction.notification_listeners WHERE process_id = $1 AND user_id = ANY($2)",
        process,
        users,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Whether a person is connected to any process.
///
/// # Errors
/// When the database refuses.
pub async fn listens_anywhere(pool: &PgPool, user: UserId, now: Timestamp) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM transaction.notification_listeners
                          WHERE user_id = $1 AND expires_at > $2) AS "listens!""#,
        user.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_one(pool)
    .await
}

/// Forgets the listeners of processes that have died.
///
/// # Errors
/// When the database refuses.
pub async fn forget_silent_processes(pool: &PgPool, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM transaction.notification_listeners WHERE expires_at <= $1",
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(pool)
    .await?;
    Ok(())
}
