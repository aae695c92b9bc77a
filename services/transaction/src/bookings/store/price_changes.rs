//! New prices of instances that wait for their owner, and what a series' customer has been told of them (BOOK-40 to
//! BOOK-43).

use contracts::ids::{BookingId, CourtId, PaymentId, RecurringGroupId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::bookings::domain::commission::Split;

/// A new price that the card has not followed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPriceChange {
    /// Its id.
    pub id: Uuid,
    /// The series.
    pub group: RecurringGroupId,
    /// The hold that was asked for last.
    pub payment: Option<PaymentId>,
    /// Price before.
    pub previous: Cents,
    /// Price after.
    pub amount: Cents,
    /// Until then the customer may give another card; none while the card is being asked.
    pub card_due_at: Option<Timestamp>,
}

/// Instances on a court whose price may still change: pending, in the future, from a date on (BOOK-40).
///
/// # Errors
/// When the database refuses.
pub async fn repriceable(
    connection: &mut PgConnection,
    court: CourtId,
    from: Date,
    now: Timestamp,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE court_id = $1 AND recurring_group_id IS NOT NULL AND status = 'PENDING_CONFIRMATION'
           AND booking_date >= $2 AND lower(period) > $3
         ORDER BY booking_date, id",
        court.0,
        from.to_sqlx(),
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// The open price change of a booking.
///
/// # Errors
/// When the database refuses.
pub async fn open_price_change(
    connection: &mut PgConnection,
    booking: BookingId,
) -> Result<Option<OpenPriceChange>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, recurring_group_id, payment_id, previous_amount_cents, amount_cents, card_due_at
         FROM transaction.booking_price_changes WHERE booking_id = $1 AND status IN ('AUTHORIZING', 'UNPAID')",
        booking.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| OpenPriceChange {
        id: row.id,
        group: RecurringGroupId(row.recurring_group_id),
        payment: row.payment_id.map(PaymentId),
        previous: Cents(row.previous_amount_cents),
        amount: Cents(row.amount_cents),
        card_due_at: row.card_due_at.map(|at| at.to_jiff()),
    }))
}

/// Writes down that a booking is to cost something else, and with which hold that is being tried.
///
/// # Errors
/// When the database refuses.
pub async fn begin_price_change(
    connection: &mut PgConnection,
    change: OpenPriceChange,
    booking: BookingId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.booking_price_changes
             (id, booking_id, recurring_group_id, payment_id, previous_amount_cents, amount_cents, status, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'AUTHORIZING', $7)",
        change.id,
        booking.0,
        change.group.0,
        change.payment.map(|payment| payment.0),
        change.previous.0,
        change.amount.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Another card is being asked for an open price change; its end stays.
///
/// # Errors
/// When the database refuses.
pub async fn retry_price_change(
    connection: &mut PgConnection,
    id: Uuid,
    payment: PaymentId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE transaction.booking_price_changes SET payment_id = $2
         WHERE id = $1 AND status IN ('AUTHORIZING', 'UNPAID')",
        id,
        payment.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Where an open price change goes: `UNPAID` until `card_due_at`, `DONE` or `ABANDONED`. Returns whether it was open and
/// not yet there.
///
/// # Errors
/// When the database refuses.
pub async fn close_price_change(
    connection: &mut PgConnection,
    booking: BookingId,
    status: &str,
    card_due_at: Option<Timestamp>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.booking_price_changes
         SET status = $2, card_due_at = coalesce(card_due_at, $3)
         WHERE booking_id = $1 AND status IN ('AUTHORIZING', 'UNPAID') AND status <> $2",
        booking.0,
        status,
        card_due_at.map(|at| at.to_sqlx()) as _
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a booking its new price. Only one that waits for its owner still may (BOOK-40).
///
/// # Errors
/// When the database refuses.
pub async fn set_money(
    connection: &mut PgConnection,
    booking: BookingId,
    money: Split,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE transaction.bookings
         SET amount_cents = $2, commission_cents = $3, owner_net_cents = $4, version = version + 1, updated_at = $5
         WHERE id = $1 AND status = 'PENDING_CONFIRMATION'",
        booking.0,
        money.gross.0,
        money.commission.0,
        money.net.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Bookings whose customer gave no card for the new price in time.
///
/// # Errors
/// When the database refuses.
pub async fn unpaid_price_changes(
    connection: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT booking_id FROM transaction.booking_price_changes
         WHERE status = 'UNPAID' AND card_due_at <= $1 ORDER BY card_due_at LIMIT $2",
        now.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// Whether a booking's price changed after `since`.
///
/// # Errors
/// When the database refuses.
pub async fn repriced_since(
    connection: &mut PgConnection,
    booking: BookingId,
    since: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM transaction.booking_price_changes
                          WHERE booking_id = $1 AND changed_at > $2 AND status <> 'ABANDONED') AS "changed!""#,
        booking.0,
        since.to_sqlx()
    )
    .fetch_one(connection)
    .await
}

/// A series has something to tell: at once, or an hour after it was told last (BOOK-42).
///
/// # Errors
/// When the database refuses.
pub async fn plan_notice(
    connection: &mut PgConnection,
    group: RecurringGroupId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO transaction.series_price_notices AS notice (recurring_group_id, due_at) VALUES ($1, $2)
         ON CONFLICT (recurring_group_id) DO UPDATE
         SET due_at = coalesce(notice.due_at, greatest($2, notice.told_at + interval '1 hour'))",
        group.0,
        now.to_sqlx()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Series with something to tell by now.
///
/// # Errors
/// When the database refuses.
pub async fn due_notices(
    connection: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<RecurringGroupId>, sqlx::Error> {
    let groups = sqlx::query_scalar!(
        "SELECT recurring_group_id FROM transaction.series_price_notices WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
        now.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(groups.into_iter().map(RecurringGroupId).collect())
}

/// What has gathered for a series since it was told last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceNews {
    /// The instance with the first date; its court and customer are those of all.
    pub first: BookingId,
    /// How many instances.
    pub instances: i64,
    /// Price before the first change.
    pub previous: Cents,
    /// Price after the last one.
    pub amount: Cents,
}

/// Takes what is to be told of a series and notes that it has been. None when another process was faster, or when every
/// instance is over by now.
///
/// # Errors
/// When the database refuses.
pub async fn take_news(
    connection: &mut PgConnection,
    group: RecurringGroupId,
    now: Timestamp,
) -> Result<Option<PriceNews>, sqlx::Error> {
    let taken = sqlx::query!(
        "UPDATE transaction.series_price_notices SET told_at = $2, due_at = NULL
         WHERE recurring_group_id = $1 AND due_at <= $2",
        group.0,
        now.to_sqlx()
    )
    .execute(&mut *connection)
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(None);
    }
    let row = sqlx::query!(
        r#"WITH news AS (
             UPDATE transaction.booking_price_changes SET told_at = $2
             WHERE recurring_group_id = $1 AND told_at IS NULL
             RETURNING id, booking_id, previous_amount_cents, amount_cents, status, changed_at
         )
         SELECT (array_agg(booking.id ORDER BY booking.booking_date))[1] AS "first!",
                count(DISTINCT booking.id) AS "instances!",
                (array_agg(news.previous_amount_cents ORDER BY news.changed_at, news.id))[1] AS "previous!",
                (array_agg(news.amount_cents ORDER BY news.changed_at DESC, news.id DESC))[1] AS "amount!"
         FROM news JOIN transaction.bookings booking ON booking.id = news.booking_id
         WHERE news.status <> 'ABANDONED' AND booking.status = 'PENDING_CONFIRMATION'
         HAVING count(*) > 0"#,
        group.0,
        now.to_sqlx()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| PriceNews {
        first: BookingId(row.first),
        instances: row.instances,
        previous: Cents(row.previous),
        amount: Cents(row.amount),
    }))
}
