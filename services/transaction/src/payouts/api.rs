//! Payout holds over HTTP, for admins alone.

use axum::extract::State;
use contracts::codes;
use contracts::ids::UserId;
use garde::Validate;
use jiff::Timestamp;
use kit::auth::{Admin, Caller};
use kit::http::{Json, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::domain::{HoldReason, HoldStatus};
use super::ops::{self, Decided};
use super::store::Hold;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::plain_text::sanitised;
use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(admin_list_payout_holds)).routes(routes!(admin_decide_payout_hold))
}

/// Payouts of an owner that wait.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutHold {
    id: Uuid,
    #[schema(value_type = Uuid)]
    court_owner_id: UserId,
    reason: HoldReason,
    /// The dispute or the booking.
    cause_id: Uuid,
    status: HoldStatus,
    created_at: Timestamp,
    decided_at: Option<Timestamp>,
}

impl From<Hold> for PayoutHold {
    fn from(hold: Hold) -> Self {
        Self {
            id: hold.id,
            court_owner_id: hold.owner_id,
            reason: hold.reason,
            cause_id: hold.cause,
            status: hold.status,
            created_at: hold.created_at,
            decided_at: hold.decided_at,
        }
    }
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PayoutHoldsQuery {
    #[garde(skip)]
    #[param(inline)]
    status: Option<HoldStatus>,
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

/// One page of holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutHolds {
    holds: Vec<PayoutHold>,
    total_elements: i64,
    page: i64,
    size: i64,
}

/// Payouts that wait, newest first.
#[utoipa::path(
    get,
    path = "/api/admin/payout-holds",
    operation_id = "adminListPayoutHolds",
    tag = "admin",
    params(PayoutHoldsQuery),
    responses((status = 200, description = "One page", body = PayoutHolds), CallerErrors)
)]
pub async fn admin_list_payout_holds(
    State(state): State<AppState>,
    _: Caller<Admin>,
    ValidQuery(query): ValidQuery<PayoutHoldsQuery>,
) -> ApiResult<Json<PayoutHolds>> {
    let offset = query.page.saturating_mul(query.size);
    let (holds, total_elements) = ops::list(&state, query.status, offset, query.size).await?;
    let holds = holds.into_iter().map(PayoutHold::from).collect();
    Ok(Json(PayoutHolds { holds, total_elements, page: query.page, size: query.size }))
}

/// What becomes of held payouts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum HoldDecision {
    /// The owner is paid again.
    Release,
    /// The money stays where it is.
    Keep,
}

/// An admin's decision.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DecidePayoutHoldRequest {
    #[garde(skip)]
    decision: HoldDecision,
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    notes: Option<String>,
}

/// Decides about held payouts.
#[utoipa::path(
    post,
    path = "/api/admin/payout-holds/{holdId}/decide",
    operation_id = "adminDecidePayoutHold",
    tag = "admin",
    params(("holdId" = Uuid, Path)),
    request_body = DecidePayoutHoldRequest,
    responses(
        (status = 200, description = "Decided", body = PayoutHold),
        (status = 404, description = "No such hold", body = ErrorResponse),
        (status = 422, description = "It is over already", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_decide_payout_hold(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    Path(hold): Path<Uuid>,
    ValidJson(body): ValidJson<DecidePayoutHoldRequest>,
) -> ApiResult<Json<PayoutHold>> {
    let notes = body.notes.as_deref().map(sanitised);
    let release = body.decision == HoldDecision::Release;
    match ops::decide(&state, caller.user_id, hold, release, notes.as_deref()).await? {
        Decided::Done(hold) => Ok(Json(hold.into())),
        Decided::Unknown => Err(ApiError::new(&codes::PAYOUT_HOLD_NOT_FOUND)),
        Decided::Over => Err(ApiError::new(&codes::PAYOUT_HOLD_OVER)),
    }
}
