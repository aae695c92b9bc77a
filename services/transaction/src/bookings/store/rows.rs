//! Booking rows into [`Booking`]s. Text that no enum knows is a fault of the data, never a panic.

use contracts::court::{ConfirmationMode, CourtType, TimeOfDay};
use contracts::ids::{BookingId, CourtId, RecurringGroupId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use thiserror::Error;
use uuid::Uuid;

use crate::bookings::domain::booking::{BookedCourt, Booker, Booking, ExternalMethod, ExternalPayment, Guest, Marks};
use crate::bookings::domain::commission::Split;
use crate::bookings::domain::slot::Slot;
use crate::bookings::domain::state::{Party, Release, State, Status};

/// Why a row could not be had.
#[derive(Debug, Error)]
pub enum RowError {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The row says something this program does not know.
    #[error("booking {booking_id} is inconsistent: {what}")]
    Inconsistent {
        /// Which row.
        booking_id: Uuid,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// A row of `transaction.bookings`, column by column.
#[derive(Debug, Clone)]
pub struct BookingRow {
    pub id: Uuid,
    pub court_id: Uuid,
    pub owner_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub status: String,
    pub booking_date: jiff_sqlx::Date,
    pub start_time: jiff_sqlx::Time,
    pub end_time: jiff_sqlx::Time,
    pub duration_minutes: i32,
    pub timezone: String,
    pub starts_at: jiff_sqlx::Timestamp,
    pub ends_at: jiff_sqlx::Timestamp,
    pub court_name_el: String,
    pub court_name_en: Option<String>,
    pub court_type: String,
    pub confirmation_mode: String,
    pub number_of_people: Option<i32>,
    pub amount_cents: i64,
    pub commission_cents: i64,
    pub owner_net_cents: i64,
    pub discount_cents: i64,
    pub promo_code: Option<String>,
    pub currency: String,
    pub guest_name: Option<String>,
    pub guest_phone: Option<String>,
    pub guest_email: Option<String>,
    pub notes: Option<String>,
    pub hold_expires_at: Option<jiff_sqlx::Timestamp>,
    pub confirmation_deadline: Option<jiff_sqlx::Timestamp>,
    pub cancelled_by: Option<String>,
    pub reason: Option<String>,
    pub completed_at: Option<jiff_sqlx::Timestamp>,
    pub trace_id: String,
    pub version: i64,
    pub created_at: jiff_sqlx::Timestamp,
    pub updated_at: jiff_sqlx::Timestamp,
    pub peak: bool,
    pub recurring_group_id: Option<Uuid>,
    pub moves_booking_id: Option<Uuid>,
    pub no_show_at: Option<jiff_sqlx::Timestamp>,
    pub external_payment_method: Option<String>,
    pub external_payment_notes: Option<String>,
    pub externally_paid_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<BookingRow> for Booking {
    type Error = RowError;

    fn try_from(row: BookingRow) -> Result<Self, RowError> {
        let booking_id = row.id;
        let broken = |what| RowError::Inconsistent { booking_id, what };
        let state = state(&row)?;
        let external_payment = match (row.external_payment_method.as_deref(), row.externally_paid_at) {
            (Some(method), Some(paid_at)) => Some(ExternalPayment {
                method: ExternalMethod::parse(method).ok_or_else(|| broken("external payment"))?,
                notes: row.external_payment_notes,
                paid_at: paid_at.to_jiff(),
            }),
            _ => None,
        };
        Ok(Self {
            id: BookingId(row.id),
            court: BookedCourt {
                id: CourtId(row.court_id),
                owner_id: UserId(row.owner_id),
                name_el: row.court_name_el,
                name_en: row.court_name_en,
                court_type: row.court_type.parse::<CourtType>().map_err(|_| broken("court type"))?,
                mode: row.confirmation_mode.parse::<ConfirmationMode>().map_err(|_| broken("mode"))?,
            },
            booker: match row.customer_id {
                Some(customer) => Booker::Customer(UserId(customer)),
                None => Booker::Guest(Guest {
                    name: row.guest_name,
                    phone: row.guest_phone,
                    email: row.guest_email,
                    notes: row.notes,
                }),
            },
            slot: Slot {
                date: row.booking_date.to_jiff(),
                start: TimeOfDay::from_time(row.start_time.to_jiff()),
                end: TimeOfDay::from_time(row.end_time.to_jiff()),
                duration_minutes: row.duration_minutes,
                timezone: row.timezone,
                starts_at: row.starts_at.to_jiff(),
                ends_at: row.ends_at.to_jiff(),
            },
            people: row.number_of_people,
            money: Split {
                gross: Cents(row.amount_cents),
                commission: Cents(row.commission_cents),
                net: Cents(row.owner_net_cents),
            },
            discount_cents: row.discount_cents,
            promo_code: row.promo_code,
            currency: row.currency,
            peak: row.peak,
            group: row.recurring_group_id.map(RecurringGroupId),
            moves: row.moves_booking_id.map(BookingId),
            marks: Marks { no_show_at: row.no_show_at.map(|at| at.to_jiff()), external_payment },
            state,
            trace_id: row.trace_id,
            version: row.version,
            created_at: row.created_at.to_jiff(),
            updated_at: row.updated_at.to_jiff(),
        })
    }
}

fn state(row: &BookingRow) -> Result<State, RowError> {
    let broken = |what| RowError::Inconsistent { booking_id: row.id, what };
    let reason = || row.reason.clone().ok_or_else(|| broken("no reason"));
    Ok(match Status::parse(&row.status).ok_or_else(|| broken("status"))? {
        Status::PendingPayment => {
            State::Held { expires_at: row.hold_expires_at.ok_or_else(|| broken("a hold without end"))?.to_jiff() }
        }
        Status::PendingConfirmation => State::PendingConfirmation {
            deadline: row.confirmation_deadline.ok_or_else(|| broken("no deadline"))?.to_jiff(),
        },
        Status::Confirmed => State::Confirmed,
        Status::Completed => {
            State::Completed { at: row.completed_at.ok_or_else(|| broken("completed without time"))?.to_jiff() }
        }
        Status::Cancelled => State::Cancelled {
            by: row
                .cancelled_by
                .as_deref()
                .and_then(|by| by.parse::<Party>().ok())
                .ok_or_else(|| broken("canceller"))?,
            reason: reason()?,
        },
        Status::Rejected => State::Rejected { reason: reason()? },
        Status::Dropped => {
            State::Dropped { release: row.reason.as_deref().and_then(Release::parse).ok_or_else(|| broken("release"))? }
        }
    })
}

/// One booking, unlocked.
///
/// # Errors
/// See [`RowError`].
pub async fn find(connection: &mut PgConnection, id: BookingId) -> Result<Option<Booking>, RowError> {
    sqlx::query_as!(
        BookingRow,
        r#"SELECT id, court_id, owner_id, customer_id, status, booking_date, start_time, end_time, duration_minutes,
                  timezone, lower(period) AS "starts_at!", upper(period) AS "ends_at!", court_name_el, court_name_en,
                  court_type, confirmation_mode, number_of_people, amount_cents, commission_cents, owner_net_cents,
                  discount_cents, promo_code, currency, guest_name, guest_phone, guest_email, notes, hold_expires_at,
                  confirmation_deadline, cancelled_by, reason, completed_at, trace_id, version, created_at, updated_at,
                  peak, recurring_group_id, moves_booking_id, no_show_at, external_payment_method,
                  external_payment_notes, externally_paid_at
           FROM transaction.bookings WHERE id = $1"#,
        id.0
    )
    .fetch_optional(connection)
    .await?
    .map(Booking::try_from)
    .transpose()
}

/// One booking, locked until the transaction ends: confirm, reject, cancel and timeout queue here (BOOK-31).
///
/// # Errors
/// See [`RowError`].
pub async fn lock(connection: &mut PgConnection, id: BookingId) -> Result<Option<Booking>, RowError> {
    sqlx::query_as!(
        BookingRow,
        r#"SELECT id, court_id, owner_id, customer_id, status, booking_date, start_time, end_time, duration_minutes,
                  timezone, lower(period) AS "starts_at!", upper(period) AS "ends_at!", court_name_el, court_name_en,
                  court_type, confirmation_mode, number_of_people, amount_cents, commission_cents, owner_net_cents,
                  discount_cents, promo_code, currency, guest_name, guest_phone, guest_email, notes, hold_expires_at,
                  confirmation_deadline, cancelled_by, reason, completed_at, trace_id, version, created_at, updated_at,
                  peak, recurring_group_id, moves_booking_id, no_show_at, external_payment_method,
                  external_payment_notes, externally_paid_at
           FROM transaction.bookings WHERE id = $1 FOR NO KEY UPDATE"#,
        id.0
    )
    .fetch_optional(connection)
    .await?
    .map(Booking::try_from)
    .transpose()
}

/// Holds whose time is over, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn expired_holds(
    connection: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE status = 'PENDING_PAYMENT' AND hold_expires_at <= $1 ORDER BY hold_expires_at LIMIT $2",
        now.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// Expired holds that still stand in the way of a slot (LIVE-09).
///
/// # Errors
/// When the database refuses.
pub async fn expired_holds_at(
    connection: &mut PgConnection,
    court: CourtId,
    slot: &Slot,
    now: Timestamp,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE court_id = $1 AND period && tstzrange($2, $3) AND status = 'PENDING_PAYMENT' AND hold_expires_at <= $4
         ORDER BY id",
        court.0,
        slot.starts_at.to_sqlx(),
        slot.ends_at.to_sqlx(),
        now.to_sqlx()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// What occupies a slot, for an owner who is told the booking in the way (BOOK-45).
///
/// # Errors
/// When the database refuses.
pub async fn occupant(
    connection: &mut PgConnection,
    court: CourtId,
    slot: &Slot,
) -> Result<Option<BookingId>, sqlx::Error> {
    let id = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE court_id = $1 AND period && tstzrange($2, $3)
           AND status IN ('PENDING_PAYMENT', 'PENDING_CONFIRMATION', 'CONFIRMED', 'COMPLETED')
         ORDER BY lower(period) LIMIT 1",
        court.0,
        slot.starts_at.to_sqlx(),
        slot.ends_at.to_sqlx()
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(BookingId))
}

/// Pending bookings whose owner did not answer in time (BOOK-30). Those being captured right now are left alone.
///
/// # Errors
/// When the database refuses.
pub async fn due_confirmations(
    connection: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT booking.id FROM transaction.bookings booking
         WHERE booking.status = 'PENDING_CONFIRMATION' AND booking.confirmation_deadline <= $1
           AND NOT EXISTS (SELECT FROM transaction.payments payment
                           WHERE payment.booking_id = booking.id AND payment.pending_step = 'CAPTURE')
         ORDER BY booking.confirmation_deadline LIMIT $2",
        now.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// Confirmed bookings whose end has passed (BOOK-24).
///
/// # Errors
/// When the database refuses.
pub async fn ended_bookings(
    connection: &mut PgConnection,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<BookingId>, sqlx::Error> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM transaction.bookings
         WHERE status = 'CONFIRMED' AND upper(period) <= $1 ORDER BY upper(period) LIMIT $2",
        now.to_sqlx(),
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}
