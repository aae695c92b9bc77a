//! SQL of the ledger. Captures and refunds are posted by the statements that make them, in `payments::store` and
//! `bookings::store`; what a dispute moves is posted from here.

use contracts::ids::{BookingId, PaymentId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Account, Balances, Facts};

/// A movement to be written down.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// Of which payment.
    pub payment: PaymentId,
    /// For which booking.
    pub booking: BookingId,
    /// Which step, e.g. `DISPUTE_OPENED`.
    pub step: &'a str,
    /// The refund or dispute.
    pub cause: Uuid,
    /// Out of this account.
    pub debit: Account,
    /// Into this one.
    pub credit: Account,
    /// How much; nothing is not written.
    pub amount: Cents,
    /// When.
    pub now: Timestamp,
}

/// Writes a movement, once per step and cause.
///
/// # Errors
/// When the database refuses.
pub async fn post(connection: &mut PgConnection, posting: Posting<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.ledger (payment_id, booking_id, step, cause, debit, credit, amount_cents, occurred_at)
         SELECT $1, $2, $3, $4, $5, $6, $7::bigint, $8 WHERE $7::bigint > 0
         ON CONFLICT ON CONSTRAINT ledger_step_once DO NOTHING",
        posting.payment.0,
        posting.booking.0,
        posting.step,
        posting.cause,
        posting.debit.as_str(),
        posting.credit.as_str(),
        posting.amount.0,
        posting.now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A payment beside its balances in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    /// Which payment.
    pub payment: PaymentId,
    /// For which booking.
    pub booking: BookingId,
    /// What its rows say.
    pub facts: Facts,
    /// What the ledger says.
    pub balances: Balances,
}

/// A page of payments that were begun before `until` and have changed since `since`, with what their rows and the ledger
/// say, in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub async fn booked(
    connection: &mut PgConnection,
    since: Timestamp,
    until: Timestamp,
    after: Option<PaymentId>,
    limit: i64,
) -> Result<Vec<Booked>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT payment.id, payment.booking_id, payment.captured_at IS NOT NULL AS "captured!", payment.amount_cents,
                  payment.commission_cents, payment.owner_net_cents,
                  refunds.of_owner AS "of_owner!", refunds.of_nothing AS "of_nothing!", refunds.sent AS "sent!",
                  refunds.covered AS "covered!",
                  disputes.disputed AS "disputed!", disputes.lost AS "lost!", disputes.of_owner AS "dispute_of_owner!",
                  books.stripe AS "stripe!", books.customer AS "customer!", books.owner AS "owner!",
                  books.commission AS "commission!", books.refund AS "refund!", books.dispute AS "dispute!"
           FROM transaction.payments payment
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(amount_cents) FILTER (WHERE NOT returns_fee), 0)::bigint AS of_owner,
                      coalesce(sum(amount_cents) FILTER (WHERE returns_fee), 0)::bigint AS of_nothing,
                      coalesce(sum(amount_cents) FILTER (WHERE status IN ('PROCESSING', 'COMPLETED')
                          AND covered_by IS NULL), 0)::bigint AS sent,
                      coalesce(sum(amount_cents) FILTER (WHERE covered_by IS NOT NULL), 0)::bigint AS covered
               FROM transaction.refunds WHERE payment_id = payment.id
           ) refunds
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(amount_cents) FILTER (WHERE withdrawn AND status <> 'WON'), 0)::bigint AS disputed,
                      coalesce(sum(amount_cents) FILTER (WHERE withdrawn AND status = 'LOST'), 0)::bigint AS lost,
                      coalesce(sum(owner_share_cents) FILTER (WHERE withdrawn AND status = 'LOST'), 0)::bigint AS of_owner
               FROM transaction.disputes WHERE payment_id = payment.id
           ) disputes
           CROSS JOIN LATERAL (
               SELECT coalesce(sum(cents) FILTER (WHERE account = 'STRIPE'), 0)::bigint AS stripe,
                      coalesce(sum(cents) FILTER (WHERE account = 'CUSTOMER'), 0)::bigint AS customer,
                      coalesce(sum(cents) FILTER (WHERE account = 'OWNER'), 0)::bigint AS owner,
                      coalesce(sum(cents) FILTER (WHERE account = 'COMMISSION'), 0)::bigint AS commission,
                      coalesce(sum(cents) FILTER (WHERE account = 'REFUND'), 0)::bigint AS refund,
                      coalesce(sum(cents) FILTER (WHERE account = 'DISPUTE'), 0)::bigint AS dispute
               FROM transaction.ledger entry
               CROSS JOIN LATERAL (VALUES (entry.debit, -entry.amount_cents), (entry.credit, entry.amount_cents))
                   AS side (account, cents)
               WHERE entry.payment_id = payment.id
           ) books
           WHERE payment.updated_at >= $1 AND payment.created_at < $2 AND ($3::uuid IS NULL OR payment.id > $3)
           ORDER BY payment.id LIMIT $4"#,
        since.to_sqlx() as _,
        until.to_sqlx() as _,
        after.map(|payment| payment.0),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Booked {
            payment: PaymentId(row.id),
            booking: BookingId(row.booking_id),
            facts: Facts {
                captured: row.captured,
                gross: Cents(row.amount_cents),
                commission: Cents(row.commission_cents),
                net: Cents(row.owner_net_cents),
                refunds_of_owner: Cents(row.of_owner),
                refunds_of_nothing: Cents(row.of_nothing),
                refunds_sent: Cents(row.sent),
                refunds_covered: Cents(row.covered),
                disputed: Cents(row.disputed),
                dispute_lost: Cents(row.lost),
                dispute_of_owner: Cents(row.dispute_of_owner),
            },
            balances: Balances {
                stripe_cents: row.stripe,
                customer_cents: row.customer,
                owner_cents: row.owner,
                commission_cents: row.commission,
                refund_cents: row.refund,
                dispute_cents: row.dispute,
            },
        })
        .collect())
}
