//! Payment rows into [`Payment`]s.

use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use thiserror::Error;
use uuid::Uuid;

use crate::bookings::domain::commission::Split;
use crate::payments::domain::payment::Payment;
use crate::payments::domain::status::{CaptureMethod, Purpose, Step};

/// Why a row could not be had.
#[derive(Debug, Error)]
pub enum PaymentRowError {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The row says something this program does not know.
    #[error("payment {payment_id} is inconsistent: {what}")]
    Inconsistent {
        /// Which row.
        payment_id: Uuid,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// A row of `transaction.payments`, column by column.
struct PaymentRow {
    id: Uuid,
    booking_id: Uuid,
    purpose: String,
    user_id: Uuid,
    owner_id: Uuid,
    status: String,
    capture_method: String,
    pending_step: Option<String>,
    amount_cents: i64,
    commission_cents: i64,
    owner_net_cents: i64,
    refunded_cents: i64,
    currency: String,
    payment_method_id: String,
    stripe_customer_id: String,
    destination_account: String,
    stripe_payment_intent_id: Option<String>,
    client_secret: Option<String>,
    authorized_at: Option<jiff_sqlx::Timestamp>,
    authorization_expires_at: Option<jiff_sqlx::Timestamp>,
    captured_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<PaymentRow> for Payment {
    type Error = PaymentRowError;

    fn try_from(row: PaymentRow) -> Result<Self, PaymentRowError> {
        let broken = |what| PaymentRowError::Inconsistent { payment_id: row.id, what };
        let pending_step = match row.pending_step.as_deref() {
            None => None,
            Some(text) => Some(Step::parse(text).ok_or_else(|| broken("step"))?),
        };
        Ok(Self {
            id: PaymentId(row.id),
            booking_id: BookingId(row.booking_id),
            purpose: Purpose::parse(&row.purpose).ok_or_else(|| broken("purpose"))?,
            user_id: UserId(row.user_id),
            owner_id: UserId(row.owner_id),
            status: row.status.parse().map_err(|_| broken("status"))?,
            capture: CaptureMethod::parse(&row.capture_method).ok_or_else(|| broken("capture method"))?,
            pending_step,
            money: Split {
                gross: Cents(row.amount_cents),
                commission: Cents(row.commission_cents),
                net: Cents(row.owner_net_cents),
            },
            refunded: Cents(row.refunded_cents),
            currency: row.currency,
            payment_method_id: row.payment_method_id,
            stripe_customer_id: row.stripe_customer_id,
            destination_account: row.destination_account,
            intent_id: row.stripe_payment_intent_id,
            client_secret: row.client_secret,
            authorized_at: row.authorized_at.map(|at| at.to_jiff()),
            authorization_expires_at: row.authorization_expires_at.map(|at| at.to_jiff()),
            captured_at: row.captured_at.map(|at| at.to_jiff()),
        })
    }
}

/// Rows of payments that fit the clauses after `FROM`, with their arguments.
macro_rules! select_payments {
    ($clauses:tt, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            PaymentRow,
            "SELECT id, booking_id, purpose, user_id, owner_id, status, capture_method, pending_step, amount_cents,
                    commission_cents, owner_net_cents, refunded_cents, currency, payment_method_id, stripe_customer_id,
                    destination_account, stripe_payment_intent_id, client_secret, authorized_at,
                    authorization_expires_at, captured_at
             FROM transaction.payments " + $clauses,
            $($argument),+
        )
    };
}

/// One payment, unlocked.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn find(connection: &mut PgConnection, id: PaymentId) -> Result<Option<Payment>, PaymentRowError> {
    select_payments!("WHERE id = $1", id.0).fetch_optional(connection).await?.map(Payment::try_from).transpose()
}

/// The payment of a booking, unlocked.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn of_booking(connection: &mut PgConnection, booking: BookingId) -> Result<Option<Payment>, PaymentRowError> {
    select_payments!(
        "WHERE booking_id = $1 AND purpose IN ('BOOKING', 'DIFFERENCE')
         ORDER BY purpose, created_at LIMIT 1",
        booking.0
    )
    .fetch_optional(connection)
    .await?
    .map(Payment::try_from)
    .transpose()
}

/// The payment of a booking, locked until the transaction ends. The booking's own row is always locked first.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn lock_for_booking(
    connection: &mut PgConnection,
    booking: BookingId,
) -> Result<Option<Payment>, PaymentRowError> {
    select_payments!(
        "WHERE booking_id = $1 AND purpose IN ('BOOKING', 'DIFFERENCE')
         ORDER BY purpose, created_at LIMIT 1 FOR NO KEY UPDATE",
        booking.0
    )
    .fetch_optional(connection)
    .await?
    .map(Payment::try_from)
    .transpose()
}

/// The payment of a PaymentIntent, locked. The booking's own row is always locked first.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn lock_by_intent(connection: &mut PgConnection, intent: &str) -> Result<Option<Payment>, PaymentRowError> {
    select_payments!("WHERE stripe_payment_intent_id = $1 FOR NO KEY UPDATE", intent)
        .fetch_optional(connection)
        .await?
        .map(Payment::try_from)
        .transpose()
}

/// A payment, locked. The booking's own row is always locked first.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn lock_payment(connection: &mut PgConnection, id: PaymentId) -> Result<Option<Payment>, PaymentRowError> {
    select_payments!("WHERE id = $1 FOR NO KEY UPDATE", id.0)
        .fetch_optional(connection)
        .await?
        .map(Payment::try_from)
        .transpose()
}

/// The payment of a PaymentIntent, unlocked.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn find_by_intent_row(
    connection: &mut PgConnection,
    intent: &str,
) -> Result<Option<Payment>, PaymentRowError> {
    select_payments!("WHERE stripe_payment_intent_id = $1", intent)
        .fetch_optional(connection)
        .await?
        .map(Payment::try_from)
        .transpose()
}

/// All payments of a booking, locked until the transaction ends: the booking's own first, then the others by age.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn lock_all_of_booking(
    connection: &mut PgConnection,
    booking: BookingId,
) -> Result<Vec<Payment>, PaymentRowError> {
    select_payments!("WHERE booking_id = $1 ORDER BY purpose, created_at FOR NO KEY UPDATE", booking.0)
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(Payment::try_from)
        .collect()
}

/// The payment that a PaymentIntent belongs to, locked; found by the intent, or by the id we put on it when the report is
/// faster than our own note of it.
///
/// # Errors
/// See [`PaymentRowError`].
pub async fn lock_of_intent(
    connection: &mut PgConnection,
    booking: BookingId,
    intent: &str,
    payment: Option<Uuid>,
) -> Result<Option<Payment>, PaymentRowError> {
    select_payments!(
        "WHERE booking_id = $1
           AND (stripe_payment_intent_id = $2 OR (stripe_payment_intent_id IS NULL AND id = $3))
         ORDER BY stripe_payment_intent_id NULLS LAST LIMIT 1 FOR NO KEY UPDATE",
        booking.0,
        intent,
        payment
    )
    .fetch_optional(connection)
    .await?
    .map(Payment::try_from)
    .transpose()
}

/// The booking a PaymentIntent pays for, if the intent is already written down.
///
/// # Errors
/// When the database refuses.
pub async fn find_by_intent(connection: &mut PgConnection, intent: &str) -> Result<Option<BookingId>, sqlx::Error> {
    let booking =
        sqlx::query_scalar!("SELECT booking_id FROM transaction.payments WHERE stripe_payment_intent_id = $1", intent)
            .fetch_optional(connection)
            .await?;
    Ok(booking.map(BookingId))
}

/// Payments with a step that Stripe has not answered, begun before `before`, oldest first (PAY-43).
///
/// # Errors
/// When the database refuses.
pub async fn unfinished(
    connection: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<PaymentId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.payments
         WHERE pending_step IS NOT NULL AND step_started_at <= $1 ORDER BY step_started_at LIMIT $2",
        before.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(PaymentId).collect())
}

/// Money held on a card since before `before` although its booking no longer waits for it (PAY-43).
///
/// # Errors
/// When the database refuses.
pub async fn stranded(
    connection: &mut PgConnection,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<PaymentId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT payment.id FROM transaction.payments payment
         JOIN transaction.bookings booking ON booking.id = payment.booking_id
         WHERE payment.status = 'AUTHORIZED' AND payment.pending_step IS NULL AND payment.authorized_at <= $1
           AND booking.status <> 'PENDING_CONFIRMATION'
         ORDER BY payment.authorized_at LIMIT $2",
        before.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(PaymentId).collect())
}
