//! Preferences over HTTP: what requests and answers look like and which status and field a wrong value gets.

use axum::extract::State;
use contracts::codes;
use contracts::court::{DayOfWeek, TimeOfDay};
use garde::Validate;
use kit::auth::{Caller, Customer};
use kit::http::{Json, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{Change, Preferences, Problem, Wish};
use super::ops::{self, PreferencesError};
use crate::api_docs::CallerErrors;
use crate::state::AppState;
use crate::weekday::weekday_of;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_user_preferences, update_user_preferences))
}

/// Which messages somebody wants.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPreferences {
    booking_events: bool,
    favorite_court_alerts: bool,
    promotional_notifications: bool,
    email_notifications: bool,
    push_notifications: bool,
}

/// What a customer prefers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserPreferences {
    /// From Monday on; none means every day.
    preferred_days: Vec<DayOfWeek>,
    /// Court-local; null means any time.
    preferred_start_time: Option<TimeOfDay>,
    preferred_end_time: Option<TimeOfDay>,
    max_search_distance_km: f64,
    notification_preferences: NotificationPreferences,
    /// Messages that can wait are held back from here on; null means never.
    do_not_disturb_start: Option<TimeOfDay>,
    do_not_disturb_end: Option<TimeOfDay>,
}

impl From<Preferences> for UserPreferences {
    fn from(saved: Preferences) -> Self {
        Self {
            preferred_days: saved.days.into_iter().map(DayOfWeek::from).collect(),
            preferred_start_time: saved.times.map(|times| TimeOfDay::from_time(times.start)),
            preferred_end_time: saved.times.map(|times| TimeOfDay::from_time(times.end)),
            max_search_distance_km: saved.distance_km,
            notification_preferences: NotificationPreferences {
                booking_events: saved.messages.booking_events,
                favorite_court_alerts: saved.messages.favorite_court_alerts,
                promotional_notifications: saved.messages.promotional,
                email_notifications: saved.messages.email,
                push_notifications: saved.messages.push,
            },
            do_not_disturb_start: saved.quiet_hours.map(|quiet| TimeOfDay::from_time(quiet.start)),
            do_not_disturb_end: saved.quiet_hours.map(|quiet| TimeOfDay::from_time(quiet.end)),
        }
    }
}

/// Which messages somebody wants from now on; absent switches stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationPreferencesChange {
    booking_events: Option<bool>,
    favorite_court_alerts: Option<bool>,
    promotional_notifications: Option<bool>,
    email_notifications: Option<bool>,
    push_notifications: Option<bool>,
}

/// Absent members stay as they are; a null time is removed.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdatePreferencesRequest {
    #[garde(inner(length(max = 7)))]
    #[schema(max_items = 7)]
    preferred_days: Option<Vec<DayOfWeek>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<TimeOfDay>)]
    preferred_start_time: Wish<TimeOfDay>,
    /// Later than the start.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<TimeOfDay>)]
    preferred_end_time: Wish<TimeOfDay>,
    #[garde(skip)]
    #[schema(minimum = 0.1, maximum = 500, default = 10)]
    max_search_distance_km: Option<f64>,
    #[garde(skip)]
    notification_preferences: Option<NotificationPreferencesChange>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<TimeOfDay>)]
    do_not_disturb_start: Wish<TimeOfDay>,
    /// May be earlier than the start: then it is on the next day.
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<TimeOfDay>)]
    do_not_disturb_end: Wish<TimeOfDay>,
}

/// Reads a member that is there; one that is not there never gets here and stays [`Wish::Keep`].
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(member: D) -> Result<Wish<T>, D::Error> {
    Ok(match Option::<T>::deserialize(member)? {
        Some(value) => Wish::Set(value),
        None => Wish::Remove,
    })
}

impl From<UpdatePreferencesRequest> for Change {
    fn from(body: UpdatePreferencesRequest) -> Self {
        let time = |wish: Wish<TimeOfDay>| match wish {
            Wish::Keep => Wish::Keep,
            Wish::Remove => Wish::Remove,
            Wish::Set(time) => Wish::Set(time.time()),
        };
        let messages = body.notification_preferences.unwrap_or_default();
        Self {
            days: body.preferred_days.map(|days| days.into_iter().map(weekday_of).collect()),
            preferred_start: time(body.preferred_start_time),
            preferred_end: time(body.preferred_end_time),
            distance_km: body.max_search_distance_km,
            booking_events: messages.booking_events,
            favorite_court_alerts: messages.favorite_court_alerts,
            promotional: messages.promotional_notifications,
            email: messages.email_notifications,
            push: messages.push_notifications,
            quiet_start: time(body.do_not_disturb_start),
            quiet_end: time(body.do_not_disturb_end),
        }
    }
}

/// What the caller prefers.
#[utoipa::path(
    get,
    path = "/api/users/me/preferences",
    operation_id = "getUserPreferences",
    tag = "users",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Saved preferences, else the defaults", body = UserPreferences), CallerErrors)
)]
pub async fn get_user_preferences(
    State(state): State<AppState>,
    caller: Caller<Customer>,
) -> ApiResult<Json<UserPreferences>> {
    Ok(Json(ops::show(&state, caller.user_id).await?.into()))
}

/// Changes what the caller prefers.
#[utoipa::path(
    put,
    path = "/api/users/me/preferences",
    operation_id = "updateUserPreferences",
    tag = "users",
    security(("BearerAuth" = [])),
    request_body = UpdatePreferencesRequest,
    responses((status = 200, description = "All preferences after the change", body = UserPreferences), CallerErrors)
)]
pub async fn update_user_preferences(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    ValidJson(body): ValidJson<UpdatePreferencesRequest>,
) -> ApiResult<Json<UserPreferences>> {
    Ok(Json(ops::change(&state, caller.user_id, body.into()).await?.into()))
}

impl From<PreferencesError> for ApiError {
    fn from(error: PreferencesError) -> Self {
        match error {
            PreferencesError::Wrong(problems) => {
                problems.into_iter().fold(Self::new(&codes::VALIDATION_ERROR), |error, problem| {
                    let (field, en, el) = text_of(problem);
                    error.field(field, en, el)
                })
            }
            PreferencesError::Database(cause) => cause.into(),
        }
    }
}

fn text_of(problem: Problem) -> (&'static str, &'static str, &'static str) {
    match problem {
        Problem::Distance => ("maxSearchDistanceKm", "must lie between 0.1 and 500", "πρέπει να είναι από 0,1 έως 500"),
        Problem::HalfPreferredTime => (
            "preferredEndTime",
            "preferredStartTime and preferredEndTime belong together",
            "τα preferredStartTime και preferredEndTime πάνε μαζί",
        ),
        Problem::PreferredEndNotAfterStart => {
            ("preferredEndTime", "must be later than preferredStartTime", "πρέπει να είναι μετά το preferredStartTime")
        }
        Problem::HalfQuietHours => (
            "doNotDisturbEnd",
            "doNotDisturbStart and doNotDisturbEnd belong together",
            "τα doNotDisturbStart και doNotDisturbEnd πάνε μαζί",
        ),
        Problem::EmptyQuietHours => {
            ("doNotDisturbEnd", "must differ from doNotDisturbStart", "πρέπει να διαφέρει από το doNotDisturbStart")
        }
    }
}
