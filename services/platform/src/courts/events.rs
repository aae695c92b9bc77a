//! What the rest of the world hears of a changed court.

use contracts::events::CourtUpdated;
use kit::Env;
use sqlx::PgConnection;

use super::domain::Court;
use crate::outbox;

/// Appends `COURT_UPDATED` with the state after the change (COURT-21).
pub async fn append_court_updated(
    connection: &mut PgConnection,
    env: &Env,
    court: &Court,
    changed_fields: &[&str],
) -> anyhow::Result<()> {
    let event = CourtUpdated {
        court_id: court.id,
        court_owner_id: court.owner_id,
        changed_fields: changed_fields.iter().map(|field| (*field).to_owned()).collect(),
        court_name: court.name.el.clone(),
        court_type: Some(court.court_type),
        location_type: Some(court.location_type),
        booking_duration_minutes: i32::try_from(court.duration_minutes).ok(),
        max_capacity: i32::try_from(court.max_capacity).ok(),
        confirmation_mode: Some(court.confirmation_mode),
        confirmation_timeout_hours: i32::try_from(court.confirmation_timeout_hours).ok(),
        waitlist_enabled: Some(court.waitlist_enabled),
        version: Some(court.version),
        previous_court_owner_id: None,
    };
    outbox::append(env, connection, event, env.clock.now()).await
}
