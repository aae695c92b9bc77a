//! All SQL of the weather slice: `booking_weather`, and the outdoor bookings it is about.

use contracts::ids::{BookingId, CourtId, UserId};
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Recommendation, Seen};
use crate::courts::domain::Place;
use crate::store_error::StoreError;

/// A confirmed booking outdoors whose customer has not been told anything yet.
#[derive(Debug, Clone, PartialEq)]
pub struct WatchedBooking {
    /// The booking.
    pub id: BookingId,
    /// Who booked.
    pub customer: UserId,
    /// Where.
    pub court: CourtId,
    /// Greek name of the court.
    pub court_name_el: String,
    /// English name of the court, if there is one.
    pub court_name_en: Option<String>,
    /// Where the court is.
    pub place: Place,
    /// IANA name of its zone.
    pub timezone: String,
    /// Court-local date.
    pub date: Date,
    /// Court-local start.
    pub start: Time,
    /// The same start as an instant.
    pub starts_at: Timestamp,
    /// The best that was foretold so far, if this start was looked at before.
    pub best: Option<Seen>,
}

/// The next bookings to look at after `after`, by id: confirmed, outdoors, and beginning between `now` and `until`.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn bookings_to_watch(
    connection: &mut PgConnection,
    after: Option<BookingId>,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<WatchedBooking>, StoreError> {
    sqlx::query!(
        r#"SELECT booking.booking_id AS "booking_id!", booking.customer_id AS "customer_id!", court.id AS court_id,
                  court.name_el, court.name_en, ST_Y(court.location::geometry) AS "latitude!",
                  ST_X(court.location::geometry) AS "longitude!", court.timezone,
                  booking.booking_date AS "booking_date!", booking.start_time AS "start_time!",
                  booking.starts_at AS "starts_at!", seen.recommendation AS "recommendation?",
                  seen.rain_probability AS "rain_probability?"
           FROM transaction.v_court_bookings booking
           JOIN platform.courts court ON court.id = booking.court_id AND court.location_type = 'OUTDOOR'
           LEFT JOIN platform.booking_weather seen
               ON seen.booking_id = booking.booking_id AND seen.starts_at = booking.starts_at
           WHERE booking.status = 'CONFIRMED' AND booking.customer_id IS NOT NULL
             AND booking.ends_at > $1 AND booking.starts_at > $1 AND booking.ends_at < $2
             AND ($3::uuid IS NULL OR booking.booking_id > $3)
             AND seen.told_at IS NULL
           ORDER BY booking.booking_id
           LIMIT $4"#,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        until.to_sqlx() as jiff_sqlx::Timestamp,
        after.map(|booking| booking.0) as Option<Uuid>,
        limit,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let court = CourtId(row.court_id);
        let inconsistent = |what| StoreError::Inconsistent { court, what };
        let best = match row.recommendation.zip(row.rain_probability) {
            Some((text, rain)) => Some(Seen {
                recommendation: Recommendation::from_text(&text).ok_or_else(|| inconsistent("forecast"))?,
                rain_probability: u8::try_from(rain).map_err(|_| inconsistent("forecast"))?,
            }),
            None => None,
        };
        Ok(WatchedBooking {
            id: BookingId(row.booking_id),
            customer: UserId(row.customer_id),
            court,
            court_name_el: row.name_el,
            court_name_en: row.name_en,
            place: Place::new(row.latitude, row.longitude).map_err(|_| inconsistent("location"))?,
            timezone: row.timezone,
            date: row.booking_date.to_jiff(),
            start: row.start_time.to_jiff(),
            starts_at: row.starts_at.to_jiff(),
            best,
        })
    })
    .collect()
}

/// Remembers the best that was foretold for a booking. A booking that was moved begins anew, also with what it was told.
///
/// # Errors
/// When the database does.
pub async fn remember(
    connection: &mut PgConnection,
    booking: BookingId,
    starts_at: Timestamp,
    best: Seen,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO platform.booking_weather (booking_id, starts_at, recommendation, rain_probability, seen_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (booking_id) DO UPDATE
         SET starts_at = excluded.starts_at, recommendation = excluded.recommendation,
             rain_probability = excluded.rain_probability, seen_at = excluded.seen_at,
             told_at = CASE WHEN booking_weather.starts_at = excluded.starts_at THEN booking_weather.told_at END",
        booking.0,
        starts_at.to_sqlx() as jiff_sqlx::Timestamp,
        best.recommendation.as_str(),
        i16::from(best.rain_probability),
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks that the customer is told; answers whether nobody did before (FIND-46: one message).
///
/// # Errors
/// When the database does.
pub async fn claim_alert(
    connection: &mut PgConnection,
    booking: BookingId,
    starts_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let claimed = sqlx::query!(
        "UPDATE platform.booking_weather SET told_at = $3
         WHERE booking_id = $1 AND starts_at = $2 AND told_at IS NULL",
        booking.0,
        starts_at.to_sqlx() as jiff_sqlx::Timestamp,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Forgets bookings that have begun before `instant`.
///
/// # Errors
/// When the database does.
pub async fn forget_before(connection: &mut PgConnection, instant: Timestamp) -> Result<(), StoreError> {
    sqlx::query!(
        "DELETE FROM platform.booking_weather WHERE starts_at < $1",
        instant.to_sqlx() as jiff_sqlx::Timestamp
    )
    .execute(connection)
    .await?;
    Ok(())
}
