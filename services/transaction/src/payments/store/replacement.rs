//! A hold for a new price beside the one that stands, and the change of places (BOOK-41).

use contracts::ids::PaymentId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use crate::bookings::store::Paid;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::state::State;

/// Writes down that a hold for a new price is about to be asked for.
///
/// # Errors
/// When the database refuses.
pub async fn intend_replacement(
    connection: &mut PgConnection,
    payment: &Payment,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.payments
             (id, booking_id, purpose, user_id, owner_id, status, capture_method, pending_step, step_started_at,
              amount_cents, commission_cents, owner_net_cents, currency, payment_method_id, stripe_customer_id,
              destination_account, created_at, updated_at)
         VALUES ($1, $2, 'REPLACEMENT', $3, $4, 'PENDING', 'MANUAL', 'CHARGE', $5, $6, $7, $8, $9, $10, $11, $12, $5, $5)",
        payment.id.0,
        payment.booking_id.0,
        payment.user_id.0,
        payment.owner_id.0,
        now.to_sqlx(),
        payment.money.gross.0,
        payment.money.commission.0,
        payment.money.net.0,
        payment.currency,
        payment.payment_method_id,
        payment.stripe_customer_id,
        payment.destination_account
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The new hold stands: it becomes the booking's own, and the old one is to be let go. Answers the old one.
///
/// # Errors
/// When the database refuses.
pub async fn replace_hold(
    connection: &mut PgConnection,
    (payment, held): (&Payment, State),
    paid: &Paid,
    now: Timestamp,
) -> Result<Option<PaymentId>, sqlx::Error> {
    let old = sqlx::query_scalar!(
        "UPDATE transaction.payments
         SET purpose = 'REPLACED', pending_step = 'RELEASE', step_started_at = $2, updated_at = $2
         WHERE booking_id = $1 AND purpose = 'BOOKING' AND captured_at IS NULL
         RETURNING id",
        payment.booking_id.0,
        now.to_sqlx()
    )
    .fetch_optional(&mut *connection)
    .await?;
    sqlx::query!(
        "WITH held AS (
             UPDATE transaction.payments
             SET purpose = 'BOOKING', status = $7, pending_step = NULL, step_started_at = NULL,
                 client_secret = NULL, stripe_payment_intent_id = $2, card_brand = $3, card_last4 = $4,
                 authorized_at = $5, authorization_expires_at = $6, failure_code = NULL, failure_message = NULL,
                 updated_at = $5
             WHERE id = $1
             RETURNING id
         )
         INSERT INTO transaction.payment_timeline (payment_id, event, occurred_at)
         SELECT id, 'AUTHORIZED', $5 FROM held",
        payment.id.0,
        paid.intent_id,
        paid.card_brand,
        paid.card_last4,
        now.to_sqlx(),
        paid.authorization_expires_at.map(|at| at.to_sqlx()) as _,
        held.status().as_str()
    )
    .execute(connection)
    .await?;
    Ok(old.map(PaymentId))
}
