//! Owners' notification preferences over HTTP.

use axum::extract::State;
use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::owner_settings::OwnerEventType;
use garde::Validate;
use kit::auth::{Caller, Owner};
use kit::http::{Json, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{Change, ChannelChange, OwnerPreferences, Problem, QuietChange};
use super::ops::{self, NotificationPreferencesError};
use crate::api_docs::CallerErrors;
use crate::audit::Actor;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_notification_preferences, update_notification_preferences))
}

/// The ways by which messages about one kind of event go out. Push is the phone and the browser together.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnerChannels {
    email: bool,
    push: bool,
    in_app: bool,
}

/// One kind of event.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnerEventPreference {
    event_type: OwnerEventType,
    channels: OwnerChannels,
}

/// Hours in which messages that can wait do so, by the clock of the owner's oldest court.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoNotDisturb {
    enabled: bool,
    start_time: TimeOfDay,
    /// May be earlier than the start: then it is on the next day.
    end_time: TimeOfDay,
}

/// How often the digest comes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum DigestFrequency {
    Daily,
}

/// One mail in the morning instead of many.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailDigest {
    enabled: bool,
    frequency: DigestFrequency,
}

/// Which messages an owner wants.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtOwnerNotificationPreferences {
    /// All kinds of events.
    preferences: Vec<OwnerEventPreference>,
    /// Null where no hours were ever set.
    do_not_disturb: Option<DoNotDisturb>,
    email_digest: EmailDigest,
}

impl From<OwnerPreferences> for CourtOwnerNotificationPreferences {
    fn from(saved: OwnerPreferences) -> Self {
        let preference = |(event_type, channels): (OwnerEventType, super::domain::Channels)| OwnerEventPreference {
            event_type,
            channels: OwnerChannels { email: channels.email, push: channels.push, in_app: channels.in_app },
        };
        Self {
            preferences: saved.channels.into_iter().map(preference).collect(),
            do_not_disturb: saved.quiet_hours.map(|hours| DoNotDisturb {
                enabled: hours.enabled,
                start_time: TimeOfDay::from_time(hours.start),
                end_time: TimeOfDay::from_time(hours.end),
            }),
            email_digest: EmailDigest { enabled: saved.digest, frequency: DigestFrequency::Daily },
        }
    }
}

/// Absent switches stay as they are.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnerChannelsChange {
    email: Option<bool>,
    push: Option<bool>,
    in_app: Option<bool>,
}

/// One kind of event; each is named at most once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnerEventPreferenceChange {
    event_type: OwnerEventType,
    channels: OwnerChannelsChange,
}

/// Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DoNotDisturbChange {
    enabled: Option<bool>,
    start_time: Option<TimeOfDay>,
    /// May be earlier than the start: then it is on the next day.
    end_time: Option<TimeOfDay>,
}

/// Absent members stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EmailDigestChange {
    enabled: Option<bool>,
    #[serde(rename = "frequency")]
    _frequency: Option<DigestFrequency>,
}

/// Members and kinds of events that are not named stay as they are; null removes quiet hours and the digest.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateNotificationPreferencesRequest {
    #[garde(inner(length(max = 8)))]
    #[schema(max_items = 8)]
    preferences: Option<Vec<OwnerEventPreferenceChange>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DoNotDisturbChange>)]
    do_not_disturb: Mention<DoNotDisturbChange>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<EmailDigestChange>)]
    email_digest: Mention<EmailDigestChange>,
}

/// Whether a member is there, and whether it is null.
#[derive(Debug, Default)]
enum Mention<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

/// Reads a member that is there; one that is not there never gets here and stays [`Mention::Absent`].
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(member: D) -> Result<Mention<T>, D::Error> {
    Ok(Option::<T>::deserialize(member)?.map_or(Mention::Null, Mention::Value))
}

impl From<UpdateNotificationPreferencesRequest> for Change {
    fn from(body: UpdateNotificationPreferencesRequest) -> Self {
        let wish = |preference: OwnerEventPreferenceChange| ChannelChange {
            about: preference.event_type,
            email: preference.channels.email,
            push: preference.channels.push,
            in_app: preference.channels.in_app,
        };
        Self {
            channels: body.preferences.unwrap_or_default().into_iter().map(wish).collect(),
            quiet_hours: match body.do_not_disturb {
                Mention::Absent => QuietChange::Keep,
                Mention::Null => QuietChange::Remove,
                Mention::Value(hours) => QuietChange::Set {
                    enabled: hours.enabled,
                    start: hours.start_time.map(TimeOfDay::time),
                    end: hours.end_time.map(TimeOfDay::time),
                },
            },
            digest: match body.email_digest {
                Mention::Absent => None,
                Mention::Null => Some(false),
                Mention::Value(digest) => digest.enabled,
            },
        }
    }
}

/// Which messages the caller wants.
#[utoipa::path(
    get,
    path = "/api/settings/notification-preferences",
    operation_id = "getNotificationPreferences",
    tag = "settings",
    security(("BearerAuth" = [])),
    responses(
        (status = 200, description = "Saved ones, else the defaults", body = CourtOwnerNotificationPreferences),
        CallerErrors,
    )
)]
pub async fn get_notification_preferences(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<CourtOwnerNotificationPreferences>> {
    Ok(Json(ops::show(&state, caller.user_id).await?.into()))
}

/// Changes which messages the caller wants. What cannot wait stays visible in the portal.
#[utoipa::path(
    put,
    path = "/api/settings/notification-preferences",
    operation_id = "updateNotificationPreferences",
    tag = "settings",
    security(("BearerAuth" = [])),
    request_body = UpdateNotificationPreferencesRequest,
    responses(
        (status = 200, description = "All preferences after the change", body = CourtOwnerNotificationPreferences),
        CallerErrors,
    )
)]
pub async fn update_notification_preferences(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    context: RequestContext,
    ValidJson(body): ValidJson<UpdateNotificationPreferencesRequest>,
) -> ApiResult<Json<CourtOwnerNotificationPreferences>> {
    let actor = Actor { user: caller.user_id, role: caller.role, ip: context.client_ip };
    Ok(Json(ops::change(&state, actor, &body.into()).await?.into()))
}

impl From<NotificationPreferencesError> for ApiError {
    fn from(error: NotificationPreferencesError) -> Self {
        match error {
            NotificationPreferencesError::Wrong(problems) => {
                problems.into_iter().fold(Self::new(&codes::VALIDATION_ERROR), |error, problem| match problem {
                    Problem::NamedTwice { index } => {
                        error.field(format!("preferences[{index}].eventType"), "is named twice", "αναφέρεται δύο φορές")
                    }
                    Problem::HalfQuietHours => error.field(
                        "doNotDisturb.endTime",
                        "startTime and endTime belong together",
                        "τα startTime και endTime πάνε μαζί",
                    ),
                    Problem::EmptyQuietHours => error.field(
                        "doNotDisturb.endTime",
                        "must differ from startTime",
                        "πρέπει να διαφέρει από το startTime",
                    ),
                })
            }
            NotificationPreferencesError::Database(cause) => cause.into(),
        }
    }
}
