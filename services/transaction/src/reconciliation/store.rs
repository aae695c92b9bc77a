//! SQL of reconciliation. Decides nothing.

use contracts::ids::{BookingId, CourtId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::Kind;
use crate::stripe::wire::Payout;

/// Something to look at.
#[derive(Debug, Clone)]
pub struct Finding<'a> {
    /// What kind.
    pub kind: Kind,
    /// About what; one open row per kind and subject.
    pub subject: &'a str,
    /// Of which payment.
    pub payment: Option<PaymentId>,
    /// For which booking.
    pub booking: Option<BookingId>,
    /// Of which owner.
    pub owner: Option<UserId>,
    /// What was seen.
    pub details: Value,
}

/// Keeps a finding; one that lasts is one row that was seen again. Returns whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn keep_finding(
    connection: &mut PgConnection,
    id: Uuid,
    finding: &Finding<'_>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"INSERT INTO transaction.payment_reviews
               (id, kind, subject, payment_id, booking_id, owner_id, details, found_at, seen_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
           ON CONFLICT (kind, subject) WHERE status = 'OPEN'
           DO UPDATE SET seen_at = excluded.seen_at, details = excluded.details
           RETURNING id = $1 AS "new!""#,
        id,
        finding.kind.as_str(),
        finding.subject,
        finding.payment.map(|payment| payment.0),
        finding.booking.map(|booking| booking.0),
        finding.owner.map(|owner| owner.0),
        finding.details,
        now.to_sqlx()
    )
    .fetch_one(connection)
    .await
}

/// A finding as admins see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// Its id.
    pub id: Uuid,
    /// What kind.
    pub kind: String,
    /// About what.
    pub subject: String,
    /// Of which payment.
    pub payment_id: Option<Uuid>,
    /// For which booking.
    pub booking_id: Option<Uuid>,
    /// Of which owner.
    pub owner_id: Option<Uuid>,
    /// What was seen.
    pub details: Value,
    /// OPEN or RESOLVED.
    pub status: String,
    /// When it was first seen.
    pub found_at: Timestamp,
    /// When it was last seen.
    pub seen_at: Timestamp,
}

/// One page of findings, newest first, and how many there are.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    connection: &mut PgConnection,
    status: Option<&str>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<ReviewRow>, i64), sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, kind, subject, payment_id, booking_id, owner_id, details, status, found_at, seen_at
         FROM transaction.payment_reviews WHERE $1::text IS NULL OR status = $1
         ORDER BY found_at DESC, id DESC OFFSET $2 LIMIT $3",
        status,
        offset,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM transaction.payment_reviews WHERE $1::text IS NULL OR status = $1"#,
        status
    )
    .fetch_one(connection)
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| ReviewRow {
            id: row.id,
            kind: row.kind,
            subject: row.subject,
            payment_id: row.payment_id,
            booking_id: row.booking_id,
            owner_id: row.owner_id,
            details: row.details,
            status: row.status,
            found_at: row.found_at.to_jiff(),
            seen_at: row.seen_at.to_jiff(),
        })
        .collect();
    Ok((rows, total))
}

/// Somebody has looked. Returns whether it was open; none when there is no such finding.
///
/// # Errors
/// When the database refuses.
pub async fn resolve(
    connection: &mut PgConnection,
    id: Uuid,
    admin: UserId,
    notes: &str,
    now: Timestamp,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH known AS (
               SELECT id, status FROM transaction.payment_reviews WHERE id = $1 FOR UPDATE
           ), resolved AS (
               UPDATE transaction.payment_reviews review
               SET status = 'RESOLVED', resolved_at = $4, resolved_by = $2, notes = $3
               FROM known WHERE review.id = known.id AND known.status = 'OPEN'
           )
           SELECT status = 'OPEN' AS "open!" FROM known"#,
        id,
        admin.0,
        notes,
        now.to_sqlx()
    )
    .fetch_optional(connection)
    .await
}

/// A payment as the comparison needs it, beside the facts of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Which one.
    pub payment: PaymentId,
    /// Whose money.
    pub owner: UserId,
    /// Stripe's intent.
    pub intent_id: Option<String>,
    /// A step with Stripe, or a transfer to be taken back, is under way.
    pub under_way: bool,
    /// The booking stands although nothing was paid.
    pub unpaid: bool,
    /// It was paid out to the owner and nothing has happened to it since: there is nothing left to ask Stripe about.
    pub done: bool,
}

/// The same payments as a page of the ledger.
///
/// # Errors
/// When the database refuses.
pub async fn recorded(connection: &mut PgConnection, payments: &[Uuid]) -> Result<Vec<Recorded>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT payment.id, payment.owner_id, payment.stripe_payment_intent_id,
                  (payment.pending_step IS NOT NULL OR EXISTS (
                      SELECT 1 FROM transaction.transfer_reversals
                      WHERE payment_id = payment.id AND status <> 'COMPLETED')) AS "under_way!",
                  (booking.status IN ('CONFIRMED', 'COMPLETED') AND payment.captured_at IS NULL
                   AND payment.purpose = 'BOOKING') AS "unpaid!",
                  coalesce(payment.settled_at >= payment.updated_at, false) AS "done!"
           FROM transaction.payments payment JOIN transaction.bookings booking ON booking.id = payment.booking_id
           WHERE payment.id = ANY($1) ORDER BY payment.id"#,
        payments
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Recorded {
            payment: PaymentId(row.id),
            owner: UserId(row.owner_id),
            intent_id: row.stripe_payment_intent_id,
            under_way: row.under_way,
            unpaid: row.unpaid,
            done: row.done,
        })
        .collect())
}

/// Which of these intents we have payments for.
///
/// # Errors
/// When the database refuses.
pub async fn known_intents(connection: &mut PgConnection, intents: &[String]) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT stripe_payment_intent_id AS "id!" FROM transaction.payments WHERE stripe_payment_intent_id = ANY($1)"#,
        intents
    )
    .fetch_all(connection)
    .await
}

/// Owners with payments that no payout has covered, and their accounts.
///
/// # Errors
/// When the database refuses.
pub async fn unsettled_owners(
    connection: &mut PgConnection,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<(UserId, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT owner_id, max(destination_account) AS "account!" FROM transaction.payments
           WHERE captured_at IS NOT NULL AND settled_at IS NULL AND ($1::uuid IS NULL OR owner_id > $1)
           GROUP BY owner_id ORDER BY owner_id LIMIT $2"#,
        after.map(|owner| owner.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.owner_id), row.account)).collect())
}

/// Keeps a payout as Stripe shows it. Returns whether its status is news.
///
/// # Errors
/// When the database refuses.
pub async fn keep_payout(
    connection: &mut PgConnection,
    owner: UserId,
    payout: &Payout,
    status: &str,
    arrival_at: Timestamp,
    created_at: Timestamp,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO transaction.owner_payouts
             (stripe_payout_id, owner_id, amount_cents, status, arrival_at, created_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (stripe_payout_id) DO UPDATE SET status = excluded.status, seen_at = excluded.seen_at
         WHERE owner_payouts.status <> excluded.status",
        payout.id,
        owner.0,
        payout.amount,
        status,
        arrival_at.to_sqlx(),
        created_at.to_sqlx(),
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A collected payment of an owner, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Which payment.
    pub payment: PaymentId,
    /// On which court.
    pub court: CourtId,
    /// The owner's part.
    pub amount: Cents,
    /// A payout covered it already.
    pub settled: bool,
}

/// What an owner was paid out in all, and their collected payments, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn shares(connection: &mut PgConnection, owner: UserId) -> Result<(Cents, Vec<Share>), sqlx::Error> {
    let paid = sqlx::query_scalar!(
        r#"SELECT coalesce(sum(amount_cents), 0)::bigint AS "paid!" FROM transaction.owner_payouts
           WHERE owner_id = $1 AND status = 'PAID'"#,
        owner.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let rows = sqlx::query!(
        r#"SELECT payment.id, booking.court_id, payment.settled_at IS NOT NULL AS "settled!",
                  CASE WHEN payment.status IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'DISPUTED')
                       THEN payment.owner_net_cents - payment.refunded_cents ELSE 0 END AS "amount!"
           FROM transaction.payments payment JOIN transaction.bookings booking ON booking.id = payment.booking_id
           WHERE payment.owner_id = $1 AND payment.captured_at IS NOT NULL
           ORDER BY payment.captured_at, payment.id"#,
        owner.0
    )
    .fetch_all(connection)
    .await?;
    let shares = rows
        .into_iter()
        .map(|row| Share {
            payment: PaymentId(row.id),
            court: CourtId(row.court_id),
            amount: Cents(row.amount),
            settled: row.settled,
        })
        .collect();
    Ok((Cents(paid), shares))
}

/// Payouts have covered these. Returns those that were not covered before.
///
/// # Errors
/// When the database refuses.
pub async fn settle(
    connection: &mut PgConnection,
    payments: &[Uuid],
    now: Timestamp,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "UPDATE transaction.payments SET settled_at = $2 WHERE id = ANY($1) AND settled_at IS NULL RETURNING id",
        payments,
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await
}
