//! Messages over HTTP: the person's list and devices. The way out of promotional mail has a module of its own.

mod unsubscribing;

use axum::extract::State;
use contracts::codes;
use contracts::events::{NotificationData, Urgency};
use contracts::ids::NotificationId;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops::{self, DeviceError, NewRegistration, Platform, ReadMessage};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::plain_text::not_blank;
use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register_device, unregister_device))
        .routes(routes!(list_notifications))
        .routes(routes!(mark_notification_read))
        .routes(routes!(mark_all_notifications_read))
        .routes(routes!(show_web_push_key))
        .routes(routes!(unsubscribing::show_unsubscribe_page, unsubscribing::unsubscribe))
}

/// What a device runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DevicePlatform {
    Ios,
    Android,
    Web,
}

/// Keys of a browser's subscription, as the Push API prints them.
#[derive(Deserialize, Validate, ToSchema)]
pub struct PushKeys {
    #[garde(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    p256dh: String,
    #[garde(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    auth: String,
}

/// A browser's subscription, as the Push API prints it.
#[derive(Deserialize, Validate, ToSchema)]
pub struct PushSubscription {
    #[garde(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    endpoint: String,
    #[garde(dive)]
    keys: PushKeys,
}

/// A phone or a browser that messages may go to.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisterDeviceRequest {
    /// Firebase's token; of a browser's subscription whatever the browser calls it, usually its endpoint.
    #[garde(length(min = 1, max = 4096), custom(not_blank))]
    #[schema(min_length = 1, max_length = 4096)]
    device_token: String,
    #[garde(skip)]
    platform: DevicePlatform,
    /// The app's own name for the device: a new token takes the place of the device's old one.
    #[garde(inner(length(min = 1, max = 200)))]
    #[schema(min_length = 1, max_length = 200)]
    device_id: Option<String>,
    /// Of browsers; without one the token is Firebase's.
    #[garde(dive)]
    push_subscription: Option<PushSubscription>,
}

/// Registers the device the caller is signed in on. The token leaves whoever had it before.
#[utoipa::path(
    post,
    path = "/api/notifications/device",
    operation_id = "registerDevice",
    tag = "notifications",
    request_body = RegisterDeviceRequest,
    responses((status = 201, description = "Messages may go there from now on"), CallerErrors)
)]
pub async fn register_device(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    ValidJson(request): ValidJson<RegisterDeviceRequest>,
) -> ApiResult<StatusCode> {
    let platform = match request.platform {
        DevicePlatform::Ios => Platform::Ios,
        DevicePlatform::Android => Platform::Android,
        DevicePlatform::Web => Platform::Web,
    };
    if request.push_subscription.is_some() && platform != Platform::Web {
        return Err(ApiError::validation(
            "pushSubscription",
            "is for browsers only",
            "είναι μόνο για προγράμματα περιήγησης",
        ));
    }
    let registration = NewRegistration {
        token: request.device_token,
        platform,
        device_id: request.device_id,
        subscription: request.push_subscription.map(|given| (given.endpoint, given.keys.p256dh, given.keys.auth)),
    };
    ops::register_device(&state, caller.user_id, registration).await?;
    Ok(StatusCode::CREATED)
}

impl From<DeviceError> for ApiError {
    fn from(error: DeviceError) -> Self {
        match error {
            DeviceError::Subscription("endpoint") => Self::validation(
                "pushSubscription.endpoint",
                "is no address of a known push service",
                "δεν είναι διεύθυνση γνωστής υπηρεσίας ειδοποιήσεων",
            ),
            DeviceError::Subscription(key) => Self::validation(
                if key == "auth" { "pushSubscription.keys.auth" } else { "pushSubscription.keys.p256dh" },
                "is no key of a subscription",
                "δεν είναι κλειδί συνδρομής",
            ),
            DeviceError::Sealing(error) => error.into(),
            DeviceError::Database(error) => error.into(),
        }
    }
}

/// The device to take away.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnregisterDeviceRequest {
    #[garde(length(min = 1, max = 4096))]
    #[schema(min_length = 1, max_length = 4096)]
    device_token: String,
}

/// Takes a device of the caller away, at sign-out; also when it has gone already.
#[utoipa::path(
    delete,
    path = "/api/notifications/device",
    operation_id = "unregisterDevice",
    tag = "notifications",
    request_body = UnregisterDeviceRequest,
    responses((status = 204, description = "Nothing goes there any more"), CallerErrors)
)]
pub async fn unregister_device(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    ValidJson(request): ValidJson<UnregisterDeviceRequest>,
) -> ApiResult<StatusCode> {
    ops::unregister_device(&state, caller.user_id, &request.device_token).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListNotificationsQuery {
    /// Only what has not been read.
    #[garde(skip)]
    #[serde(default)]
    #[param(default = false)]
    unread_only: bool,
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[param(minimum = 0, maximum = 100_000, default = 0)]
    page: i64,
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "twenty")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: i64,
}

const fn twenty() -> i64 {
    20
}

/// One message, in the words of its reader.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Notification)]
pub struct NotificationView {
    #[schema(value_type = Uuid)]
    id: NotificationId,
    /// One of the types of `NOTIFICATION_REQUESTED`; clients show types they do not know as plain text.
    notification_type: String,
    title: String,
    body: String,
    #[schema(value_type = String, example = "CRITICAL")]
    urgency: Urgency,
    read: bool,
    /// Ids of what it is about, and `deepLink`: the path a tap leads to.
    #[schema(value_type = Object)]
    data: NotificationData,
    created_at: Timestamp,
}

impl From<ReadMessage> for NotificationView {
    fn from(message: ReadMessage) -> Self {
        Self {
            id: message.id,
            notification_type: message.kind,
            title: message.title,
            body: message.body,
            urgency: message.urgency,
            read: message.read,
            data: message.data,
            created_at: message.created_at,
        }
    }
}

/// One page of a person's messages.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationListResponse {
    notifications: Vec<NotificationView>,
    unread_count: i64,
    total_elements: i64,
    page: i64,
    size: i64,
}

/// The caller's messages, newest first; each once, by however many ways it went.
#[utoipa::path(
    get,
    path = "/api/notifications",
    operation_id = "listNotifications",
    tag = "notifications",
    params(ListNotificationsQuery),
    responses((status = 200, description = "One page", body = NotificationListResponse), CallerErrors)
)]
pub async fn list_notifications(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    ValidQuery(query): ValidQuery<ListNotificationsQuery>,
) -> ApiResult<Json<NotificationListResponse>> {
    let list = ops::list(&state, caller.user_id, query.unread_only, query.page, query.size).await?;
    Ok(Json(NotificationListResponse {
        notifications: list.messages.into_iter().map(NotificationView::from).collect(),
        unread_count: list.unread,
        total_elements: list.total,
        page: query.page,
        size: query.size,
    }))
}

/// Marks a message as read; also when it was already.
#[utoipa::path(
    post,
    path = "/api/notifications/{notificationId}/read",
    operation_id = "markNotificationRead",
    tag = "notifications",
    params(("notificationId" = Uuid, Path)),
    responses(
        (status = 204, description = "It is read"),
        (status = 404, description = "The caller has no such message", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn mark_notification_read(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    Path(id): Path<NotificationId>,
) -> ApiResult<StatusCode> {
    if ops::read(&state, caller.user_id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::new(&codes::NOTIFICATION_NOT_FOUND))
    }
}

/// Marks all of the caller's messages as read.
#[utoipa::path(
    post,
    path = "/api/notifications/read-all",
    operation_id = "markAllNotificationsRead",
    tag = "notifications",
    responses((status = 204, description = "All are read"), CallerErrors)
)]
pub async fn mark_all_notifications_read(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
) -> ApiResult<StatusCode> {
    ops::read_all(&state, caller.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a browser subscribes with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WebPushKey {
    /// Uncompressed point as base64url: `applicationServerKey` of the Push API.
    public_key: String,
}

/// The public VAPID key, which a browser needs to subscribe.
#[utoipa::path(
    get,
    path = "/api/notifications/web-push-key",
    operation_id = "showWebPushKey",
    tag = "notifications",
    responses((status = 200, description = "The key", body = WebPushKey), CallerErrors)
)]
pub async fn show_web_push_key(State(state): State<AppState>, _caller: Caller<AnyRole>) -> ApiResult<Json<WebPushKey>> {
    let public_key = state.notifications.channels.web_push.public_key().to_owned();
    Ok(Json(WebPushKey { public_key }))
}
