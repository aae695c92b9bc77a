//! SQL of disputes. Decides nothing.

use std::collections::BTreeMap;

use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::{Decision, Dispute, Resolution, Review, Status};

struct DisputeRow {
    id: Uuid,
    stripe_dispute_id: String,
    payment_id: Uuid,
    booking_id: Uuid,
    customer_id: Uuid,
    owner_id: Uuid,
    amount_cents: i64,
    reason: String,
    status: String,
    withdrawn: bool,
    evidence_due_by: Option<jiff_sqlx::Timestamp>,
    review: String,
    resolution: Option<String>,
    refund_percentage: Option<i32>,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<DisputeRow> for Dispute {
    type Error = sqlx::Error;

    fn try_from(row: DisputeRow) -> Result<Self, sqlx::Error> {
        let broken = |what: &str| sqlx::Error::Decode(format!("the {what} of dispute {} is unknown", row.id).into());
        let resolution =
            row.resolution.as_deref().map(|text| Resolution::parse(text).ok_or_else(|| broken("resolution")));
        Ok(Self {
            id: row.id,
            payment_id: PaymentId(row.payment_id),
            booking_id: BookingId(row.booking_id),
            customer_id: UserId(row.customer_id),
            owner_id: UserId(row.owner_id),
            amount: Cents(row.amount_cents),
            status: Status::parse(&row.status).ok_or_else(|| broken("status"))?,
            withdrawn: row.withdrawn,
            evidence_due_by: row.evidence_due_by.map(jiff_sqlx::Timestamp::to_jiff),
            review: Review::parse(&row.review).ok_or_else(|| broken("review"))?,
            decision: resolution.transpose()?.map(|resolution| Decision {
                resolution,
                percentage: row.refund_percentage.and_then(|percent| u32::try_from(percent).ok()),
            }),
            created_at: row.created_at.to_jiff(),
            stripe_id: row.stripe_dispute_id,
            reason: row.reason,
        })
    }
}

/// A dispute by Stripe's id, locked. The rows of its booking and payment are always locked first.
///
/// # Errors
/// When the database refuses.
pub async fn lock_by_stripe_id(connection: &mut PgConnection, stripe_id: &str) -> Result<Option<Dispute>, sqlx::Error> {
    sqlx::query_as!(
        DisputeRow,
        "SELECT id, stripe_dispute_id, payment_id, booking_id, customer_id, owner_id, amount_cents, reason, status,
                withdrawn, evidence_due_by, review, resolution, refund_percentage, created_at
         FROM transaction.disputes WHERE stripe_dispute_id = $1 FOR UPDATE",
        stripe_id
    )
    .fetch_optional(connection)
    .await?
    .map(Dispute::try_from)
    .transpose()
}

/// A dispute.
///
/// # Errors
/// When the database refuses.
pub async fn find(connection: &mut PgConnection, id: Uuid) -> Result<Option<Dispute>, sqlx::Error> {
    sqlx::query_as!(
        DisputeRow,
        "SELECT id, stripe_dispute_id, payment_id, booking_id, customer_id, owner_id, amount_cents, reason, status,
                withdrawn, evidence_due_by, review, resolution, refund_percentage, created_at
         FROM transaction.disputes WHERE id = $1",
        id
    )
    .fetch_optional(connection)
    .await?
    .map(Dispute::try_from)
    .transpose()
}

/// The newest dispute of a payment.
///
/// # Errors
/// When the database refuses.
pub async fn of_payment(connection: &mut PgConnection, payment: PaymentId) -> Result<Option<Dispute>, sqlx::Error> {
    sqlx::query_as!(
        DisputeRow,
        "SELECT id, stripe_dispute_id, payment_id, booking_id, customer_id, owner_id, amount_cents, reason, status,
                withdrawn, evidence_due_by, review, resolution, refund_percentage, created_at
         FROM transaction.disputes WHERE payment_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1",
        payment.0
    )
    .fetch_optional(connection)
    .await?
    .map(Dispute::try_from)
    .transpose()
}

/// All disputes of a payment, oldest first. Whoever decides by them holds the lock of the booking, under which they change.
///
/// # Errors
/// When the database refuses.
pub async fn all_of_payment(
    connection: &mut PgConnection,
    payment: PaymentId,
) -> Result<Vec<(Uuid, Status)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, status FROM transaction.disputes WHERE payment_id = $1 ORDER BY created_at, id",
        payment.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let status = Status::parse(&row.status);
            let unknown = || sqlx::Error::Decode(format!("the dispute status {} is unknown", row.status).into());
            Ok((row.id, status.ok_or_else(unknown)?))
        })
        .collect()
}

/// What the bank gave the customer in a lost dispute beyond the owner's share and the refunds it has covered.
///
/// # Errors
/// When the database refuses.
pub async fn left_to_cover(connection: &mut PgConnection, dispute: Uuid) -> Result<Cents, sqlx::Error> {
    let left = sqlx::query_scalar!(
        r#"SELECT amount_cents - owner_share_cents - coalesce(
                      (SELECT sum(amount_cents) FROM transaction.refunds WHERE covered_by = dispute.id), 0)::bigint AS "left!"
           FROM transaction.disputes dispute WHERE id = $1"#,
        dispute
    )
    .fetch_one(connection)
    .await?;
    Ok(Cents(left))
}

/// Writes a new dispute down, and lets the audit rows of its booking belong to it (PAY-48, OWN-44).
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut PgConnection, dispute: &Dispute) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH opened AS (
             INSERT INTO transaction.disputes
                 (id, stripe_dispute_id, payment_id, booking_id, customer_id, owner_id, amount_cents, reason, status,
                  withdrawn, evidence_due_by, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'OPEN', $9, $10, $11, $11)
             RETURNING id, booking_id
         )
         INSERT INTO transaction.dispute_audit (dispute_id, audit_id)
         SELECT opened.id, entry.id FROM opened JOIN transaction.audit_log entry ON entry.booking_id = opened.booking_id",
        dispute.id,
        dispute.stripe_id,
        dispute.payment_id.0,
        dispute.booking_id.0,
        dispute.customer_id.0,
        dispute.owner_id.0,
        dispute.amount.0,
        dispute.reason,
        dispute.withdrawn,
        dispute.evidence_due_by.map(|due| due.to_sqlx()) as _,
        dispute.created_at.to_sqlx(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes where the bank's decision stands. A closed dispute needs no look of ours any more.
///
/// # Errors
/// When the database refuses.
pub async fn set_status(
    connection: &mut PgConnection,
    id: Uuid,
    status: Status,
    owner_share: Cents,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.disputes
         SET status = $2, owner_share_cents = $3, review = CASE WHEN $4 THEN 'RESOLVED' ELSE review END,
             closed_at = CASE WHEN $4 THEN $5::timestamptz END, updated_at = $5
         WHERE id = $1",
        id,
        status.as_str(),
        owner_share.0,
        status.is_closed(),
        now.to_sqlx() as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An enquiry became a chargeback: the money is gone now, until it is decided.
///
/// # Errors
/// When the database refuses.
pub async fn set_withdrawn(connection: &mut PgConnection, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE transaction.disputes SET withdrawn = true, updated_at = $2 WHERE id = $1", id, now.to_sqlx())
        .execute(connection)
        .await?;
    Ok(())
}

/// Somebody has begun to look at it.
///
/// # Errors
/// When the database refuses.
pub async fn set_in_review(connection: &mut PgConnection, id: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.disputes SET review = 'IN_REVIEW', updated_at = $2 WHERE id = $1 AND review = 'OPEN'",
        id,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An admin's decision (PAY-50).
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// About which dispute.
    pub dispute: Uuid,
    /// What.
    pub decision: Decision,
    /// By whom.
    pub admin: UserId,
    /// Why.
    pub notes: Option<&'a str>,
    /// When.
    pub now: Timestamp,
}

/// Writes a decision down.
///
/// # Errors
/// When the database refuses.
pub async fn decide(connection: &mut PgConnection, decided: Decided<'_>) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.disputes
         SET review = 'RESOLVED', resolution = $2, refund_percentage = $3, notes = $4, decided_by = $5, decided_at = $6,
             updated_at = $6
         WHERE id = $1 AND resolution IS NULL",
        decided.dispute,
        decided.decision.resolution.as_str(),
        decided.decision.percentage.and_then(|percent| i32::try_from(percent).ok()),
        decided.notes,
        decided.admin.0,
        decided.now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// One page of disputes, newest first, and how many there are.
///
/// # Errors
/// When the database refuses.
pub async fn list(
    connection: &mut PgConnection,
    review: Option<Review>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Dispute>, i64), sqlx::Error> {
    let review = review.map(Review::as_str);
    let rows = sqlx::query_as!(
        DisputeRow,
        "SELECT id, stripe_dispute_id, payment_id, booking_id, customer_id, owner_id, amount_cents, reason, status,
                withdrawn, evidence_due_by, review, resolution, refund_percentage, created_at
         FROM transaction.disputes WHERE $1::text IS NULL OR review = $1
         ORDER BY created_at DESC, id DESC OFFSET $2 LIMIT $3",
        review,
        offset,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let total = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM transaction.disputes WHERE $1::text IS NULL OR review = $1"#,
        review
    )
    .fetch_one(connection)
    .await?;
    Ok((rows.into_iter().map(Dispute::try_from).collect::<Result<_, _>>()?, total))
}

/// Evidence on its way to Stripe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its id; the idempotency key at Stripe is made from it.
    pub id: Uuid,
    /// About which dispute.
    pub stripe_dispute_id: String,
    /// Keys and texts as Stripe names them.
    pub evidence: BTreeMap<String, String>,
}

/// Keeps what an owner, or an admin for them, submits.
///
/// # Errors
/// When the database refuses.
pub async fn insert_evidence(
    connection: &mut PgConnection,
    id: Uuid,
    dispute: Uuid,
    by: UserId,
    evidence: &BTreeMap<String, String>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.dispute_evidence (id, dispute_id, submitted_by, evidence, submitted_at)
         VALUES ($1, $2, $3, $4, $5)",
        id,
        dispute,
        by.0,
        Json(evidence) as _,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Evidence that Stripe has not got.
///
/// # Errors
/// When the database refuses.
pub async fn unpassed_evidence(connection: &mut PgConnection, id: Uuid) -> Result<Option<Evidence>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT evidence.id, dispute.stripe_dispute_id, evidence.evidence AS "evidence: Json<BTreeMap<String, String>>"
           FROM transaction.dispute_evidence evidence
           JOIN transaction.disputes dispute ON dispute.id = evidence.dispute_id
           WHERE evidence.id = $1 AND evidence.passed_at IS NULL AND evidence.refusal IS NULL"#,
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Evidence { id: row.id, stripe_dispute_id: row.stripe_dispute_id, evidence: row.evidence.0 }))
}

/// Stripe has it, or will not have it.
///
/// # Errors
/// When the database refuses.
pub async fn evidence_answered(
    connection: &mut PgConnection,
    id: Uuid,
    refusal: Option<&str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.dispute_evidence
         SET passed_at = CASE WHEN $2::text IS NULL THEN $3::timestamptz END, refusal = $2 WHERE id = $1",
        id,
        refusal,
        now.to_sqlx() as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What was done to a booking, one line each, for the bank.
///
/// # Errors
/// When the database refuses.
pub async fn audit_lines(connection: &mut PgConnection, dispute: Uuid) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT entry.action, entry.actor_role, entry.occurred_at
         FROM transaction.dispute_audit part JOIN transaction.audit_log entry ON entry.id = part.audit_id
         WHERE part.dispute_id = $1 ORDER BY entry.id",
        dispute
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| format!("{} {} {}", row.occurred_at.to_jiff(), row.actor_role, row.action)).collect())
}

/// Something of a dispute that Stripe has not been asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// Evidence that was not passed on.
    pub evidence: Vec<Uuid>,
    /// Disputes to be given in to.
    pub to_accept: Vec<Uuid>,
    /// Transfers to be taken back.
    pub reversals: Vec<Uuid>,
}

/// What is left to do, for the regular round.
///
/// # Errors
/// When the database refuses.
pub async fn unfinished(
    connection: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Unfinished, sqlx::Error> {
    let evidence = sqlx::query_scalar!(
        "SELECT id FROM transaction.dispute_evidence
         WHERE passed_at IS NULL AND refusal IS NULL AND submitted_at <= $1 ORDER BY submitted_at LIMIT $2",
        before.to_sqlx(),
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let to_accept = sqlx::query_scalar!(
        "SELECT id FROM transaction.disputes
         WHERE status IN ('OPEN', 'UNDER_REVIEW') AND resolution IN ('REFUND_CUSTOMER', 'PARTIAL_REFUND')
           AND decided_at <= $1
         ORDER BY decided_at LIMIT $2",
        before.to_sqlx() as _,
        limit
    )
    .fetch_all(&mut *connection)
    .await?;
    let reversals = sqlx::query_scalar!(
        "SELECT id FROM transaction.transfer_reversals WHERE status = 'INITIATED' AND initiated_at <= $1
         ORDER BY initiated_at LIMIT $2",
        before.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(Unfinished { evidence, to_accept, reversals })
}

/// A transfer to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// Its id; the idempotency key at Stripe is made from it.
    pub id: Uuid,
    /// How much.
    pub amount: Cents,
    /// Stripe's intent.
    pub intent_id: Option<String>,
}

/// Writes down that a part of a transfer is to be taken back (PAY-06): the owner's share of a lost dispute, or what they owed
/// for a refund that it covered.
///
/// # Errors
/// When the database refuses.
pub async fn insert_reversal(
    connection: &mut PgConnection,
    id: Uuid,
    (payment, dispute, refund): (PaymentId, Uuid, Option<Uuid>),
    amount: Cents,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.transfer_reversals (id, payment_id, dispute_id, refund_id, amount_cents, initiated_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        payment.0,
        dispute,
        refund,
        amount.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A reversal Stripe has not made yet.
///
/// # Errors
/// When the database refuses.
pub async fn open_reversal(connection: &mut PgConnection, id: Uuid) -> Result<Option<Reversal>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT reversal.id, reversal.amount_cents, payment.stripe_payment_intent_id
         FROM transaction.transfer_reversals reversal
         JOIN transaction.payments payment ON payment.id = reversal.payment_id
         WHERE reversal.id = $1 AND reversal.status = 'INITIATED'",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Reversal { id: row.id, amount: Cents(row.amount_cents), intent_id: row.stripe_payment_intent_id }))
}

/// Stripe has made it, or will not.
///
/// # Errors
/// When the database refuses.
pub async fn reversal_answered(
    connection: &mut PgConnection,
    id: Uuid,
    answer: Result<&str, &str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.transfer_reversals
         SET status = CASE WHEN $2::text IS NULL THEN 'FAILED' ELSE 'COMPLETED' END, stripe_reversal_id = $2,
             failure_message = $3, completed_at = CASE WHEN $2::text IS NULL THEN NULL ELSE $4::timestamptz END
         WHERE id = $1 AND status = 'INITIATED'",
        id,
        answer.ok(),
        answer.err(),
        now.to_sqlx() as _
    )
    .execute(connection)
    .await?;
    Ok(())
}
