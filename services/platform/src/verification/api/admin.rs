//! What reviewers see and decide.

use axum::extract::State;
use contracts::identity::{BusinessType, VerificationState};
use contracts::ids::UserId;
use garde::Validate;
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{Admin, Caller};
use kit::http::{Json, Path, RequestContext, ValidJson, ValidQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{VerificationBody, blank};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::state::AppState;
use crate::verification::domain::{Verdict, clean_lines};
use crate::verification::ops;
use crate::verification::store::QueuePage;

/// Which requests, and how many at once.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct QueueQuery {
    /// Only these.
    #[garde(skip)]
    status: Option<VerificationState>,
    /// By date of submission; the oldest first when absent.
    #[garde(skip)]
    #[param(inline)]
    sort_direction: Option<SortDirection>,
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[param(minimum = 0, maximum = 100_000, default = 0)]
    page: Option<i64>,
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SortDirection {
    /// The oldest first.
    Asc,
    /// The newest first.
    Desc,
}

/// A part of the queue.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationListResponse {
    verifications: Vec<VerificationBody>,
    total_elements: i64,
    page: i64,
    size: i64,
}

/// A request and the other ones of its owner.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationDetail {
    #[serde(flatten)]
    request: VerificationBody,
    /// The owner's other requests, the newest first.
    history: Vec<VerificationBody>,
}

#[derive(Default, Deserialize, Validate, ToSchema)]
pub struct ApproveRequest {
    /// For the file.
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    notes: Option<String>,
}

#[derive(Deserialize, Validate, ToSchema)]
pub struct RejectRequest {
    /// The owner reads it.
    #[garde(length(chars, min = 1, max = 1000))]
    #[schema(min_length = 1, max_length = 1000)]
    reason: String,
    /// For the file.
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    notes: Option<String>,
}

/// An owner who is verified.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifiedOwner {
    court_owner_id: UserId,
    verified: bool,
    /// The request that was approved with it.
    request_id: Option<Uuid>,
}

/// A verified owner whose business data have changed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReVerification {
    court_owner_id: UserId,
    court_owner_name: String,
    court_owner_email: String,
    business_name: Option<String>,
    tax_id: Option<String>,
    business_type: Option<BusinessType>,
    business_address: Option<String>,
    changed_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReVerificationList {
    /// At most 200, the longest waiting first.
    re_verifications: Vec<ReVerification>,
}

fn actor(caller: &Caller<Admin>, context: &RequestContext) -> Actor {
    Actor { user: caller.user_id, role: caller.role, ip: context.client_ip }
}

/// Requests to be verified, the oldest first unless asked otherwise.
#[utoipa::path(
    get,
    path = "/api/admin/verifications",
    operation_id = "adminListVerifications",
    tag = "verification",
    security(("BearerAuth" = [])),
    params(QueueQuery),
    responses((status = 200, description = "A part of the queue", body = VerificationListResponse), CallerErrors)
)]
pub async fn admin_list_verifications(
    State(state): State<AppState>,
    _: Caller<Admin>,
    ValidQuery(query): ValidQuery<QueueQuery>,
) -> ApiResult<Json<VerificationListResponse>> {
    let (page, size) = (query.page.unwrap_or(0), query.size.unwrap_or(20));
    let newest_first = query.sort_direction == Some(SortDirection::Desc);
    let asked = QueuePage { state: query.status, newest_first, limit: size, offset: page * size };
    let (requests, total_elements) = ops::queue(&state, asked).await?;
    let mut verifications = Vec::with_capacity(requests.len());
    for request in requests {
        verifications.push(VerificationBody::for_reviewers(request, &state)?);
    }
    Ok(Json(VerificationListResponse { verifications, total_elements, page, size }))
}

/// A request with the ones before and after it.
#[utoipa::path(
    get,
    path = "/api/admin/verifications/{requestId}",
    operation_id = "adminGetVerification",
    tag = "verification",
    security(("BearerAuth" = [])),
    params(("requestId" = Uuid, Path, description = "The request")),
    responses(
        (status = 200, description = "The request", body = VerificationDetail),
        (status = 404, description = "No such request", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_get_verification(
    State(state): State<AppState>,
    _: Caller<Admin>,
    Path(id): Path<Uuid>,
) -> ApiResult<Json<VerificationDetail>> {
    let (request, others) = ops::show_request(&state, id).await?;
    let mut history = Vec::with_capacity(others.len());
    for other in others {
        history.push(VerificationBody::of(other, &state)?);
    }
    Ok(Json(VerificationDetail { request: VerificationBody::for_reviewers(request, &state)?, history }))
}

/// Approves a request: the owner is verified, and all courts that are switched on are visible.
#[utoipa::path(
    post,
    path = "/api/admin/verifications/{requestId}/approve",
    operation_id = "adminApproveVerification",
    tag = "verification",
    security(("BearerAuth" = [])),
    params(("requestId" = Uuid, Path, description = "The request")),
    request_body = Option<ApproveRequest>,
    responses(
        (status = 200, description = "The request, approved", body = VerificationBody),
        (status = 404, description = "No such request", body = ErrorResponse),
        (status = 409, description = "It has been decided already", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_approve_verification(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(id): Path<Uuid>,
    body: Option<ValidJson<ApproveRequest>>,
) -> ApiResult<Json<VerificationBody>> {
    let notes = body.and_then(|ValidJson(body)| body.notes).as_deref().and_then(clean_lines);
    let request = ops::decide(&state, &actor(&caller, &context), id, Verdict::Approve { notes }).await?;
    Ok(Json(VerificationBody::of(request, &state)?))
}

/// Rejects a request; the owner is told why and may submit another one.
#[utoipa::path(
    post,
    path = "/api/admin/verifications/{requestId}/reject",
    operation_id = "adminRejectVerification",
    tag = "verification",
    security(("BearerAuth" = [])),
    params(("requestId" = Uuid, Path, description = "The request")),
    request_body = RejectRequest,
    responses(
        (status = 200, description = "The request, rejected", body = VerificationBody),
        (status = 404, description = "No such request", body = ErrorResponse),
        (status = 409, description = "It has been decided already", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_reject_verification(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(id): Path<Uuid>,
    ValidJson(body): ValidJson<RejectRequest>,
) -> ApiResult<Json<VerificationBody>> {
    let reason = clean_lines(&body.reason).ok_or_else(|| blank("reason"))?;
    let verdict = Verdict::Reject { reason, notes: body.notes.as_deref().and_then(clean_lines) };
    let request = ops::decide(&state, &actor(&caller, &context), id, verdict).await?;
    Ok(Json(VerificationBody::of(request, &state)?))
}

/// Verifies an owner without, or together with, a pending request, and ends a wait for another review.
#[utoipa::path(
    post,
    path = "/api/admin/court-owners/{userId}/verify",
    operation_id = "adminVerifyCourtOwner",
    tag = "verification",
    security(("BearerAuth" = [])),
    params(("userId" = UserId, Path, description = "A court owner")),
    responses(
        (status = 200, description = "The owner is verified", body = VerifiedOwner),
        (status = 404, description = "No such court owner", body = ErrorResponse),
        (status = 409, description = "Somebody else has decided the request at this moment", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_verify_court_owner(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(owner): Path<UserId>,
) -> ApiResult<Json<VerifiedOwner>> {
    let approved = ops::verify_by_admin(&state, &actor(&caller, &context), owner).await?;
    Ok(Json(VerifiedOwner { court_owner_id: owner, verified: true, request_id: approved.map(|request| request.id) }))
}

/// Verified owners whose business data have changed since.
#[utoipa::path(
    get,
    path = "/api/admin/re-verifications",
    operation_id = "adminListReVerifications",
    tag = "verification",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "The longest waiting first", body = ReVerificationList), CallerErrors)
)]
pub async fn admin_list_re_verifications(
    State(state): State<AppState>,
    _: Caller<Admin>,
) -> ApiResult<Json<ReVerificationList>> {
    let flagged = ops::flagged_profiles(&state).await?;
    let re_verifications = flagged.into_iter().map(|flagged| ReVerification {
        court_owner_id: flagged.owner.owner,
        court_owner_name: flagged.owner.name,
        court_owner_email: flagged.owner.email,
        business_name: flagged.profile.name,
        tax_id: flagged.profile.tax_id,
        business_type: flagged.profile.business_type,
        business_address: flagged.profile.address,
        changed_at: flagged.profile.re_verification_since,
    });
    Ok(Json(ReVerificationList { re_verifications: re_verifications.collect() }))
}
