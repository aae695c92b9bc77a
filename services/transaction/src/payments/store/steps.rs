//! Steps with Stripe: written down before the call, closed with its answer (PAY-06). Every function is one statement
//! and adds its line to the payment's timeline.

use contracts::ids::PaymentId;
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::payments::domain::state::State;
use crate::payments::domain::status::Step;

/// Why a payment failed, in Stripe's words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Failure {
    /// For programs.
    pub code: Option<String>,
    /// For people.
    pub message: Option<String>,
}

/// Adds a line to the timeline that a customer and an owner may read.
///
/// # Errors
/// When the database refuses.
pub async fn list_event(
    connection: &mut PgConnection,
    payment: PaymentId,
    event: &str,
    details: Option<Value>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at, details) VALUES ($1, $2, $3, $4)",
        payment.0,
        event,
        now.to_sqlx(),
        details
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes down that `step` is about to be asked for. Returns whether it may: no other step is under way.
///
/// # Errors
/// When the database refuses.
pub async fn start_step(
    connection: &mut PgConnection,
    payment: PaymentId,
    step: Step,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.payments SET pending_step = $2, step_started_at = $3, updated_at = $3
         WHERE id = $1 AND pending_step IS NULL",
        payment.0,
        step.as_str(),
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets `step`: Stripe refused it for good and nothing changed.
///
/// # Errors
/// When the database refuses.
pub async fn clear_step(
    connection: &mut PgConnection,
    payment: PaymentId,
    step: Step,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.payments SET pending_step = NULL, step_started_at = NULL, updated_at = $3
         WHERE id = $1 AND pending_step = $2",
        payment.0,
        step.as_str(),
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The customer has to finish 3-D Secure: keeps what the browser needs (BOOK-08).
///
/// # Errors
/// When the database refuses.
pub async fn waiting_for_customer(
    connection: &mut PgConnection,
    payment: PaymentId,
    intent: &str,
    client_secret: Option<&str>,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "WITH waiting AS (
             UPDATE transaction.payments
             SET stripe_payment_intent_id = $2, client_secret = $3, pending_step = NULL, step_started_at = NULL,
                 updated_at = $4
             WHERE id = $1 AND status = 'PENDING' AND pending_step = 'CHARGE'
             RETURNING id
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'AUTHENTICATION_REQUIRED', $4 FROM waiting",
        payment.0,
        intent,
        client_secret,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes which intent belongs to a payment, when a report knew it before we did.
///
/// # Errors
/// When the database refuses.
pub async fn know_intent(connection: &mut PgConnection, payment: PaymentId, intent: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.payments SET stripe_payment_intent_id = $2
         WHERE id = $1 AND stripe_payment_intent_id IS NULL",
        payment.0,
        intent
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The card was refused or the customer gave up. An intent the customer could still finish is let go next.
///
/// # Errors
/// When the database refuses.
pub async fn failed(
    connection: &mut PgConnection,
    (payment, failed): (PaymentId, State),
    intent: Option<&str>,
    failure: &Failure,
    next: Option<Step>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH failed AS (
             UPDATE transaction.payments
             SET status = $8, stripe_payment_intent_id = coalesce($2, stripe_payment_intent_id),
                 client_secret = NULL, failure_code = $3, failure_message = $4, pending_step = $5,
                 step_started_at = CASE WHEN $5::text IS NULL THEN NULL ELSE $6::timestamptz END, updated_at = $6
             WHERE id = $1 AND captured_at IS NULL
             RETURNING id
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at, details)
         SELECT id, 'FAILED', $6, $7 FROM failed",
        payment.0,
        intent,
        failure.code,
        failure.message,
        next.map(Step::as_str),
        now.to_sqlx(),
        failure.code.as_ref().map(|code| json!({ "reason": code })),
        failed.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The held amount was collected (PAY-08).
///
/// # Errors
/// When the database refuses.
pub async fn captured(
    connection: &mut PgConnection,
    (payment, captured): (PaymentId, State),
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH captured AS (
             UPDATE transaction.payments
             SET status = $3, pending_step = NULL, step_started_at = NULL, client_secret = NULL,
                 captured_at = $2, updated_at = $2
             WHERE id = $1
             RETURNING id, booking_id, amount_cents, commission_cents, owner_net_cents
         ), posted AS (
             INSERT INTO transaction.ledger (payment_id, booking_id, step, debit, credit, amount_cents, occurred_at)
             SELECT id, booking_id, 'CAPTURE', posting.debit, posting.credit, posting.cents, $2
             FROM captured, LATERAL (VALUES
                 ('STRIPE', 'CUSTOMER', amount_cents), ('CUSTOMER', 'OWNER', owner_net_cents),
                 ('CUSTOMER', 'COMMISSION', commission_cents)) AS posting (debit, credit, cents)
             WHERE posting.cents > 0
             ON CONFLICT ON CONSTRAINT ledger_step_once DO NOTHING
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'CAPTURED', $2 FROM captured",
        payment.0,
        now.to_sqlx(),
        captured.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The booking is over before anything was collected: the hold on the card is to be let go. A step that is under way is
/// replaced: a charge nobody answered yet is found out about and undone.
///
/// # Errors
/// When the database refuses.
pub async fn pledge(
    connection: &mut PgConnection,
    payment: PaymentId,
    intent: Option<&str>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.payments
         SET pending_step = 'RELEASE', step_started_at = $3, client_secret = NULL,
             stripe_payment_intent_id = coalesce($2, stripe_payment_intent_id), updated_at = $3
         WHERE id = $1 AND captured_at IS NULL",
        payment.0,
        intent,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Nothing is held any more. A held amount counts as refunded, an intent nobody paid as failed (PAY-12).
///
/// # Errors
/// When the database refuses.
pub async fn released(
    connection: &mut PgConnection,
    (payment, released): (PaymentId, State),
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "WITH released AS (
             UPDATE transaction.payments
             SET status = $3, pending_step = NULL, step_started_at = NULL, client_secret = NULL, updated_at = $2
             WHERE id = $1 AND captured_at IS NULL AND (pending_step IS NOT NULL OR status IN ('PENDING', 'AUTHORIZED'))
             RETURNING id
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'RELEASED', $2 FROM released",
        payment.0,
        now.to_sqlx(),
        released.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Money was taken for which there is no booking: records the capture, drops our fee, and marks all of it as refunded.
/// The refund row that sends it back is written beside this (LIVE-11).
///
/// # Errors
/// When the database refuses.
pub async fn given_back(
    connection: &mut PgConnection,
    (payment, given): (PaymentId, State),
    intent: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH given AS (
             UPDATE transaction.payments
             SET status = $4, stripe_payment_intent_id = $2, pending_step = NULL, step_started_at = NULL,
                 client_secret = NULL, captured_at = $3, commission_cents = 0, owner_net_cents = amount_cents,
                 refunded_cents = amount_cents, updated_at = $3
             WHERE id = $1 AND captured_at IS NULL
             RETURNING id, booking_id, amount_cents
         ), posted AS (
             INSERT INTO transaction.ledger (payment_id, booking_id, step, debit, credit, amount_cents, occurred_at)
             SELECT id, booking_id, 'CAPTURE', posting.debit, posting.credit, amount_cents, $3
             FROM given, (VALUES ('STRIPE', 'CUSTOMER'), ('CUSTOMER', 'REFUND')) AS posting (debit, credit)
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'REFUND_INITIATED', $3 FROM given",
        payment.0,
        intent,
        now.to_sqlx(),
        given.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A bank takes it back: the booking is frozen while it is DISPUTED (PAY-47).
///
/// # Errors
/// When the database refuses.
pub async fn set_disputed(
    connection: &mut PgConnection,
    (payment, disputed): (PaymentId, State),
    amount: Cents,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH disputed AS (
             UPDATE transaction.payments SET status = $4, updated_at = $3
             WHERE id = $1 AND captured_at IS NOT NULL
             RETURNING id
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at, details)
         SELECT id, 'DISPUTED', $3, jsonb_build_object('amountCents', $2::bigint) FROM disputed",
        payment.0,
        amount.0,
        now.to_sqlx(),
        disputed.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The bank gave it back: the status is what the refunds make of it (PAY-49). Another open dispute keeps it frozen.
///
/// # Errors
/// When the database refuses.
pub async fn set_undisputed(
    connection: &mut PgConnection,
    (payment, won): (PaymentId, State),
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH won AS (
             UPDATE transaction.payments
             SET status = $3, updated_at = $2
             WHERE id = $1 AND status = 'DISPUTED'
               AND (SELECT count(*) FROM transaction.disputes
                    WHERE payment_id = $1 AND status IN ('OPEN', 'UNDER_REVIEW')) <= 1
             RETURNING id
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'DISPUTE_WON', $2 FROM won",
        payment.0,
        now.to_sqlx(),
        won.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The bank keeps it (PAY-49).
///
/// # Errors
/// When the database refuses.
pub async fn set_dispute_lost(
    connection: &mut PgConnection,
    (payment, lost): (PaymentId, State),
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH lost AS (
             UPDATE transaction.payments SET status = $3, updated_at = $2
             WHERE id = $1 AND status = 'DISPUTED'
             RETURNING id
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'DISPUTE_LOST', $2 FROM lost",
        payment.0,
        now.to_sqlx(),
        lost.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(())
}
