//! What was told and what was put aside: `reminder_alerts` and `reminder_court_alerts`.

use contracts::ids::{BookingId, CourtId, ReminderAlertId, ReminderRuleId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes that a rule tells of a booking now. Answers false when it has told already or was told to be silent: the key
/// `reminder_alerts_once` decides, whoever else evaluates (NOTE-52).
///
/// # Errors
/// When the database refuses.
pub async fn note_booking(
    connection: &mut PgConnection,
    id: ReminderAlertId,
    rule: ReminderRuleId,
    booking: BookingId,
    owner: UserId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query!(
        "INSERT INTO transaction.reminder_alerts (alert_id, rule_id, booking_id, owner_id, told_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (rule_id, booking_id) DO NOTHING",
        id.0,
        rule.0,
        booking.0,
        owner.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// An alert about a court.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CourtAlert {
    /// Its name.
    pub id: ReminderAlertId,
    /// The rule.
    pub rule: ReminderRuleId,
    /// The court.
    pub court: CourtId,
    /// Whose.
    pub owner: UserId,
    /// The rule is silent about the court until then.
    pub quiet_until: Timestamp,
}

/// Notes that a rule tells of a court now, and not again before its span is over. Answers false within an earlier span
/// (NOTE-49).
///
/// # Errors
/// When the database refuses.
pub async fn note_court(
    connection: &mut PgConnection,
    alert: &CourtAlert,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query!(
        "INSERT INTO transaction.reminder_court_alerts AS known (alert_id, rule_id, court_id, owner_id, told_at,
             quiet_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (rule_id, court_id) DO UPDATE
         SET told_at = excluded.told_at, quiet_until = excluded.quiet_until, dismissed_at = NULL,
             owner_id = excluded.owner_id
         WHERE known.quiet_until <= excluded.told_at",
        alert.id.0,
        alert.rule.0,
        alert.court.0,
        alert.owner.0,
        now.to_sqlx(),
        alert.quiet_until.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Bookings that rules of an owner are silent about.
///
/// # Errors
/// When the database refuses.
pub async fn dismissed_bookings(
    connection: &mut PgConnection,
    owner: UserId,
    bookings: &[BookingId],
) -> Result<Vec<ReminderAlertId>, sqlx::Error> {
    let bookings: Vec<Uuid> = bookings.iter().map(|booking| booking.0).collect();
    let ids = sqlx::query_scalar!(
        "SELECT alert_id FROM transaction.reminder_alerts
         WHERE owner_id = $1 AND booking_id = ANY ($2) AND dismissed_at IS NOT NULL",
        owner.0,
        &bookings
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(ReminderAlertId).collect())
}

/// Courts that rules of an owner are silent about because the owner said so.
///
/// # Errors
/// When the database refuses.
pub async fn court_dismissals(
    connection: &mut PgConnection,
    owner: UserId,
    now: Timestamp,
) -> Result<Vec<ReminderAlertId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT alert_id FROM transaction.reminder_court_alerts
         WHERE owner_id = $1 AND dismissed_at IS NOT NULL AND quiet_until > $2",
        owner.0,
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(ReminderAlertId).collect())
}

/// Puts an alert aside that was told or put aside before. Answers false when this owner has no such alert on record.
///
/// # Errors
/// When the database refuses.
pub async fn dismiss_known(
    connection: &mut PgConnection,
    owner: UserId,
    id: ReminderAlertId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let about_booking = sqlx::query!(
        "UPDATE transaction.reminder_alerts SET dismissed_at = coalesce(dismissed_at, $3)
         WHERE alert_id = $1 AND owner_id = $2",
        id.0,
        owner.0,
        now.to_sqlx()
    )
    .execute(&mut *connection)
    .await?;
    let about_court = sqlx::query!(
        "UPDATE transaction.reminder_court_alerts SET dismissed_at = coalesce(dismissed_at, $3)
         WHERE alert_id = $1 AND owner_id = $2 AND quiet_until > $3",
        id.0,
        owner.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(about_booking.rows_affected() + about_court.rows_affected() > 0)
}

/// Puts an alert about a booking aside before it was ever told (NOTE-57).
///
/// # Errors
/// When the database refuses.
pub async fn dismiss_booking(
    connection: &mut PgConnection,
    id: ReminderAlertId,
    rule: ReminderRuleId,
    booking: BookingId,
    owner: UserId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.reminder_alerts AS known (alert_id, rule_id, booking_id, owner_id, dismissed_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (rule_id, booking_id) DO UPDATE
         SET dismissed_at = coalesce(known.dismissed_at, excluded.dismissed_at)",
        id.0,
        rule.0,
        booking.0,
        owner.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts an alert about a court aside for a span, before it was told in that span.
///
/// # Errors
/// When the database refuses.
pub async fn dismiss_court(
    connection: &mut PgConnection,
    alert: &CourtAlert,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.reminder_court_alerts AS known (alert_id, rule_id, court_id, owner_id, dismissed_at,
             quiet_until)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (rule_id, court_id) DO UPDATE
         SET dismissed_at = excluded.dismissed_at, owner_id = excluded.owner_id,
             quiet_until = greatest(known.quiet_until, excluded.quiet_until)",
        alert.id.0,
        alert.rule.0,
        alert.court.0,
        alert.owner.0,
        now.to_sqlx(),
        alert.quiet_until.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}
