//! Refund rows: decided with the cancellation, sent to Stripe afterwards, completed by its report (PAY-29, PAY-30).

use contracts::ids::{BookingId, PaymentId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::payments::domain::refund::RefundStatus;
use crate::payments::domain::state::State;

/// A refund to be sent.
#[derive(Debug, Clone, Copy)]
pub struct NewRefund<'a> {
    /// Our id; the idempotency key at Stripe is made from it.
    pub id: Uuid,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// For which booking.
    pub booking_id: BookingId,
    /// How much.
    pub amount: Cents,
    /// Our fee goes back as well: there never was a booking.
    pub returns_fee: bool,
    /// What the payment is from now on.
    pub leaves: State,
    /// Why.
    pub reason: &'a str,
    /// When.
    pub now: Timestamp,
}

/// A refund as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Our id.
    pub id: Uuid,
    /// Of which payment.
    pub payment_id: PaymentId,
    /// For which booking.
    pub booking_id: BookingId,
    /// How much.
    pub amount: Cents,
    /// Our fee goes back as well.
    pub returns_fee: bool,
    /// How often Stripe has refused it because a bank contested the charge: each time it is asked under another key.
    pub attempt: i32,
    /// INITIATED, PROCESSING, COMPLETED or FAILED.
    pub status: String,
    /// Stripe's intent.
    pub intent_id: Option<String>,
}

/// Writes a refund down and adds it to what its payment has given back; the database keeps that sum below amount minus
/// commission (PAY-32). A charge that is given back whole was counted when it was found out about.
///
/// # Errors
/// When the database refuses, with `payments_refunds_bounded` when too much would go back.
pub async fn create_refund(connection: &mut PgConnection, refund: NewRefund<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH charged AS (
             UPDATE transaction.payments
             SET refunded_cents = CASE WHEN $5 THEN refunded_cents ELSE refunded_cents + $4 END,
                 status = $8, updated_at = $7
             WHERE id = $2
             RETURNING id
         ), listed AS (
             INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at, details)
             SELECT id, 'REFUND_INITIATED', $7, jsonb_build_object('amountCents', $4::bigint) FROM charged WHERE NOT $5
         ), posted AS (
             INSERT INTO transaction.ledger
                 (payment_id, booking_id, step, cause, debit, credit, amount_cents, occurred_at)
             SELECT id, $3, 'REFUND_DECIDED', $1, 'OWNER', 'REFUND', $4, $7 FROM charged WHERE NOT $5
         )
         INSERT INTO transaction.refunds (id, payment_id, booking_id, amount_cents, returns_fee, reason, initiated_at)
         SELECT $1, id, $3, $4, $5, $6, $7 FROM charged",
        refund.id,
        refund.payment_id.0,
        refund.booking_id.0,
        refund.amount.0,
        refund.returns_fee,
        refund.reason,
        refund.now.to_sqlx(),
        refund.leaves.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One refund with what sending it needs.
///
/// # Errors
/// When the database refuses.
pub async fn find_refund(connection: &mut PgConnection, id: Uuid) -> Result<Option<Refund>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT refund.id, refund.payment_id, refund.booking_id, refund.amount_cents, refund.returns_fee, refund.attempt,
                refund.status, payment.stripe_payment_intent_id
         FROM transaction.refunds refund JOIN transaction.payments payment ON payment.id = refund.payment_id
         WHERE refund.id = $1",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Refund {
        id: row.id,
        payment_id: PaymentId(row.payment_id),
        booking_id: BookingId(row.booking_id),
        amount: Cents(row.amount_cents),
        returns_fee: row.returns_fee,
        attempt: row.attempt,
        status: row.status,
        intent_id: row.stripe_payment_intent_id,
    }))
}

/// Stripe has it. Its report that the money is back may have come first, then this changes nothing but the id.
///
/// # Errors
/// When the database refuses.
pub async fn refund_sent(
    connection: &mut PgConnection,
    id: Uuid,
    stripe_refund_id: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH sent AS (
             UPDATE transaction.refunds
             SET stripe_refund_id = $2, sent_at = coalesce(sent_at, $3),
                 status = CASE WHEN status IN ('INITIATED', 'FAILED') THEN 'PROCESSING' ELSE status END
             WHERE id = $1
             RETURNING id, payment_id, booking_id, amount_cents
         )
         INSERT INTO transaction.ledger
             (payment_id, booking_id, step, cause, debit, credit, amount_cents, occurred_at)
         SELECT payment_id, booking_id, 'REFUND_SENT', id, 'REFUND', 'STRIPE', amount_cents, $3 FROM sent
         ON CONFLICT ON CONSTRAINT ledger_step_once DO NOTHING",
        id,
        stripe_refund_id,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stripe refused it for good; somebody has to look (PAY-31). Returns whether that is news.
///
/// # Errors
/// When the database refuses.
pub async fn refund_failed(connection: &mut PgConnection, id: Uuid, message: &str) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.refunds SET status = 'FAILED', failure_message = $2, waits_for_dispute = false
         WHERE id = $1 AND status IN ('INITIATED', 'PROCESSING')",
        id,
        message
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Stripe reports how much of a payment is back in total: completes the oldest refunds that fit into it, whatever order
/// the reports come in. Returns the amounts that were completed now.
///
/// # Errors
/// When the database refuses.
pub async fn complete_refunds(
    connection: &mut PgConnection,
    payment: PaymentId,
    refunded_in_total: Cents,
    now: Timestamp,
) -> Result<Vec<Cents>, sqlx::Error> {
    let amounts = sqlx::query_scalar!(
        "WITH running AS (
             SELECT id, sum(amount_cents) OVER (ORDER BY initiated_at, id) AS total
             FROM transaction.refunds WHERE payment_id = $1 AND status <> 'FAILED' AND covered_by IS NULL
         ), completed AS (
             UPDATE transaction.refunds refund SET status = 'COMPLETED', completed_at = $3
             FROM running
             WHERE refund.id = running.id AND running.total <= $2::bigint AND refund.status <> 'COMPLETED'
             RETURNING refund.id, refund.booking_id, refund.amount_cents
         ), posted AS (
             -- The report may be here before the answer to the call that sent it.
             INSERT INTO transaction.ledger
                 (payment_id, booking_id, step, cause, debit, credit, amount_cents, occurred_at)
             SELECT $1, booking_id, 'REFUND_SENT', id, 'REFUND', 'STRIPE', amount_cents, $3 FROM completed
             ON CONFLICT ON CONSTRAINT ledger_step_once DO NOTHING
         ), listed AS (
             INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at, details)
             SELECT $1, 'REFUND_COMPLETED', $3, jsonb_build_object('amountCents', amount_cents) FROM completed
         )
         SELECT amount_cents FROM completed",
        payment.0,
        refunded_in_total.0,
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(amounts.into_iter().map(Cents).collect())
}

/// Refunds that were written down before `before` and never reached Stripe. One that waits for a bank is not among them.
///
/// # Errors
/// When the database refuses.
pub async fn unsent_refunds(
    connection: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT id FROM transaction.refunds WHERE status = 'INITIATED' AND NOT waits_for_dispute AND initiated_at <= $1
         ORDER BY initiated_at LIMIT $2",
        before.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await
}

/// A refund as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRow {
    /// How much.
    pub amount: Cents,
    /// Where it stands.
    pub status: RefundStatus,
    /// When it was decided.
    pub initiated_at: Timestamp,
    /// When Stripe reported it done.
    pub completed_at: Option<Timestamp>,
}

/// The refunds of a payment, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn refunds_of(connection: &mut PgConnection, payment: PaymentId) -> Result<Vec<RefundRow>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT amount_cents, status, initiated_at, completed_at FROM transaction.refunds
         WHERE payment_id = $1 ORDER BY initiated_at, id",
        payment.0
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RefundRow {
                amount: Cents(row.amount_cents),
                status: RefundStatus::parse(&row.status).ok_or_else(|| {
                    sqlx::Error::Decode(format!("the refund status {} is unknown", row.status).into())
                })?,
                initiated_at: row.initiated_at.to_jiff(),
                completed_at: row.completed_at.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .collect()
}

/// Stripe had sent it and the bank would not take it: the money is at Stripe again and still owed. Returns the payment
/// and amount of a refund that had been sent.
///
/// # Errors
/// When the database refuses.
pub async fn refund_returned(
    connection: &mut PgConnection,
    stripe_refund_id: &str,
    message: &str,
    now: Timestamp,
) -> Result<Option<(Uuid, PaymentId, BookingId)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"WITH returned AS (
             UPDATE transaction.refunds SET status = 'FAILED', failure_message = $2, completed_at = NULL
             WHERE stripe_refund_id = $1 AND status IN ('PROCESSING', 'COMPLETED')
             RETURNING id, payment_id, booking_id, amount_cents
         ), posted AS (
             INSERT INTO transaction.ledger
                 (payment_id, booking_id, step, cause, debit, credit, amount_cents, occurred_at)
             SELECT payment_id, booking_id, 'REFUND_RETURNED', id, 'STRIPE', 'REFUND', amount_cents, $3 FROM returned
         ), listed AS (
             INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at, details)
             SELECT payment_id, 'REFUND_FAILED', $3, jsonb_build_object('amountCents', amount_cents) FROM returned
         )
         SELECT id, payment_id, booking_id FROM returned"#,
        stripe_refund_id,
        message,
        now.to_sqlx()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.id, PaymentId(row.payment_id), BookingId(row.booking_id))))
}

/// Stripe does not send it while a bank contests the charge: it waits for the bank's decision (PAY-49). Only the attempt
/// that was refused is put to wait.
///
/// # Errors
/// When the database refuses.
pub async fn wait_for_dispute(connection: &mut PgConnection, id: Uuid, attempt: i32) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.refunds SET waits_for_dispute = true WHERE id = $1 AND status = 'INITIATED' AND attempt = $2",
        id,
        attempt
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// It is sent once more under another key, since Stripe repeats a refusal under the same one.
///
/// # Errors
/// When the database refuses.
pub async fn send_anew(connection: &mut PgConnection, id: Uuid, attempt: i32) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.refunds SET attempt = attempt + 1, waits_for_dispute = false
         WHERE id = $1 AND status = 'INITIATED' AND attempt = $2",
        id,
        attempt
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The refunds of a payment that wait for a bank, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn waiting_refunds(connection: &mut PgConnection, payment: PaymentId) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT refund.id, refund.payment_id, refund.booking_id, refund.amount_cents, refund.returns_fee, refund.attempt,
                refund.status, payment.stripe_payment_intent_id
         FROM transaction.refunds refund JOIN transaction.payments payment ON payment.id = refund.payment_id
         WHERE refund.payment_id = $1 AND refund.waits_for_dispute
         ORDER BY refund.initiated_at, refund.id",
        payment.0
    )
    .fetch_all(connection)
    .await?;
    let refunds = rows.into_iter().map(|row| Refund {
        id: row.id,
        payment_id: PaymentId(row.payment_id),
        booking_id: BookingId(row.booking_id),
        amount: Cents(row.amount_cents),
        returns_fee: row.returns_fee,
        attempt: row.attempt,
        status: row.status,
        intent_id: row.stripe_payment_intent_id,
    });
    Ok(refunds.collect())
}

/// The bank has given the customer the whole charge back, this refund with it: what was put aside for it makes good a part
/// of the platform's loss. Returns whether it was open still.
///
/// # Errors
/// When the database refuses.
pub async fn refund_covered(
    connection: &mut PgConnection,
    id: Uuid,
    dispute: Uuid,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "WITH covered AS (
             UPDATE transaction.refunds
             SET status = 'COMPLETED', covered_by = $2, waits_for_dispute = false, completed_at = $3
             WHERE id = $1 AND status = 'INITIATED'
             RETURNING id, payment_id, booking_id, amount_cents
         ), listed AS (
             INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at, details)
             SELECT payment_id, 'REFUND_COMPLETED', $3, jsonb_build_object('amountCents', amount_cents) FROM covered
         )
         INSERT INTO transaction.ledger
             (payment_id, booking_id, step, cause, debit, credit, amount_cents, occurred_at)
         SELECT payment_id, booking_id, 'REFUND_COVERED', id, 'REFUND', 'COMMISSION', amount_cents, $3 FROM covered",
        id,
        dispute,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
