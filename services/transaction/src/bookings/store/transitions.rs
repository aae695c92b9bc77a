//! Writing a booking's next state, its history and its audit rows.

use contracts::ids::{BookingId, PaymentId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::PgConnection;

use crate::bookings::domain::booking::Booking;
use crate::bookings::domain::state::{Party, State};

/// A state to be written, and who caused it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The booking as it was read under lock.
    pub booking: &'a Booking,
    /// What it becomes.
    pub state: &'a State,
    /// Who caused it.
    pub by: Party,
    /// Which person, if one did.
    pub actor: Option<UserId>,
    /// When.
    pub now: Timestamp,
}

/// Writes the state and its line in the history. Returns whether the row was still as it had been read; a caller that
/// holds the lock can count on it.
///
/// # Errors
/// When the database refuses, also with `bookings_no_overlap` when a lapsed hold comes back (LIVE-11).
pub async fn save(connection: &mut PgConnection, change: Change<'_>) -> Result<bool, sqlx::Error> {
    let (hold_expires_at, deadline, cancelled_by, reason, completed_at) = match change.state {
        State::Held { expires_at } => (Some(*expires_at), None, None, None, None),
        State::PendingConfirmation { deadline } => (None, Some(*deadline), None, None, None),
        State::Confirmed => (None, None, None, None, None),
        State::Completed { at } => (None, None, None, None, Some(*at)),
        State::Cancelled { by, reason } => (None, None, Some(by.as_str()), Some(reason.as_str()), None),
        State::Rejected { reason } => (None, None, Some(Party::CourtOwner.as_str()), Some(reason.as_str()), None),
        State::Dropped { release } => (None, None, None, Some(release.as_str()), None),
    };
    let saved = sqlx::query_scalar!(
        r#"WITH saved AS (
             UPDATE transaction.bookings
             SET status = $3, hold_expires_at = $4, confirmation_deadline = $5, cancelled_by = $6, reason = $7,
                 completed_at = $8, version = version + 1, updated_at = $9
             WHERE id = $1 AND version = $2
             RETURNING id
         ), told AS (
             INSERT INTO transaction.booking_status_history (booking_id, status, changed_at, changed_by, actor_id, reason)
             SELECT id, $3, $9, $10, $11, $7 FROM saved
         )
         SELECT count(*) AS "count!" FROM saved"#,
        change.booking.id.0,
        change.booking.version,
        change.state.status().as_str(),
        hold_expires_at.map(|at| at.to_sqlx()) as _,
        deadline.map(|at| at.to_sqlx()) as _,
        cancelled_by,
        reason,
        completed_at.map(|at| at.to_sqlx()) as _,
        change.now.to_sqlx(),
        change.by.as_str(),
        change.actor.map(|actor| actor.0)
    )
    .fetch_one(connection)
    .await?;
    Ok(saved == 1)
}

/// One line of the audit log (BOOK-62).
#[derive(Debug, Clone)]
pub struct AuditEntry<'a> {
    /// About which booking.
    pub booking: Option<BookingId>,
    /// About which payment.
    pub payment: Option<PaymentId>,
    /// What was done, e.g. `BOOKING_CANCELLED`.
    pub action: &'a str,
    /// By which person, if one did it.
    pub actor: Option<UserId>,
    /// In which role, `SYSTEM` for jobs and webhooks.
    pub role: &'a str,
    /// How it was.
    pub before: Option<Value>,
    /// How it is now.
    pub after: Option<Value>,
    /// When.
    pub now: Timestamp,
    /// The trace it belongs to.
    pub trace_id: &'a str,
}

/// Appends to the audit log, in the transaction of the change.
///
/// # Errors
/// When the database refuses.
pub async fn append_audit(connection: &mut PgConnection, entry: &AuditEntry<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.audit_log
             (booking_id, payment_id, action, actor_id, actor_role, state_before, state_after, occurred_at, trace_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        entry.booking.map(|booking| booking.0),
        entry.payment.map(|payment| payment.0),
        entry.action,
        entry.actor.map(|actor| actor.0),
        entry.role,
        entry.before,
        entry.after,
        entry.now.to_sqlx(),
        entry.trace_id
    )
    .execute(connection)
    .await?;
    Ok(())
}
