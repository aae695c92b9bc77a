//! SQL of receipts. Decides nothing.

use contracts::ids::{BookingId, PaymentId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::domain::Receipt;

/// Keeps a receipt, once per payment. Returns whether it is new.
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut PgConnection, receipt: &Receipt) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query_scalar!(
        r#"WITH kept AS (
             INSERT INTO transaction.receipts (payment_id, booking_id, number, document, issued_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (payment_id) DO NOTHING
             RETURNING payment_id
         ), marked AS (
             UPDATE transaction.payments SET receipt_issued = true WHERE id = $1 AND NOT receipt_issued
         )
         SELECT count(*) AS "count!" FROM kept"#,
        receipt.payment_id.0,
        receipt.booking_id.0,
        receipt.number,
        Json(receipt) as _,
        receipt.issued_at.to_sqlx()
    )
    .fetch_one(connection)
    .await?;
    Ok(kept == 1)
}

/// The newest receipt of a booking.
///
/// # Errors
/// When the database refuses.
pub async fn of_booking(connection: &mut PgConnection, booking: BookingId) -> Result<Option<Receipt>, sqlx::Error> {
    let document = sqlx::query_scalar!(
        r#"SELECT document AS "document: Json<Receipt>" FROM transaction.receipts
           WHERE booking_id = $1 ORDER BY issued_at DESC, payment_id DESC LIMIT 1"#,
        booking.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(document.map(|document| document.0))
}

/// Payments of bookings that stood, collected since `since` and without a receipt, oldest first. What was collected for no
/// booking goes back and gets none.
///
/// # Errors
/// When the database refuses.
pub async fn without_receipt(
    connection: &mut PgConnection,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<PaymentId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT payment.id FROM transaction.payments payment
         JOIN transaction.bookings booking ON booking.id = payment.booking_id
         WHERE payment.captured_at >= $1 AND NOT payment.receipt_issued
           AND booking.status IN ('CONFIRMED', 'COMPLETED', 'CANCELLED')
         ORDER BY payment.captured_at LIMIT $2",
        since.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(PaymentId).collect())
}

/// What a card is shown as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownCard {
    /// `visa`, `mastercard` ...
    pub brand: Option<String>,
    /// Last four digits.
    pub last4: Option<String>,
}

/// The card of a payment.
///
/// # Errors
/// When the database refuses.
pub async fn card_of(connection: &mut PgConnection, payment: PaymentId) -> Result<ShownCard, sqlx::Error> {
    let row = sqlx::query!("SELECT card_brand, card_last4 FROM transaction.payments WHERE id = $1", payment.0)
        .fetch_optional(connection)
        .await?;
    Ok(row.map_or_else(ShownCard::default, |row| ShownCard { brand: row.card_brand, last4: row.card_last4 }))
}
