//! What the rest of the world hears of changed openings (COURT-31).

use contracts::court::{DayOfWeek, TimeOfDay};
use contracts::events::{AvailabilityChange, AvailabilityUpdated, BlockedTime, DateRange};
use contracts::ids::BookingId;
use jiff::civil::Date;
use kit::Env;
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::domain::Window;
use super::store::StoredOverride;
use crate::courts::domain::Court;
use crate::outbox;

/// What customers are told when the owner gives no reason: the wire has one text for both languages.
const NOT_AVAILABLE: &str = "Το γήπεδο δεν θα είναι διαθέσιμο. / The court will not be available.";
/// The same for bookings outside of new opening hours.
const NEW_HOURS: &str = "Οι ώρες λειτουργίας άλλαξαν. / The opening hours have changed.";

/// Bookings that the owner gives up with a change, and what their customers are told (COURT-30).
#[derive(Debug, Default)]
struct Cancelled {
    bookings: Option<Vec<BookingId>>,
    reason: Option<String>,
}

impl Cancelled {
    fn because(bookings: Vec<BookingId>, reason: &str) -> Self {
        if bookings.is_empty() {
            return Self::default();
        }
        Self { bookings: Some(bookings), reason: Some(reason.to_owned()) }
    }
}

/// Appends `RECURRING_WINDOWS_UPDATED`: any future date may look different (EVT-19).
pub async fn append_windows_updated(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    cancelled: Vec<BookingId>,
) -> anyhow::Result<()> {
    let change = AvailabilityChange::RecurringWindowsUpdated;
    append(connection, env, court, change, None, None, Cancelled::because(cancelled, NEW_HOURS)).await
}

/// Tells that sessions of another length cut the windows anew, which looks to everyone like other windows.
pub async fn announce_new_grid(connection: &mut PgConnection, env: &Env, court: &Court) -> anyhow::Result<()> {
    append_windows_updated(connection, env, court, Vec::new()).await
}

/// Appends `OVERRIDE_CREATED`.
pub async fn append_override_created(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    created: &StoredOverride,
    cancelled: Vec<BookingId>,
) -> anyhow::Result<()> {
    let (start, end) = created.block.time.times();
    let blocked = BlockedTime {
        override_id: created.id,
        date: created.date,
        start_time: start.map(TimeOfDay::from_time),
        end_time: end.map(TimeOfDay::from_time),
        reason: created.block.reason.clone(),
    };
    let reason = if created.block.reason.is_empty() { NOT_AVAILABLE } else { &created.block.reason };
    let cancelled = Cancelled::because(cancelled, reason);
    let change = AvailabilityChange::OverrideCreated;
    append(connection, env, court, change, Some(created.date), Some(blocked), cancelled).await
}

/// Appends `OVERRIDE_DELETED`.
pub async fn append_override_deleted(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    date: Date,
) -> anyhow::Result<()> {
    let nothing = Cancelled::default();
    append(connection, env, court, AvailabilityChange::OverrideDeleted, Some(date), None, nothing).await
}

async fn append(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    change_type: AvailabilityChange,
    date: Option<Date>,
    blocked: Option<BlockedTime>,
    cancelled: Cancelled,
) -> anyhow::Result<()> {
    let event = AvailabilityUpdated {
        court_id: court.id,
        court_owner_id: court.owner_id,
        change_type,
        affected_date_range: date.map(|date| DateRange { from: date, to: date }),
        blocked,
        cancel_booking_ids: cancelled.bookings,
        cancellation_reason: cancelled.reason,
        customers_told: None,
    };
    outbox::append(env, connection, event, env.clock.now()).await
}

/// Weekly windows as the audit log keeps them.
pub fn windows_snapshot(windows: &[Window]) -> Value {
    let windows: Vec<_> = windows
        .iter()
        .map(|window| {
            json!({
                "dayOfWeek": DayOfWeek::from(window.weekday),
                "startTime": TimeOfDay::from_time(window.start),
                "endTime": TimeOfDay::from_time(window.end),
            })
        })
        .collect();
    json!({ "windows": windows })
}

/// A block as the audit log keeps it.
pub fn override_snapshot(stored: &StoredOverride) -> Value {
    let (start, end) = stored.block.time.times();
    json!({
        "overrideId": stored.id,
        "date": stored.date,
        "startTime": start.map(TimeOfDay::from_time),
        "endTime": end.map(TimeOfDay::from_time),
        "reason": stored.block.reason,
        "source": stored.source,
        "holidayTemplateId": stored.holiday_template_id,
    })
}
