//! Moving a booking: the new slot and money of its row, the hold that waits for the difference, and the payment that
//! goes over with it (BOOK-51, BOOK-53).

use contracts::court::calendar_lock_key;
use contracts::ids::{BookingId, PaymentId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::checkout::Paid;
use super::rows::{RowError, lock};
use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::commission::Split;
use crate::bookings::domain::slot::Slot;
use crate::payments::domain::state::State;

/// Moves a booking whose lock the caller holds; both slots change in one statement, so neither is ever lost. Returns
/// whether it was still as it had been read, and the court's calendar still the one that was asked, where one is named
/// (HOL-37).
///
/// # Errors
/// When the database refuses, with `bookings_no_overlap` when the new slot is taken.
pub async fn relocate(
    connection: &mut PgConnection,
    booking: &Booking,
    slot: &Slot,
    money: Split,
    peak: bool,
    calendar_version: Option<i64>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.bookings
         SET booking_date = $3, start_time = $4, end_time = $5, duration_minutes = $6, timezone = $7,
             period = tstzrange($8, $9), amount_cents = $10, commission_cents = $11, owner_net_cents = $12, peak = $13,
             calendar_version = coalesce($15, calendar_version), version = version + 1, updated_at = $14
         WHERE id = $1 AND version = $2 AND status = 'CONFIRMED'
           AND ($15::bigint IS NULL OR transaction.calendar_version_under_lock(court_id, $16) = $15)",
        booking.id.0,
        booking.version,
        slot.date.to_sqlx(),
        slot.start.time().to_sqlx(),
        slot.end.time().to_sqlx(),
        slot.duration_minutes,
        slot.timezone,
        slot.starts_at.to_sqlx(),
        slot.ends_at.to_sqlx(),
        money.gross.0,
        money.commission.0,
        money.net.0,
        peak,
        now.to_sqlx(),
        calendar_version,
        calendar_lock_key(booking.court.id)
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The hold that waits to move a booking, locked. The booking's own row is always locked first.
///
/// # Errors
/// See [`RowError`].
pub async fn lock_open_move(connection: &mut PgConnection, booking: BookingId) -> Result<Option<Booking>, RowError> {
    let hold = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings WHERE moves_booking_id = $1 AND status = 'PENDING_PAYMENT'",
        booking.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    match hold {
        Some(hold) => lock(connection, BookingId(hold)).await,
        None => Ok(None),
    }
}

/// The hold that waits to move a booking, unlocked.
///
/// # Errors
/// See [`RowError`].
pub async fn find_open_move(connection: &mut PgConnection, booking: BookingId) -> Result<Option<Booking>, RowError> {
    let hold = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings WHERE moves_booking_id = $1 AND status = 'PENDING_PAYMENT'",
        booking.0
    )
    .fetch_optional(&mut *connection)
    .await?;
    match hold {
        Some(hold) => super::rows::find(connection, BookingId(hold)).await,
        None => Ok(None),
    }
}

/// Locks the booking that a hold will move, before the hold itself is locked: whoever takes both takes them in this
/// order. Nothing happens for other bookings.
///
/// # Errors
/// When the database refuses.
pub async fn lock_moved(connection: &mut PgConnection, hold: BookingId) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT moved.id FROM transaction.bookings hold
         JOIN transaction.bookings moved ON moved.id = hold.moves_booking_id
         WHERE hold.id = $1 FOR NO KEY UPDATE OF moved",
        hold.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

/// The difference is paid: its payment belongs to the booking that moves from now on.
///
/// # Errors
/// When the database refuses.
pub async fn take_over_difference(
    connection: &mut PgConnection,
    (payment, captured): (PaymentId, State),
    booking: BookingId,
    paid: &Paid,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH paid AS (
             UPDATE transaction.payments
             SET booking_id = $2, purpose = 'DIFFERENCE', status = $7, pending_step = NULL,
                 step_started_at = NULL, client_secret = NULL, stripe_payment_intent_id = $3, card_brand = $4,
                 card_last4 = $5, authorized_at = $6, captured_at = $6, failure_code = NULL, failure_message = NULL,
                 updated_at = $6
             WHERE id = $1
             RETURNING id, booking_id, amount_cents, commission_cents, owner_net_cents
         ), posted AS (
             INSERT INTO transaction.ledger (payment_id, booking_id, step, debit, credit, amount_cents, occurred_at)
             SELECT id, booking_id, 'CAPTURE', posting.debit, posting.credit, posting.cents, $6
             FROM paid, LATERAL (VALUES
                 ('STRIPE', 'CUSTOMER', amount_cents), ('CUSTOMER', 'OWNER', owner_net_cents),
                 ('CUSTOMER', 'COMMISSION', commission_cents)) AS posting (debit, credit, cents)
             WHERE posting.cents > 0
             ON CONFLICT ON CONSTRAINT ledger_step_once DO NOTHING
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'CAPTURED', $6 FROM paid",
        payment.0,
        booking.0,
        paid.intent_id,
        paid.card_brand,
        paid.card_last4,
        now.to_sqlx(),
        captured.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}
