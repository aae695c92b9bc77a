//! All SQL about what lies ahead on courts: reads of the transaction service's views, and no writes.

use contracts::ids::{BookingId, CourtId, RecurringGroupId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::domain::{BookingAhead, LiveHold, SlotAhead};
use crate::store_error::StoreError;

/// The bookings of a court that stand or wait for the owner and have not ended, earliest first. Read them after the
/// calendar is locked, in a statement of its own, and none is missing.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn bookings_ahead(
    connection: &mut PgConnection,
    court: CourtId,
    now: Timestamp,
) -> Result<Vec<BookingAhead>, StoreError> {
    sqlx::query!(
        r#"SELECT booking_id AS "booking_id!", customer_id, booking_date AS "booking_date!",
                  start_time AS "start_time!", end_time AS "end_time!", starts_at AS "starts_at!", number_of_people,
                  recurring_group_id
           FROM transaction.v_court_bookings
           WHERE court_id = $1 AND status IN ('CONFIRMED', 'PENDING_CONFIRMATION') AND ends_at > $2
           ORDER BY starts_at, booking_id"#,
        court.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let people = row.number_of_people.map(u32::try_from).transpose();
        Ok(BookingAhead {
            id: BookingId(row.booking_id),
            customer: row.customer_id.map(UserId),
            slot: SlotAhead {
                date: row.booking_date.to_jiff(),
                start: row.start_time.to_jiff(),
                end: row.end_time.to_jiff(),
            },
            starts_at: row.starts_at.to_jiff(),
            people: people.map_err(|_| StoreError::Inconsistent { court, what: "number of people" })?,
            series: row.recurring_group_id.map(RecurringGroupId),
        })
    })
    .collect()
}

/// The slots of a court that are being paid for right now.
///
/// # Errors
/// When the database does.
pub async fn live_holds(
    connection: &mut PgConnection,
    court: CourtId,
    now: Timestamp,
) -> Result<Vec<LiveHold>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT date AS "date!", start_time AS "start_time!", end_time AS "end_time!",
                  hold_expires_at AS "hold_expires_at!"
           FROM transaction.v_slot_occupancy
           WHERE court_id = $1 AND kind = 'HELD' AND hold_expires_at > $2
           ORDER BY hold_expires_at DESC"#,
        court.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| LiveHold {
            slot: SlotAhead { date: row.date.to_jiff(), start: row.start_time.to_jiff(), end: row.end_time.to_jiff() },
            expires_at: row.hold_expires_at.to_jiff(),
        })
        .collect())
}

/// What the owner still waits for from bookings of a court; nothing when all of it is settled (COURT-23).
///
/// # Errors
/// When the database does.
pub async fn pending_payout(connection: &mut PgConnection, court: CourtId) -> Result<Cents, StoreError> {
    let pending = sqlx::query_scalar!(
        r#"SELECT pending_amount_cents AS "pending_amount_cents!"
           FROM transaction.v_court_pending_payouts WHERE court_id = $1"#,
        court.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(Cents(pending.unwrap_or(0)))
}
