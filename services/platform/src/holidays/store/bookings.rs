//! Future bookings and holds on some courts and dates, as the transaction service shows them, with the names that this
//! service knows. Read only.

use contracts::ids::{BookingId, CourtId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::holidays::domain::{BookingInTheWay, BookingState};
use crate::store_error::StoreError;

/// What has not begun yet on some courts and dates: confirmed bookings, those that wait for the owner, and slots that are
/// being paid. Read under the calendar lock, so that nothing is placed meanwhile (HOL-37).
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn bookings_on(
    connection: &mut PgConnection,
    courts: &[CourtId],
    dates: &[Date],
    now: Timestamp,
) -> Result<Vec<BookingInTheWay>, StoreError> {
    let court_ids: Vec<Uuid> = courts.iter().map(|court| court.0).collect();
    let wanted: Vec<jiff_sqlx::Date> = dates.iter().map(|date| date.to_sqlx()).collect();
    // A hold past its end may still be paid for at this very moment, so it counts until it is taken away.
    sqlx::query!(
        r#"SELECT booking.booking_id AS "booking_id?", booking.court_id AS "court_id!", booking.booking_date AS "date!",
                  booking.start_time AS "start_time!", booking.end_time AS "end_time!", booking.status AS "status!",
                  booking.customer_id AS "customer_id?",
                  coalesce(customer.name, booking.guest_name, '') AS "customer_name!",
                  booking.total_amount_cents AS "amount!", booking.owner_net_cents AS "refund!"
           FROM transaction.v_court_bookings booking
           LEFT JOIN platform.users customer ON customer.id = booking.customer_id
           WHERE booking.court_id = ANY ($1) AND booking.booking_date = ANY ($2) AND booking.starts_at > $3
             AND booking.status IN ('CONFIRMED', 'PENDING_CONFIRMATION')
           UNION ALL
           SELECT NULL, held.court_id, held.date, held.start_time, held.end_time, 'HELD', NULL, '', 0, 0
           FROM transaction.v_slot_occupancy held
           WHERE held.court_id = ANY ($1) AND held.date = ANY ($2) AND held.starts_at > $3 AND held.kind = 'HELD'"#,
        &court_ids,
        &wanted as &[jiff_sqlx::Date],
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let court = CourtId(row.court_id);
        let state = match row.status.as_str() {
            "CONFIRMED" => BookingState::Confirmed,
            "PENDING_CONFIRMATION" | "HELD" => BookingState::Unsettled,
            _ => return Err(StoreError::Inconsistent { court, what: "booking status" }),
        };
        Ok(BookingInTheWay {
            id: row.booking_id.map(BookingId),
            court,
            date: row.date.to_jiff(),
            start: row.start_time.to_jiff(),
            end: row.end_time.to_jiff(),
            state,
            customer: row.customer_id.map(UserId),
            customer_name: row.customer_name,
            amount: Cents(row.amount),
            refund: Cents(row.refund),
        })
    })
    .collect()
}
