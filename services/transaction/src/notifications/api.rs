//! Messages over HTTP: the person's list, devices, and the way out of promotional mail.

use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Response};
use contracts::codes;
use contracts::events::{NotificationData, Urgency};
use contracts::identity::Language;
use contracts::ids::NotificationId;
use garde::Validate;
use http::{StatusCode, header};
use jiff::Timestamp;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, Path, Query, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops::{self, DeviceError, NewRegistration, Platform, ReadMessage};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::plain_text::not_blank;
use crate::platform_port;
use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register_device, unregister_device))
        .routes(routes!(list_notifications))
        .routes(routes!(mark_notification_read))
        .routes(routes!(mark_all_notifications_read))
        .routes(routes!(show_web_push_key))
        .routes(routes!(show_unsubscribe_page, unsubscribe))
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

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UnsubscribeQuery {
    /// From a link in a promotional mail.
    token: String,
}

/// The page behind the unsubscribe link of a promotional mail: says what it does and asks once. Opening it changes
/// nothing, because mail programs open links by themselves.
#[utoipa::path(
    get,
    path = "/api/notifications/unsubscribe",
    operation_id = "showUnsubscribePage",
    tag = "notifications",
    security(()),
    params(UnsubscribeQuery),
    responses(
        (status = 200, description = "A page with one button", body = String, content_type = "text/html"),
        (status = 400, description = "No token", body = ErrorResponse),
        (status = 404, description = "The link was not made here", body = ErrorResponse),
        (status = 429, description = "Too many requests; see `Retry-After`", body = ErrorResponse),
    )
)]
pub async fn show_unsubscribe_page(
    State(state): State<AppState>,
    Query(query): Query<UnsubscribeQuery>,
) -> ApiResult<Response> {
    let user =
        ops::reader_of_token(&state, &query.token).ok_or_else(|| ApiError::new(&codes::NOTIFICATION_NOT_FOUND))?;
    let language = platform_port::language(&state.pool, user).await?.unwrap_or_default();
    Ok(page(language, false))
}

/// Ends promotional messages for the reader of a mail; mail programs call it with one click (RFC 8058).
#[utoipa::path(
    post,
    path = "/api/notifications/unsubscribe",
    operation_id = "unsubscribe",
    tag = "notifications",
    security(()),
    params(UnsubscribeQuery),
    responses(
        (status = 200, description = "Nothing promotional any more", body = String, content_type = "text/html"),
        (status = 400, description = "No token", body = ErrorResponse),
        (status = 404, description = "The link was not made here", body = ErrorResponse),
        (status = 429, description = "Too many requests; see `Retry-After`", body = ErrorResponse),
        (status = 503, description = "It could not be stored; the same link works again later", body = ErrorResponse),
    )
)]
pub async fn unsubscribe(State(state): State<AppState>, Query(query): Query<UnsubscribeQuery>) -> ApiResult<Response> {
    let user =
        ops::reader_of_token(&state, &query.token).ok_or_else(|| ApiError::new(&codes::NOTIFICATION_NOT_FOUND))?;
    ops::promotions_off(&state, user).await.map_err(|error| ApiError::unavailable(error, RETRY_SECONDS))?;
    let language = platform_port::language(&state.pool, user).await?.unwrap_or_default();
    Ok(page(language, true))
}

/// When it is worth trying again while the platform is away.
const RETRY_SECONDS: u64 = 10;

fn page(language: Language, done: bool) -> Response {
    let (title, text, button) = match (language, done) {
        (Language::El, false) => (
            "Προωθητικά μηνύματα",
            "Θέλετε να σταματήσουν τα προωθητικά μηνύματα; Όσα αφορούν τις κρατήσεις σας συνεχίζουν να έρχονται.",
            Some("Ναι, σταματήστε τα"),
        ),
        (Language::El, true) => (
            "Έγινε",
            "Δεν θα λάβετε άλλα προωθητικά μηνύματα. Αν αλλάξετε γνώμη, θα το βρείτε στις ρυθμίσεις του λογαριασμού σας.",
            None,
        ),
        (Language::En, false) => (
            "Promotional messages",
            "Would you like promotional messages to stop? What concerns your bookings keeps coming.",
            Some("Yes, stop them"),
        ),
        (Language::En, true) => (
            "Done",
            "You will get no more promotional messages. Should you change your mind, look into the settings of your account.",
            None,
        ),
    };
    // The form goes to the address it stands at, token included.
    let form = button.map_or_else(String::new, |label| {
        format!(
            "<form method=\"post\"><button style=\"padding:12px 20px;font:700 16px/24px Arial,sans-serif;border:0;\
             border-radius:8px;background:#0b5d3b;color:#fff\">{label}</button></form>"
        )
    });
    let html = format!(
        "<!DOCTYPE html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         </head><body style=\"margin:0;background:#f2f4f3;font:400 16px/24px Arial,Helvetica,sans-serif;color:#1c2420\">\
         <main style=\"max-width:520px;margin:48px auto;padding:24px;background:#fff;border-radius:12px\">\
         <h1 style=\"font-size:22px;margin:0 0 12px\">{title}</h1><p>{text}</p>{form}</main></body></html>"
    );
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(html)).into_response()
}
