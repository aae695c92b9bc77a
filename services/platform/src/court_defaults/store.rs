//! All SQL of court defaults: `court_defaults`, `court_default_tiers`, `court_default_windows`.

use contracts::ids::{CourtId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use kit::ids::Ids;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::CourtDefaults;
use crate::availability::domain::Window;
use crate::cancellation_policy::domain::{Policy, Tier};
use crate::store_error::StoreError;
use crate::weekday::{text_of_weekday, weekday_of_text};

/// The defaults of an owner; empty ones when none were stored.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn find_defaults(connection: &mut PgConnection, owner: UserId) -> Result<CourtDefaults, StoreError> {
    // The rows belong to an owner and to no court, so an unknown value names none.
    let inconsistent = |what| StoreError::Inconsistent { court: CourtId(Uuid::nil()), what };
    let Some(row) = sqlx::query!(
        "SELECT duration_minutes, max_capacity, confirmation_mode, confirmation_timeout_hours
         FROM platform.court_defaults WHERE owner_id = $1",
        owner.0
    )
    .fetch_optional(&mut *connection)
    .await?
    else {
        return Ok(CourtDefaults::default());
    };
    let tiers = sqlx::query!(
        "SELECT threshold_hours, refund_percent FROM platform.court_default_tiers WHERE owner_id = $1
         ORDER BY threshold_hours DESC",
        owner.0
    )
    .fetch_all(&mut *connection)
    .await?
    .into_iter()
    .map(|row| {
        Some(Tier {
            threshold_hours: u32::try_from(row.threshold_hours).ok()?,
            refund_percent: u32::try_from(row.refund_percent).ok()?,
        })
    })
    .collect::<Option<Vec<_>>>()
    .ok_or_else(|| inconsistent("default tier"))?;
    let windows = sqlx::query!(
        "SELECT day_of_week, start_time, end_time FROM platform.court_default_windows WHERE owner_id = $1
         ORDER BY array_position(
             ARRAY['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'], day_of_week), start_time",
        owner.0
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let weekday = weekday_of_text(&row.day_of_week)?;
        Some(Window { weekday, start: row.start_time.to_jiff(), end: row.end_time.to_jiff() })
    })
    .collect::<Option<Vec<_>>>()
    .ok_or_else(|| inconsistent("default window"))?;
    let number = |column: Option<i32>, what| column.map(u32::try_from).transpose().map_err(|_| inconsistent(what));
    let policy = if tiers.is_empty() { None } else { Some(Policy::from_tiers(tiers)) };
    Ok(CourtDefaults {
        duration_minutes: number(row.duration_minutes, "default duration")?,
        max_capacity: number(row.max_capacity, "default capacity")?,
        confirmation_mode: row
            .confirmation_mode
            .map(|mode| mode.parse())
            .transpose()
            .map_err(|_| inconsistent("default mode"))?,
        confirmation_timeout_hours: number(row.confirmation_timeout_hours, "default timeout")?,
        policy: policy.transpose().map_err(|_| inconsistent("default policy"))?,
        windows,
    })
}

/// Puts these defaults in the place of all stored ones. The row of the owner is taken first, so two savers follow each
/// other.
///
/// # Errors
/// When the database does.
pub async fn replace_defaults(
    connection: &mut PgConnection,
    owner: UserId,
    defaults: &CourtDefaults,
    ids: &dyn Ids,
    now: Timestamp,
) -> Result<(), StoreError> {
    let column = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    sqlx::query!(
        "INSERT INTO platform.court_defaults (owner_id, duration_minutes, max_capacity, confirmation_mode,
             confirmation_timeout_hours, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (owner_id) DO UPDATE
         SET duration_minutes = excluded.duration_minutes, max_capacity = excluded.max_capacity,
             confirmation_mode = excluded.confirmation_mode,
             confirmation_timeout_hours = excluded.confirmation_timeout_hours, updated_at = excluded.updated_at",
        owner.0,
        defaults.duration_minutes.map(column),
        defaults.max_capacity.map(column),
        defaults.confirmation_mode.map(|mode| mode.as_str()),
        defaults.confirmation_timeout_hours.map(column),
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM platform.court_default_tiers WHERE owner_id = $1", owner.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!("DELETE FROM platform.court_default_windows WHERE owner_id = $1", owner.0)
        .execute(&mut *connection)
        .await?;
    for tier in defaults.policy.iter().flat_map(|policy| policy.tiers()) {
        sqlx::query!(
            "INSERT INTO platform.court_default_tiers (owner_id, threshold_hours, refund_percent) VALUES ($1, $2, $3)",
            owner.0,
            column(tier.threshold_hours),
            column(tier.refund_percent),
        )
        .execute(&mut *connection)
        .await?;
    }
    for window in &defaults.windows {
        sqlx::query!(
            "INSERT INTO platform.court_default_windows (id, owner_id, day_of_week, start_time, end_time)
             VALUES ($1, $2, $3, $4, $5)",
            ids.new_id(),
            owner.0,
            text_of_weekday(window.weekday),
            window.start.to_sqlx() as jiff_sqlx::Time,
            window.end.to_sqlx() as jiff_sqlx::Time,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
