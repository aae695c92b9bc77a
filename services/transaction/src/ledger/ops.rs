//! Holding the ledger against the rows it was written with.

use contracts::ids::{BookingId, PaymentId};
use jiff::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;

use super::domain::{Balances, expected};
use super::store;

/// How many payments are read at a time.
const PAGE: i64 = 500;

/// A payment whose books do not say what its rows say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Which payment.
    #[serde(skip)]
    pub payment: PaymentId,
    /// For which booking.
    #[serde(skip)]
    pub booking: BookingId,
    /// What the rows of payment, refunds and disputes lead to.
    pub by_rows: Balances,
    /// What the ledger says.
    pub by_ledger: Balances,
}

/// What an audit of the books came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audited {
    /// How many payments were looked at.
    pub payments: usize,
    /// The ledger's balances added up; they sum to nothing.
    pub total: Balances,
    /// What does not fit.
    pub differences: Vec<Difference>,
}

/// Holds the ledger of all payments that changed within a time against their rows (PAY-45).
///
/// # Errors
/// When the database refuses.
pub async fn audit_books(
    connection: &mut PgConnection,
    since: Timestamp,
    until: Timestamp,
) -> Result<Audited, sqlx::Error> {
    let mut audited = Audited::default();
    let mut after = None;
    loop {
        let page = store::booked(connection, since, until, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(audited) };
        after = Some(last.payment);
        for booked in page {
            audited.payments += 1;
            audited.total = added(audited.total, booked.balances);
            let by_rows = expected(&booked.facts);
            if by_rows != booked.balances || booked.balances.sum() != 0 {
                let (payment, booking, by_ledger) = (booked.payment, booked.booking, booked.balances);
                audited.differences.push(Difference { payment, booking, by_rows, by_ledger });
            }
        }
    }
}

const fn added(one: Balances, other: Balances) -> Balances {
    Balances {
        stripe_cents: one.stripe_cents + other.stripe_cents,
        customer_cents: one.customer_cents + other.customer_cents,
        owner_cents: one.owner_cents + other.owner_cents,
        commission_cents: one.commission_cents + other.commission_cents,
        refund_cents: one.refund_cents + other.refund_cents,
        dispute_cents: one.dispute_cents + other.dispute_cents,
    }
}
