//! Cancellation policies over HTTP: what requests and answers look like and which status and code a failure gets.

use axum::extract::State;
use contracts::codes;
use contracts::ids::CourtId;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, Path};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{Policy, Tier};
use super::ops::{self, PolicyError};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_cancellation_policy, update_cancellation_policy))
}

/// One step of a policy.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CancellationPolicyTier)]
pub struct TierBody {
    /// Real hours before the start from which the step counts.
    #[schema(minimum = 0, maximum = 8760)]
    threshold_hours: u32,
    #[schema(minimum = 0, maximum = 100)]
    refund_percentage: u32,
}

/// Steps by falling hours; the last begins at 0.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct CancellationPolicy {
    #[schema(min_items = 1, max_items = 10)]
    tiers: Vec<TierBody>,
}

impl CancellationPolicy {
    /// The body of a policy.
    #[must_use]
    pub fn of(policy: &Policy) -> Self {
        let tiers = policy
            .tiers()
            .iter()
            .map(|tier| TierBody { threshold_hours: tier.threshold_hours, refund_percentage: tier.refund_percent });
        Self { tiers: tiers.collect() }
    }

    /// The policy that was sent.
    ///
    /// # Errors
    /// 400 `INVALID_CANCELLATION_POLICY` with the reason.
    pub fn into_policy(self) -> ApiResult<Policy> {
        Policy::from_tiers(self.into_tiers()).map_err(|problem| PolicyError::Tiers(problem).into())
    }

    fn into_tiers(self) -> Vec<Tier> {
        let tier =
            |tier: TierBody| Tier { threshold_hours: tier.threshold_hours, refund_percent: tier.refund_percentage };
        self.tiers.into_iter().map(tier).collect()
    }
}

/// The cancellation policy of a court.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}/cancellation-policy",
    operation_id = "getCancellationPolicy",
    tag = "pricing",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court")),
    responses(
        (status = 200, description = "The policy in force", body = CancellationPolicy),
        (status = 404, description = "No such court, or not shown to this caller", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_cancellation_policy(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    Path(id): Path<CourtId>,
) -> ApiResult<Json<CancellationPolicy>> {
    let policy = ops::show_policy(&state, id, caller.user_id, caller.role).await?;
    Ok(Json(CancellationPolicy::of(&policy)))
}

/// Replaces the cancellation policy of a court.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/cancellation-policy",
    operation_id = "updateCancellationPolicy",
    tag = "pricing",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = CancellationPolicy,
    responses(
        (status = 200, description = "The policy in force", body = CancellationPolicy),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_cancellation_policy(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    Json(body): Json<CancellationPolicy>,
) -> ApiResult<Json<CancellationPolicy>> {
    let policy = ops::replace_policy(&state, owner.actor(), id, body.into_tiers()).await?;
    Ok(Json(CancellationPolicy::of(&policy)))
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Court(cause) => cause.into(),
            PolicyError::Tiers(problem) => {
                Self::new(&codes::INVALID_CANCELLATION_POLICY).with("reason", problem.to_string())
            }
        }
    }
}
