//! The use cases of owners' notification preferences. Each owns its database transaction.

use contracts::ids::UserId;
use serde_json::{Value, json};

use super::domain::{Change, OwnerPreferences, Problem};
use super::store;
use crate::audit::{Action, Actor};
use crate::state::AppState;

/// Why a use case of notification preferences failed.
#[derive(Debug, thiserror::Error)]
pub enum NotificationPreferencesError {
    /// The change makes no sense, and nothing was changed.
    #[error("some preferences are wrong")]
    Wrong(Vec<Problem>),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What an owner prefers (NOTE-25).
pub async fn show(state: &AppState, owner: UserId) -> Result<OwnerPreferences, NotificationPreferencesError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::load(&mut connection, owner).await?)
}

/// Changes what an owner prefers; the next message knows (NOTE-25, NOTE-32).
pub async fn change(
    state: &AppState,
    actor: Actor,
    change: &Change,
) -> Result<OwnerPreferences, NotificationPreferencesError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    // Two devices may save different halves at the same time.
    store::lock(&mut transaction, actor.user).await?;
    let before = store::load(&mut transaction, actor.user).await?;
    let changed = before.changed(change).map_err(NotificationPreferencesError::Wrong)?;
    if changed != before {
        store::save(&mut transaction, actor.user, &changed).await?;
        let action = Action {
            name: "SETTINGS_UPDATED",
            resource_type: "SETTINGS",
            resource_id: actor.user.0,
            before: Some(snapshot(&before)),
            after: Some(snapshot(&changed)),
        };
        actor.record(&mut transaction, action, now).await?;
    }
    transaction.commit().await?;
    Ok(changed)
}

/// The preferences as the audit log keeps them.
fn snapshot(preferences: &OwnerPreferences) -> Value {
    let channels = preferences.channels.iter().map(|(about, channels)| {
        let ways = json!({ "email": channels.email, "push": channels.push, "inApp": channels.in_app });
        (about.as_str().to_owned(), ways)
    });
    let quiet_hours = preferences.quiet_hours.map(|hours| {
        json!({
            "enabled": hours.enabled,
            "startTime": hours.start.strftime("%H:%M").to_string(),
            "endTime": hours.end.strftime("%H:%M").to_string(),
        })
    });
    json!({
        "notificationChannels": channels.collect::<serde_json::Map<_, _>>(),
        "doNotDisturb": quiet_hours,
        "emailDigest": preferences.digest,
    })
}
