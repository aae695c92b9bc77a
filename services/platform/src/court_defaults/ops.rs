//! The use cases of court defaults. Each owns its database transaction.

use contracts::ids::UserId;
use serde_json::json;

use super::domain::CourtDefaults;
use super::store;
use crate::audit::{Action, Actor};
use crate::courts::ops::CourtError;
use crate::state::AppState;
use crate::weekday::text_of_weekday;

/// The defaults of an owner; nothing is set until the first [`save_defaults`].
pub async fn show_defaults(state: &AppState, owner: UserId) -> Result<CourtDefaults, CourtError> {
    let mut connection = state.pool.acquire().await?;
    Ok(store::find_defaults(&mut connection, owner).await?)
}

/// Puts these defaults in the place of all stored ones (COURT-12).
pub async fn save_defaults(
    state: &AppState,
    actor: Actor,
    defaults: CourtDefaults,
) -> Result<CourtDefaults, CourtError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let before = store::find_defaults(&mut transaction, actor.user).await?;
    store::replace_defaults(&mut transaction, actor.user, &defaults, &*state.env.ids, now).await?;
    let action = Action {
        name: "SETTINGS_UPDATED",
        resource_type: "SETTINGS",
        resource_id: actor.user.0,
        before: Some(snapshot(&before)),
        after: Some(snapshot(&defaults)),
    };
    actor.record(&mut transaction, action, now).await?;
    transaction.commit().await?;
    Ok(defaults)
}

/// The defaults as the audit log keeps them.
fn snapshot(defaults: &CourtDefaults) -> serde_json::Value {
    let windows: Vec<_> = defaults
        .windows
        .iter()
        .map(|window| {
            json!({
                "dayOfWeek": text_of_weekday(window.weekday),
                "startTime": window.start.strftime("%H:%M").to_string(),
                "endTime": window.end.strftime("%H:%M").to_string(),
            })
        })
        .collect();
    let tiers = defaults.policy.as_ref().map(|policy| {
        let tiers = policy.tiers().iter();
        tiers
            .map(|tier| json!({ "thresholdHours": tier.threshold_hours, "refundPercent": tier.refund_percent }))
            .collect::<Vec<_>>()
    });
    json!({
        "defaultDurationMinutes": defaults.duration_minutes,
        "defaultCapacity": defaults.max_capacity,
        "defaultConfirmationMode": defaults.confirmation_mode,
        "defaultConfirmationTimeoutHours": defaults.confirmation_timeout_hours,
        "defaultCancellationPolicy": tiers,
        "defaultAvailabilityTemplate": windows,
    })
}
