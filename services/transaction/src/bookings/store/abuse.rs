//! What a person has booked and called off lately, and what it may not do for a while (BOOK-16 to BOOK-18).

use contracts::ids::{CourtId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bookings::domain::abuse::{WINDOW_OF_COURT, WINDOW_OF_PEAK};
use crate::bookings::domain::booking::Booking;

/// Something a person may not do for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restriction {
    /// BOOK-17.
    CourtBlocked {
        /// Not there.
        court: CourtId,
        /// Until then.
        until: Timestamp,
    },
    /// BOOK-18: only courts that confirm at once.
    InstantOnly {
        /// Until then.
        until: Timestamp,
    },
}

/// How often a customer called off lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalledOff {
    /// Made and called off on one court within a day.
    pub on_court: i64,
    /// Of peak slots within a week.
    pub at_peak: i64,
}

/// Counts what a customer called off itself, the change of the running transaction included.
///
/// # Errors
/// When the database refuses.
pub async fn called_off(
    connection: &mut PgConnection,
    customer: UserId,
    court: CourtId,
    now: Timestamp,
) -> Result<CalledOff, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE court_id = $2 AND created_at > $3) AS "on_court!",
                  count(*) FILTER (WHERE peak AND updated_at > $4) AS "at_peak!"
           FROM transaction.bookings
           WHERE customer_id = $1 AND status = 'CANCELLED' AND cancelled_by = 'CUSTOMER'"#,
        customer.0,
        court.0,
        (now - WINDOW_OF_COURT).to_sqlx(),
        (now - WINDOW_OF_PEAK).to_sqlx()
    )
    .fetch_one(connection)
    .await?;
    Ok(CalledOff { on_court: row.on_court, at_peak: row.at_peak })
}

/// Restricts a customer, unless the same restriction stands already. Returns whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn restrict(
    connection: &mut PgConnection,
    id: Uuid,
    customer: UserId,
    restriction: Restriction,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let (kind, court, until) = match restriction {
        Restriction::CourtBlocked { court, until } => ("COURT_BLOCKED", Some(court.0), until),
        Restriction::InstantOnly { until } => ("INSTANT_ONLY", None, until),
    };
    let done = sqlx::query!(
        "INSERT INTO transaction.booking_restrictions (id, customer_id, court_id, kind, until, created_at)
         SELECT $1, $2, $3, $4, $5, $6
         WHERE NOT EXISTS (SELECT FROM transaction.booking_restrictions
                           WHERE customer_id = $2 AND court_id IS NOT DISTINCT FROM $3 AND kind = $4 AND until > $6)",
        id,
        customer.0,
        court,
        kind,
        until.to_sqlx(),
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the slot is in the way of its own customer, who took it after `since` (BOOK-19).
///
/// # Errors
/// When the database refuses.
pub async fn just_tried(
    connection: &mut PgConnection,
    customer: UserId,
    wanted: &Booking,
    since: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM transaction.bookings
               WHERE customer_id = $1 AND court_id = $2 AND booking_date = $3 AND start_time = $4 AND created_at > $5
                 AND status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED')) AS "tried!""#,
        customer.0,
        wanted.court.id.0,
        wanted.slot.date.to_sqlx(),
        wanted.slot.start.time().to_sqlx(),
        since.to_sqlx()
    )
    .fetch_one(connection)
    .await
}
