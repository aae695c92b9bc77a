//! Lists and what belongs to one booking: history, payment timeline, audit trail. Every list names whose it is.

use contracts::booking::{BookingStatus, PaymentStatus};
use contracts::court::CourtType;
use contracts::ids::{BookingId, CourtId, RecurringGroupId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::rows::{BookingRow, RowError};
use crate::bookings::domain::booking::Booking;

/// Whose bookings are read. There is no list of everybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The customer's own, holds included.
    Customer(UserId),
    /// Those on the owner's courts, without holds: until they are paid they are nobody else's business.
    Owner(UserId),
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct BookingFilter {
    /// Only these states.
    pub statuses: Option<Vec<BookingStatus>>,
    /// Only this court.
    pub court: Option<CourtId>,
    /// Only this sport.
    pub court_type: Option<CourtType>,
    /// From this court-local date on.
    pub from: Option<Date>,
    /// Up to this court-local date.
    pub to: Option<Date>,
    /// Only those whose money was collected, or only the others.
    pub paid: Option<bool>,
    /// Only instances of this series.
    pub group: Option<RecurringGroupId>,
    /// Earliest first instead of latest first.
    pub ascending: bool,
}

/// A booking in a list, with what its payment says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBooking {
    /// The booking.
    pub booking: Booking,
    /// Where its payment stands; none for manual bookings.
    pub payment_status: Option<PaymentStatus>,
    /// Only while the customer has to finish 3-D Secure.
    pub client_secret: Option<String>,
}

/// The shared conditions of a list and its count, as the parameters both statements take.
struct Conditions {
    customer: Option<Uuid>,
    owner: Option<Uuid>,
    statuses: Option<Vec<String>>,
}

impl Conditions {
    fn new(reader: Reader, filter: &BookingFilter) -> Self {
        let (customer, owner) = match reader {
            Reader::Customer(customer) => (Some(customer.0), None),
            Reader::Owner(owner) => (None, Some(owner.0)),
        };
        let statuses =
            filter.statuses.as_ref().map(|statuses| statuses.iter().map(|status| status.as_str().to_owned()).collect());
        Self { customer, owner, statuses }
    }
}

/// One page of a list.
///
/// # Errors
/// See [`RowError`].
pub async fn list(
    connection: &mut PgConnection,
    reader: Reader,
    filter: &BookingFilter,
    now: Timestamp,
    offset: i64,
    limit: i64,
) -> Result<Vec<ListedBooking>, RowError> {
    let conditions = Conditions::new(reader, filter);
    let rows = sqlx::query_as!(
        BookingRow,
        r#"SELECT id, court_id, owner_id, customer_id, status, booking_date, start_time, end_time, duration_minutes,
                  timezone, lower(period) AS "starts_at!", upper(period) AS "ends_at!", court_name_el, court_name_en,
                  court_type, confirmation_mode, number_of_people, amount_cents, commission_cents, owner_net_cents,
                  discount_cents, promo_code, currency, guest_name, guest_phone, guest_email, notes, hold_expires_at,
                  confirmation_deadline, cancelled_by, reason, completed_at, trace_id, version, created_at, updated_at,
                  peak, recurring_group_id, moves_booking_id, no_show_at, external_payment_method,
                  external_payment_notes, externally_paid_at
           FROM transaction.bookings booking
           WHERE status <> 'DROPPED' AND moves_booking_id IS NULL
             AND (status <> 'PENDING_PAYMENT' OR (customer_id = $1 AND hold_expires_at > $9))
             AND ($1::uuid IS NULL OR customer_id = $1) AND ($2::uuid IS NULL OR owner_id = $2)
             AND ($3::text[] IS NULL OR status = ANY($3)) AND ($4::uuid IS NULL OR court_id = $4)
             AND ($5::text IS NULL OR court_type = $5)
             AND ($6::date IS NULL OR booking_date >= $6) AND ($7::date IS NULL OR booking_date <= $7)
             AND ($8::boolean IS NULL OR $8 = (externally_paid_at IS NOT NULL
                  OR EXISTS (SELECT FROM transaction.payments payment
                             WHERE payment.booking_id = booking.id AND payment.captured_at IS NOT NULL)))
             AND ($13::uuid IS NULL OR recurring_group_id = $13)
           ORDER BY CASE WHEN $10 THEN booking_date END, CASE WHEN $10 THEN start_time END,
                    booking_date DESC, start_time DESC, id
           OFFSET $11 LIMIT $12"#,
        conditions.customer,
        conditions.owner,
        conditions.statuses.as_deref(),
        filter.court.map(|court| court.0),
        filter.court_type.map(|court_type| court_type.as_str().to_owned()),
        filter.from.map(|date| date.to_sqlx()) as _,
        filter.to.map(|date| date.to_sqlx()) as _,
        filter.paid,
        now.to_sqlx(),
        filter.ascending,
        offset,
        limit,
        filter.group.map(|group| group.0)
    )
    .fetch_all(&mut *connection)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let payments = sqlx::query!(
        "SELECT booking_id, status, client_secret FROM transaction.payments
         WHERE booking_id = ANY($1) AND purpose = 'BOOKING'",
        &ids
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let payment = payments.iter().find(|payment| payment.booking_id == row.id);
            Ok(ListedBooking {
                payment_status: payment.and_then(|payment| payment.status.parse().ok()),
                client_secret: payment.and_then(|payment| payment.client_secret.clone()),
                booking: Booking::try_from(row)?,
            })
        })
        .collect()
}

/// How long a list is in all.
///
/// # Errors
/// When the database refuses.
pub async fn count(
    connection: &mut PgConnection,
    reader: Reader,
    filter: &BookingFilter,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    let conditions = Conditions::new(reader, filter);
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM transaction.bookings booking
           WHERE status <> 'DROPPED' AND moves_booking_id IS NULL
             AND (status <> 'PENDING_PAYMENT' OR (customer_id = $1 AND hold_expires_at > $9))
             AND ($1::uuid IS NULL OR customer_id = $1) AND ($2::uuid IS NULL OR owner_id = $2)
             AND ($3::text[] IS NULL OR status = ANY($3)) AND ($4::uuid IS NULL OR court_id = $4)
             AND ($5::text IS NULL OR court_type = $5)
             AND ($6::date IS NULL OR booking_date >= $6) AND ($7::date IS NULL OR booking_date <= $7)
             AND ($8::boolean IS NULL OR $8 = (externally_paid_at IS NOT NULL
                  OR EXISTS (SELECT FROM transaction.payments payment
                             WHERE payment.booking_id = booking.id AND payment.captured_at IS NOT NULL)))
             AND ($10::uuid IS NULL OR recurring_group_id = $10)"#,
        conditions.customer,
        conditions.owner,
        conditions.statuses.as_deref(),
        filter.court.map(|court| court.0),
        filter.court_type.map(|court_type| court_type.as_str().to_owned()),
        filter.from.map(|date| date.to_sqlx()) as _,
        filter.to.map(|date| date.to_sqlx()) as _,
        filter.paid,
        now.to_sqlx(),
        filter.group.map(|group| group.0)
    )
    .fetch_one(connection)
    .await
}

/// One state a booking has been in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The state.
    pub status: String,
    /// Since when.
    pub changed_at: Timestamp,
    /// `CUSTOMER`, `COURT_OWNER` or `SYSTEM`.
    pub changed_by: String,
    /// Why, where somebody said so.
    pub reason: Option<String>,
}

/// The states a booking has been in, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn history(connection: &mut PgConnection, booking: BookingId) -> Result<Vec<HistoryEntry>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT status, changed_at, changed_by, reason FROM transaction.booking_status_history
         WHERE booking_id = $1 ORDER BY id",
        booking.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| HistoryEntry {
            status: row.status,
            changed_at: row.changed_at.to_jiff(),
            changed_by: row.changed_by,
            reason: row.reason,
        })
        .collect())
}

/// One thing that happened to a payment, or was done to a booking.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEntry {
    /// What.
    pub event: String,
    /// When.
    pub at: Timestamp,
    /// By which role, where that is kept.
    pub by: Option<String>,
    /// More about it.
    pub details: Option<Value>,
}

/// What happened to the payments of a booking, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn timeline(connection: &mut PgConnection, booking: BookingId) -> Result<Vec<TimelineEntry>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT entry.event, entry.occurred_at, entry.details FROM transaction.payment_timeline entry
         JOIN transaction.payments payment ON payment.id = entry.payment_id
         WHERE payment.booking_id = $1 ORDER BY entry.id",
        booking.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TimelineEntry { event: row.event, at: row.occurred_at.to_jiff(), by: None, details: row.details })
        .collect())
}

/// What was done to a booking, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn audit_trail(connection: &mut PgConnection, booking: BookingId) -> Result<Vec<TimelineEntry>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT action, occurred_at, actor_role, state_after FROM transaction.audit_log
         WHERE booking_id = $1 ORDER BY id",
        booking.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TimelineEntry {
            event: row.action,
            at: row.occurred_at.to_jiff(),
            by: Some(row.actor_role),
            details: row.state_after,
        })
        .collect())
}
