//! `/api/users/me`: the caller's own profile and sessions.

use axum::extract::State;
use contracts::identity::{Language, Role, SubscriptionStatus};
use contracts::ids::{SessionId, UserId};
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{AnyRole, Caller, InternalKey};
use kit::http::{Json, Path, ValidJson};
use kit::plain_text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::domain::{Account, ProfileChange, identity, session};
use crate::accounts::ops;
use crate::api_docs::{CallerErrors, ErrorResponse, InternalErrors};
use crate::state::AppState;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserProfile {
    id: UserId,
    #[schema(format = "email")]
    email: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    role: Role,
    language: Language,
    /// Owners: the verification was approved.
    verified: bool,
    /// Owners: customers can pay for their courts.
    stripe_connected: bool,
    subscription_status: SubscriptionStatus,
    /// Owners on trial: days left, a begun one counting.
    trial_days_remaining: Option<i64>,
    created_at: Timestamp,
}

impl UserProfile {
    pub fn of(account: Account, now: Timestamp) -> Self {
        Self {
            id: account.id,
            verified: account.verified,
            stripe_connected: account.stripe_connected(),
            subscription_status: account.subscription_at(now),
            trial_days_remaining: account.trial_days_remaining(now),
            role: account.role,
            language: account.language,
            created_at: account.created_at,
            email: account.email,
            name: account.name,
            phone: account.phone,
        }
    }
}

/// Absent fields stay as they are.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateUserRequest {
    #[garde(inner(custom(not_blank), length(chars, max = 100)))]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    #[garde(inner(custom(is_address)))]
    #[schema(format = "email", max_length = 254)]
    email: Option<String>,
    /// Digits with an optional `+`, spaces, dashes and brackets; an empty text takes the number away.
    #[garde(inner(pattern(r"^\s*(\+?[0-9][0-9 ()\-]{4,22}[0-9])?\s*$")))]
    #[schema(max_length = 30)]
    phone: Option<String>,
    #[garde(skip)]
    language: Option<Language>,
}

pub fn not_blank(text: &str, _: &()) -> garde::Result {
    if plain_text::line(text).is_empty() {
        Err(garde::Error::new("must not be blank | δεν μπορεί να είναι κενό"))
    } else {
        Ok(())
    }
}

pub fn is_address(text: &str, _: &()) -> garde::Result {
    if identity::looks_like_address(text.trim()) { Ok(()) } else { Err(garde::Error::new("not a valid email")) }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionSummary {
    session_id: SessionId,
    /// What the device's client called itself.
    device: Option<String>,
    /// Only in part.
    ip_address: Option<String>,
    signed_in_at: Timestamp,
    last_activity_at: Timestamp,
    /// The session of this very call.
    current: bool,
}

#[derive(Serialize, ToSchema)]
pub struct SessionList {
    sessions: Vec<SessionSummary>,
}

/// The caller's profile.
#[utoipa::path(
    get,
    path = "/api/users/me",
    operation_id = "getCurrentUser",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "The profile", body = UserProfile), CallerErrors)
)]
pub async fn get_current_user(State(state): State<AppState>, caller: Caller<AnyRole>) -> ApiResult<Json<UserProfile>> {
    let account = ops::current_account(&state, caller.user_id).await?;
    Ok(Json(UserProfile::of(account, state.env.clock.now())))
}

/// Changes name, email, phone or language.
#[utoipa::path(
    put,
    path = "/api/users/me",
    operation_id = "updateCurrentUser",
    tag = "accounts",
    security(("BearerAuth" = [])),
    request_body = UpdateUserRequest,
    responses(
        (status = 200, description = "The profile after the change", body = UserProfile),
        (status = 409, description = "The email belongs to somebody else", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_current_user(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    ValidJson(body): ValidJson<UpdateUserRequest>,
) -> ApiResult<Json<UserProfile>> {
    let change = ProfileChange { name: body.name, email: body.email, phone: body.phone, language: body.language };
    let account = ops::update_profile(&state, caller.user_id, change).await?;
    Ok(Json(UserProfile::of(account, state.env.clock.now())))
}

/// The caller's live sessions, the oldest first.
#[utoipa::path(
    get,
    path = "/api/users/me/sessions",
    operation_id = "getSessions",
    tag = "accounts",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "One entry per signed-in device", body = SessionList), CallerErrors)
)]
pub async fn get_sessions(State(state): State<AppState>, caller: Caller<AnyRole>) -> ApiResult<Json<SessionList>> {
    let live = ops::list_sessions(&state, caller.user_id).await?;
    let sessions = live.into_iter().map(|session| SessionSummary {
        current: caller.claims.sid == Some(session.id),
        session_id: session.id,
        device: session.device_info,
        ip_address: session.ip.as_deref().map(session::mask_ip),
        signed_in_at: session.created_at,
        last_activity_at: session.last_used_at,
    });
    Ok(Json(SessionList { sessions: sessions.collect() }))
}

/// The other service tells that an owner's session was used there (AUTH-28).
#[utoipa::path(
    post,
    path = "/internal/sessions/{sessionId}/activity",
    operation_id = "noteSessionActivity",
    tag = "accounts",
    security(("InternalApiKey" = [])),
    params(("sessionId" = SessionId, Path, description = "A session, living or not")),
    responses((status = 204, description = "A living session stays awake"), InternalErrors)
)]
pub async fn note_session_activity(
    State(state): State<AppState>,
    _: InternalKey,
    Path(session): Path<SessionId>,
) -> StatusCode {
    state.accounts.statuses.note_activity(session).await;
    StatusCode::NO_CONTENT
}

/// Signs a device out.
#[utoipa::path(
    delete,
    path = "/api/users/me/sessions/{sessionId}",
    operation_id = "endSession",
    tag = "accounts",
    security(("BearerAuth" = [])),
    params(("sessionId" = SessionId, Path, description = "One of the caller's sessions")),
    responses(
        (status = 204, description = "Its refresh token is dead"),
        (status = 404, description = "The caller has no such session", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn end_session(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    Path(session): Path<SessionId>,
) -> ApiResult<StatusCode> {
    ops::end_session(&state, caller.user_id, session).await?;
    Ok(StatusCode::NO_CONTENT)
}
