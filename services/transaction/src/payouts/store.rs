//! SQL of payout holds and screenings. Decides nothing.

use contracts::ids::{BookingId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::{HoldReason, HoldStatus, Signals};
use crate::stripe::wire::PayoutSchedule;

/// A hold to be placed.
#[derive(Debug, Clone, Copy)]
pub struct NewHold<'a> {
    /// Whose payouts.
    pub owner: UserId,
    /// Their account at Stripe.
    pub account: &'a str,
    /// Why.
    pub reason: HoldReason,
    /// The dispute or the booking.
    pub cause: Uuid,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: Uuid,
    /// Whose payouts.
    pub owner_id: UserId,
    /// Why.
    pub reason: HoldReason,
    /// The dispute or the booking.
    pub cause: Uuid,
    /// Where it stands.
    pub status: HoldStatus,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

struct HoldRow {
    id: Uuid,
    owner_id: Uuid,
    reason: String,
    cause: Uuid,
    status: String,
    created_at: jiff_sqlx::Timestamp,
    decided_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<HoldRow> for Hold {
    type Error = sqlx::Error;

    fn try_from(row: HoldRow) -> Result<Self, sqlx::Error> {
        let broken = |what: &str| sqlx::Error::Decode(format!("the {what} of hold {} is unknown", row.id).into());
        Ok(Self {
            id: row.id,
            owner_id: UserId(row.owner_id),
            reason: HoldReason::parse(&row.reason).ok_or_else(|| broken("reason"))?,
            cause: row.cause,
            status: HoldStatus::parse(&row.status).ok_or_else(|| broken("status"))?,
            created_at: row.created_at.to_jiff(),
            decided_at: row.decided_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

/// Places a hold, once per reason and cause. Returns whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    connection: &mut PgConnection,
    id: Uuid,
    new: NewHold<'_>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO transaction.payout_holds (id, owner_id, account_id, reason, cause, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT ON CONSTRAINT payout_holds_once DO NOTHING",
        id,
        new.owner.0,
        new.account,
        new.reason.as_str(),
        new.cause,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The reason is gone. Returns whose payouts may go on.
///
/// # Errors
/// When the database refuses.
pub async fn release_for(
    connection: &mut PgConnection,
    reason: HoldReason,
    cause: Uuid,
    now: Timestamp,
) -> Result<Option<UserId>, sqlx::Error> {
    let owner = sqlx::query_scalar!(
        "UPDATE transaction.payout_holds SET status = 'RELEASED', decided_at = $3
         WHERE reason = $1 AND cause = $2 AND status <> 'RELEASED' RETURNING owner_id",
        reason.as_str(),
        cause,
        now.to_sqlx()
    )
    .fetch_optional(connection)
    .await?;
    Ok(owner.map(UserId))
}

/// A hold, locked.
///
/// # Errors
/// When the database refuses.
pub async fn lock(connection: &mut PgConnection, id: Uuid) -> Result<Option<Hold>, sqlx::Error> {
    sqlx::query_as!(
        HoldRow,
        "SELECT id, owner_id, reason, cause, status, created_at, decided_at
         FROM transaction.payout_holds WHERE id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Hold::try_from)
    .transpose()
}

/// Writes an admin's decision.
///
/// # Errors
/// When the database refuses.
pub async fn decide(
    connection: &mut PgConnection,
    id: Uuid,
    status: HoldStatus,
    admin: UserId,
    notes: Option<&str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.payout_holds SET status = $2, decided_by = $3, notes = $4, decided_at = $5 WHERE id = $1",
        id,
        status.as_str(),
        admin.0,
        notes,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One page of holds, newest first, and how many there are.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    connection: &mut PgConnection,
    status: Option<HoldStatus>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Hold>, i64), sqlx::Error> {
    let status = status.map(HoldStatus::as_str);
    let rows = sqlx::query_as!(
        HoldRow,
        "SELECT id, owner_id, reason, cause, status, created_at, decided_at FROM transaction.payout_holds
         WHERE $1::text IS NULL OR status = $1 ORDER BY created_at DESC, id DESC OFFSET $2 LIMIT $3",
        status,
        offset,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM transaction.payout_holds WHERE $1::text IS NULL OR status = $1"#,
        status
    )
    .fetch_one(connection)
    .await?;
    Ok((rows.into_iter().map(Hold::try_from).collect::<Result<_, _>>()?, total))
}

/// What is to be told to Stripe about one owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The account.
    pub account: Option<String>,
    /// A reason to hold is left.
    pub held: bool,
    /// Stripe was told to hold.
    pub applied: bool,
    /// How the owner was paid before.
    pub schedule_before: Option<PayoutSchedule>,
    /// Changes with every hold and release, so that each wish has an idempotency key of its own.
    pub round: i64,
}

/// Where an owner's payouts stand.
///
/// # Errors
/// When the database refuses.
pub async fn standing(connection: &mut PgConnection, owner: UserId) -> Result<Standing, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT max(account_id) AS account, coalesce(bool_or(status <> 'RELEASED'), false) AS "held!",
                  coalesce(bool_or(applied_at IS NOT NULL AND lifted_at IS NULL), false) AS "applied!",
                  count(*) + count(lifted_at) AS "round!",
                  (SELECT before.schedule_before FROM transaction.payout_holds before
                   WHERE before.owner_id = $1 AND before.lifted_at IS NULL AND before.schedule_before IS NOT NULL
                   ORDER BY before.created_at LIMIT 1) AS "schedule_before: Json<PayoutSchedule>"
           FROM transaction.payout_holds WHERE owner_id = $1"#,
        owner.0
    )
    .fetch_one(connection)
    .await?;
    Ok(Standing {
        account: row.account,
        held: row.held,
        applied: row.applied,
        schedule_before: row.schedule_before.map(|schedule| schedule.0),
        round: row.round,
    })
}

/// Keeps how an owner was paid before Stripe is told to hold, so that a crash in between forgets nothing (PAY-06).
///
/// # Errors
/// When the database refuses.
pub async fn keep_schedule(
    connection: &mut PgConnection,
    owner: UserId,
    before: &PayoutSchedule,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.payout_holds SET schedule_before = $2
         WHERE owner_id = $1 AND status <> 'RELEASED' AND schedule_before IS NULL",
        owner.0,
        Json(before) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stripe holds now.
///
/// # Errors
/// When the database refuses.
pub async fn applied(connection: &mut PgConnection, owner: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.payout_holds SET applied_at = $2
         WHERE owner_id = $1 AND status <> 'RELEASED' AND applied_at IS NULL",
        owner.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stripe pays out again.
///
/// # Errors
/// When the database refuses.
pub async fn lifted(connection: &mut PgConnection, owner: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.payout_holds SET lifted_at = $2
         WHERE owner_id = $1 AND status = 'RELEASED' AND lifted_at IS NULL",
        owner.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Owners whose holds Stripe has not been told of.
///
/// # Errors
/// When the database refuses.
pub async fn untold(connection: &mut PgConnection, limit: i64) -> Result<Vec<UserId>, sqlx::Error> {
    let owners = sqlx::query_scalar!(
        "SELECT DISTINCT owner_id FROM transaction.payout_holds
         WHERE (status <> 'RELEASED' AND applied_at IS NULL) OR (status = 'RELEASED' AND lifted_at IS NULL)
         LIMIT $1",
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(owners.into_iter().map(UserId).collect())
}

/// A paid booking that nobody has looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which one.
    pub booking: BookingId,
    /// Who booked.
    pub customer: UserId,
    /// Whose court.
    pub owner: UserId,
    /// Where the owner is paid.
    pub account: String,
    /// When it was booked.
    pub booked_at: Timestamp,
}

/// Paid bookings since `since` that were not looked at, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn unscreened(
    connection: &mut PgConnection,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Candidate>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT payment.booking_id, payment.user_id, payment.owner_id, payment.destination_account, payment.created_at
         FROM transaction.payments payment
         WHERE payment.created_at >= $1 AND payment.authorized_at IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM transaction.booking_screenings seen WHERE seen.booking_id = payment.booking_id)
         ORDER BY payment.created_at LIMIT $2",
        since.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Candidate {
            booking: BookingId(row.booking_id),
            customer: UserId(row.user_id),
            owner: UserId(row.owner_id),
            account: row.destination_account,
            booked_at: row.created_at.to_jiff(),
        })
        .collect())
}

/// Notes what was seen, once. Returns whether nobody had looked before.
///
/// # Errors
/// When the database refuses.
pub async fn note_screening(
    connection: &mut PgConnection,
    booking: BookingId,
    signals: Signals,
    severity: Option<&str>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO transaction.booking_screenings
             (booking_id, same_ip, same_device, new_account, severity, screened_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (booking_id) DO NOTHING",
        booking.0,
        signals.same_ip,
        signals.same_device,
        signals.new_account,
        severity,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
