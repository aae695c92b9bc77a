//! Ids that belong to Stripe: customers, and webhook events that took effect.

use contracts::ids::{BookingId, PaymentId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

/// The Stripe customer of a user, if there is one yet.
///
/// # Errors
/// When the database refuses.
pub async fn customer_of(connection: &mut PgConnection, user: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT stripe_customer_id FROM transaction.stripe_customers WHERE user_id = $1", user.0)
        .fetch_optional(connection)
        .await
}

/// Keeps a user's Stripe customer. The first one stays, whoever came first (PAY-15).
///
/// # Errors
/// When the database refuses.
pub async fn remember_customer(
    connection: &mut PgConnection,
    user: UserId,
    customer: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.stripe_customers (user_id, stripe_customer_id, created_at)
         VALUES ($1, $2, $3) ON CONFLICT (user_id) DO NOTHING",
        user.0,
        customer,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes a webhook event in the transaction of its effect. Returns false for one that was noted before (PAY-41).
///
/// # Errors
/// When the database refuses.
pub async fn first_time(
    connection: &mut PgConnection,
    event_id: &str,
    event_type: &str,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "INSERT INTO transaction.stripe_events (event_id, event_type, received_at)
         VALUES ($1, $2, $3) ON CONFLICT ON CONSTRAINT stripe_events_once DO NOTHING",
        event_id,
        event_type,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A report of Stripe about an intent.
#[derive(Debug, Clone)]
pub struct Report {
    /// `evt_...`
    pub event_id: String,
    /// What happened, e.g. `payment_intent.succeeded`.
    pub kind: String,
    /// `pi_...`
    pub intent_id: String,
    /// When it came here.
    pub at: Timestamp,
}

/// Notes reports about intents whose bookings have what the reports say already, in one round trip: nothing more can come
/// of them, because states only go forward (PAY-42). Answers for each, in their order, whether that was so; the others have
/// to be read, and nothing is written of them.
///
/// # Errors
/// When the database refuses.
pub async fn note_settled(connection: &mut PgConnection, reports: &[Report]) -> Result<Vec<bool>, sqlx::Error> {
    let ids: Vec<String> = reports.iter().map(|report| report.event_id.clone()).collect();
    let kinds: Vec<String> = reports.iter().map(|report| report.kind.clone()).collect();
    let intents: Vec<String> = reports.iter().map(|report| report.intent_id.clone()).collect();
    let times: Vec<jiff_sqlx::Timestamp> = reports.iter().map(|report| report.at.to_sqlx()).collect();
    sqlx::query_scalar!(
        r#"WITH told AS (
             SELECT report.*, EXISTS (
                 SELECT FROM transaction.payments payment
                 JOIN transaction.bookings booking ON booking.id = payment.booking_id
                 WHERE payment.stripe_payment_intent_id = report.intent_id AND payment.pending_step IS NULL
                   AND (payment.status = 'CAPTURED' AND booking.status IN ('CONFIRMED', 'COMPLETED')
                        AND report.kind = 'payment_intent.succeeded'
                        OR payment.status = 'AUTHORIZED' AND booking.status = 'PENDING_CONFIRMATION'
                        AND report.kind = 'payment_intent.amount_capturable_updated')) AS settled
             FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
                  WITH ORDINALITY AS report (event_id, kind, intent_id, at, place)
         ), noted AS (
             INSERT INTO transaction.stripe_events (event_id, event_type, received_at)
             SELECT event_id, kind, at FROM told WHERE settled
             ON CONFLICT ON CONSTRAINT stripe_events_once DO NOTHING
         )
         SELECT settled AS "settled!" FROM told ORDER BY place"#,
        &ids,
        &kinds,
        &intents,
        &times as &[jiff_sqlx::Timestamp],
    )
    .fetch_all(connection)
    .await
}

/// A booking that waits for its owner, and the card it will be charged to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMethod {
    /// Which payment.
    pub payment: PaymentId,
    /// Which booking.
    pub booking: BookingId,
    /// Stripe's card.
    pub method: String,
    /// Stripe's customer.
    pub customer: String,
    /// Stripe has reported that the customer removed it.
    pub removed: bool,
    /// Until when the customer may replace the card, if they were asked.
    pub due: Option<Timestamp>,
}

/// The cards of all bookings that wait for their owner (PAY-19).
///
/// # Errors
/// When the database refuses.
pub async fn waiting_methods(connection: &mut PgConnection, limit: i64) -> Result<Vec<WaitingMethod>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT payment.id, payment.booking_id, payment.payment_method_id, payment.stripe_customer_id,
                payment.method_removed, payment.method_update_due
         FROM transaction.payments payment JOIN transaction.bookings booking ON booking.id = payment.booking_id
         WHERE payment.status = 'AUTHORIZED' AND payment.pending_step IS NULL
           AND booking.status = 'PENDING_CONFIRMATION'
         ORDER BY payment.authorized_at LIMIT $1",
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| WaitingMethod {
            payment: PaymentId(row.id),
            booking: BookingId(row.booking_id),
            method: row.payment_method_id,
            customer: row.stripe_customer_id,
            removed: row.method_removed,
            due: row.method_update_due.map(jiff_sqlx::Timestamp::to_jiff),
        })
        .collect())
}

/// A card was removed at Stripe: notes it on the payments that wait to be collected from it.
///
/// # Errors
/// When the database refuses.
pub async fn note_removed_method(connection: &mut PgConnection, method: &str) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.payments SET method_removed = true
         WHERE payment_method_id = $1 AND status = 'AUTHORIZED' AND NOT method_removed",
        method
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Notes until when a card may be replaced, or that it need not be any more.
///
/// # Errors
/// When the database refuses.
pub async fn set_method_update_due(
    connection: &mut PgConnection,
    payment: PaymentId,
    due: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.payments SET method_update_due = $2 WHERE id = $1",
        payment.0,
        due.map(|due| due.to_sqlx()) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}
