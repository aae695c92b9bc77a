//! What the rest of the world hears of changed openings (COURT-31).

use contracts::court::TimeOfDay;
use contracts::events::{AvailabilityChange, AvailabilityUpdated, BlockedTime, DateRange};
use jiff::civil::Date;
use kit::Env;
use sqlx::PgConnection;

use super::store::StoredOverride;
use crate::courts::domain::Court;
use crate::outbox;

/// Appends `RECURRING_WINDOWS_UPDATED`: any future date may look different (EVT-19).
pub async fn append_windows_updated(connection: &mut PgConnection, env: &Env, court: &Court) -> anyhow::Result<()> {
    append(connection, env, court, AvailabilityChange::RecurringWindowsUpdated, None, None).await
}

/// Tells that sessions of another length cut the windows anew, which looks to everyone like other windows.
pub async fn announce_new_grid(connection: &mut PgConnection, env: &Env, court: &Court) -> anyhow::Result<()> {
    append_windows_updated(connection, env, court).await
}

/// Appends `OVERRIDE_CREATED`.
pub async fn append_override_created(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    created: &StoredOverride,
) -> anyhow::Result<()> {
    let (start, end) = created.block.time.times();
    let blocked = BlockedTime {
        override_id: created.id,
        date: created.date,
        start_time: start.map(TimeOfDay::from_time),
        end_time: end.map(TimeOfDay::from_time),
        reason: created.block.reason.clone(),
    };
    append(connection, env, court, AvailabilityChange::OverrideCreated, Some(created.date), Some(blocked)).await
}

/// Appends `OVERRIDE_DELETED`.
pub async fn append_override_deleted(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    date: Date,
) -> anyhow::Result<()> {
    append(connection, env, court, AvailabilityChange::OverrideDeleted, Some(date), None).await
}

async fn append(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    change_type: AvailabilityChange,
    date: Option<Date>,
    blocked: Option<BlockedTime>,
) -> anyhow::Result<()> {
    let event = AvailabilityUpdated {
        court_id: court.id,
        court_owner_id: court.owner_id,
        change_type,
        affected_date_range: date.map(|date| DateRange { from: date, to: date }),
        blocked,
        cancel_booking_ids: None,
        cancellation_reason: None,
    };
    outbox::append(env, connection, event, env.clock.now()).await
}
