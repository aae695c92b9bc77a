//! `/api/admin/users*`: accounts as admins see and change them; and how invited staff come in.

use axum::extract::State;
use axum::response::Response;
use contracts::identity::{AccountStatus, IdentityProvider, Language, Role, SubscriptionStatus};
use contracts::ids::UserId;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{Admin, Caller};
use kit::http::{Json, Path, Query, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::{AuthResponse, PROVIDER_TOKEN_LIMIT, TransportHeaders, signed_in_answer};
use super::profile::{is_address, not_blank};
use super::transport::Client;
use crate::accounts::ops::{self, Acceptance, ListedUser, NewStaff, UserFilter};
use crate::api_docs::{CallerErrors, ErrorResponse, PublicErrors};
use crate::audit::Actor;
use crate::state::AppState;

const DEFAULT_PAGE_SIZE: u32 = 20;
const LARGEST_PAGE_SIZE: u32 = 100;
/// No installation has so many pages; beyond it, numbers are mistakes.
const LARGEST_PAGE: u32 = 1_000_000;

#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct UserListQuery {
    #[param(inline)]
    role: Option<Role>,
    #[param(inline)]
    status: Option<AccountStatus>,
    /// Part of a name or of an address, in any case.
    #[param(max_length = 100)]
    search: Option<String>,
    /// From 0.
    #[param(minimum = 0, maximum = 1_000_000)]
    page: Option<u32>,
    #[param(minimum = 1, maximum = 100)]
    size: Option<u32>,
}

/// An account as admins see it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminUser {
    id: UserId,
    #[schema(format = "email")]
    email: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    role: Role,
    status: AccountStatus,
    /// Why it is suspended, for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    suspension_reason: Option<String>,
    language: Language,
    verified: bool,
    stripe_connected: bool,
    subscription_status: SubscriptionStatus,
    trial_days_remaining: Option<i64>,
    created_at: Timestamp,
}

impl AdminUser {
    fn of(user: ListedUser, now: Timestamp) -> Self {
        let ListedUser { account, suspension_reason } = user;
        Self {
            id: account.id,
            role: account.role,
            status: account.status,
            suspension_reason,
            language: account.language,
            verified: account.verified,
            stripe_connected: account.stripe_connected(),
            subscription_status: account.subscription_at(now),
            trial_days_remaining: account.trial_days_remaining(now),
            created_at: account.created_at,
            email: account.email,
            name: account.name,
            phone: account.phone,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminUserListResponse {
    users: Vec<AdminUser>,
    total_elements: i64,
    page: u32,
    size: u32,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SuspendRequest {
    /// For staff; the person is not told.
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssignRoleRequest {
    /// SUPPORT_AGENT or PLATFORM_ADMIN.
    #[garde(skip)]
    role: Role,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteStaffRequest {
    #[garde(custom(is_address))]
    #[schema(format = "email", max_length = 254)]
    email: String,
    #[garde(custom(not_blank), length(chars, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// SUPPORT_AGENT or PLATFORM_ADMIN.
    #[garde(skip)]
    role: Role,
    #[garde(skip)]
    #[serde(default)]
    language: Language,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StaffInvitation {
    user: AdminUser,
    /// The link in the mail is good until then.
    invitation_expires_at: Timestamp,
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AcceptInvitationRequest {
    /// What the link in the mail carries.
    #[garde(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    token: String,
    #[garde(skip)]
    oauth_provider: IdentityProvider,
    /// ID token of Google or Apple, access token of Facebook.
    #[garde(length(min = 1, max = PROVIDER_TOKEN_LIMIT))]
    #[schema(min_length = 1, max_length = 16384)]
    oauth_token: String,
}

/// All accounts, the newest first.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    operation_id = "adminListUsers",
    tag = "accounts",
    security(("BearerAuth" = [])),
    params(UserListQuery),
    responses((status = 200, description = "One page of accounts", body = AdminUserListResponse), CallerErrors)
)]
pub async fn admin_list_users(
    State(state): State<AppState>,
    _caller: Caller<Admin>,
    Query(query): Query<UserListQuery>,
) -> ApiResult<Json<AdminUserListResponse>> {
    let (page, size) = (query.page.unwrap_or(0), query.size.unwrap_or(DEFAULT_PAGE_SIZE));
    let search = query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let too_long = search.as_ref().is_some_and(|text| text.chars().count() > 100);
    let wrong = [
        (page > LARGEST_PAGE).then_some(("page", "must be at most 1000000", "το πολύ 1000000")),
        (!(1..=LARGEST_PAGE_SIZE).contains(&size)).then_some(("size", "must be from 1 to 100", "από 1 έως 100")),
        too_long.then_some(("search", "must have at most 100 characters", "έως 100 χαρακτήρες")),
    ];
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    if let Some(((field, en, el), rest)) = wrong.split_first() {
        let first = ApiError::validation(*field, *en, *el);
        return Err(rest.iter().fold(first, |error, (field, en, el)| error.field(*field, *en, *el)));
    }
    let filter = UserFilter { role: query.role, status: query.status, search };
    let (users, total_elements) = ops::list_users(&state, &filter, page, size).await?;
    let now = state.env.clock.now();
    let users = users.into_iter().map(|user| AdminUser::of(user, now)).collect();
    Ok(Json(AdminUserListResponse { users, total_elements, page, size }))
}

/// Opens an account of staff and mails its invitation.
#[utoipa::path(
    post,
    path = "/api/admin/users",
    operation_id = "adminInviteStaff",
    tag = "accounts",
    security(("BearerAuth" = [])),
    request_body = InviteStaffRequest,
    responses(
        (status = 201, description = "Invited", body = StaffInvitation),
        (status = 409, description = "The email has an account", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_invite_staff(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    ValidJson(body): ValidJson<InviteStaffRequest>,
) -> ApiResult<(StatusCode, Json<StaffInvitation>)> {
    let wanted = NewStaff { email: body.email, name: body.name, role: body.role, language: body.language };
    let (user, invitation_expires_at) = ops::invite_staff(&state, &actor(&caller, &context), wanted).await?;
    let user = AdminUser::of(user, state.env.clock.now());
    Ok((StatusCode::CREATED, Json(StaffInvitation { user, invitation_expires_at })))
}

/// Shuts an account out and ends its sessions.
#[utoipa::path(
    post,
    path = "/api/admin/users/{userId}/suspend",
    operation_id = "adminSuspendUser",
    tag = "accounts",
    security(("BearerAuth" = [])),
    params(("userId" = UserId, Path, description = "The account")),
    request_body(content = Option<SuspendRequest>, description = "May say why"),
    responses(
        (status = 200, description = "Suspended", body = AdminUser),
        (status = 404, description = "No such account, or a deleted one", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_suspend_user(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(user): Path<UserId>,
    body: Option<ValidJson<SuspendRequest>>,
) -> ApiResult<Json<AdminUser>> {
    let reason = body.and_then(|ValidJson(body)| body.reason);
    let user = ops::suspend_user(&state, &actor(&caller, &context), user, reason.as_deref()).await?;
    Ok(Json(AdminUser::of(user, state.env.clock.now())))
}

/// Lets a suspended account in again.
#[utoipa::path(
    post,
    path = "/api/admin/users/{userId}/unsuspend",
    operation_id = "adminUnsuspendUser",
    tag = "accounts",
    security(("BearerAuth" = [])),
    params(("userId" = UserId, Path, description = "The account")),
    responses(
        (status = 200, description = "Active", body = AdminUser),
        (status = 404, description = "No such account, or a deleted one", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_unsuspend_user(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(user): Path<UserId>,
) -> ApiResult<Json<AdminUser>> {
    let user = ops::unsuspend_user(&state, &actor(&caller, &context), user).await?;
    Ok(Json(AdminUser::of(user, state.env.clock.now())))
}

/// Gives a staff role.
#[utoipa::path(
    put,
    path = "/api/admin/users/{userId}/role",
    operation_id = "adminAssignRole",
    tag = "accounts",
    security(("BearerAuth" = [])),
    params(("userId" = UserId, Path, description = "The account")),
    request_body = AssignRoleRequest,
    responses(
        (status = 200, description = "The account in its role", body = AdminUser),
        (status = 404, description = "No such account, or a deleted one", body = ErrorResponse),
        (status = 409, description = "An owner, or a customer with bookings ahead", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_assign_role(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(user): Path<UserId>,
    ValidJson(body): ValidJson<AssignRoleRequest>,
) -> ApiResult<Json<AdminUser>> {
    let user = ops::assign_role(&state, &actor(&caller, &context), user, body.role).await?;
    Ok(Json(AdminUser::of(user, state.env.clock.now())))
}

/// Links the identity of somebody who was invited and signs them in.
#[utoipa::path(
    post,
    path = "/api/auth/accept-invitation",
    operation_id = "acceptInvitation",
    tag = "accounts",
    security(()),
    params(TransportHeaders),
    request_body = AcceptInvitationRequest,
    responses(
        (status = 200, description = "Signed in", body = AuthResponse),
        (status = 401, description = "The provider does not stand behind the token", body = ErrorResponse),
        (status = 403, description = "The account is suspended", body = ErrorResponse),
        (status = 409, description = "The identity belongs to another account", body = ErrorResponse),
        (status = 410, description = "The link is unknown, used or too old", body = ErrorResponse),
        (status = 503, description = "The provider does not answer", body = ErrorResponse),
        PublicErrors,
    )
)]
pub async fn accept_invitation(
    State(state): State<AppState>,
    client: Client,
    ValidJson(body): ValidJson<AcceptInvitationRequest>,
) -> ApiResult<Response> {
    let acceptance = Acceptance {
        link: body.token,
        provider: body.oauth_provider,
        provider_token: body.oauth_token,
        device: client.device(state.env.ids.new_id()),
    };
    let signed_in = ops::accept_invitation(&state, acceptance).await?;
    Ok(signed_in_answer(&state, StatusCode::OK, signed_in, client.cookie()))
}

fn actor(caller: &Caller<Admin>, context: &RequestContext) -> Actor {
    Actor { user: caller.user_id, role: caller.role, ip: context.client_ip }
}
