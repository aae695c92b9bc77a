//! Disputes over HTTP: for the two parties, and for admins.

use axum::extract::State;
use contracts::codes;
use contracts::identity::Role;
use contracts::ids::{BookingId, PaymentId, UserId};
use contracts::money::Cents;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{Admin, Caller, CustomerOwnerOrAdmin, Owner};
use kit::http::{Json, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::domain::{Decision, Dispute, Refused, Resolution, Review, Status};
use super::ops::{self, DisputeError, Reader, Statement};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::plain_text::{not_blank, sanitised};
use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_dispute_details))
        .routes(routes!(submit_dispute_evidence))
        .routes(routes!(admin_list_disputes))
        .routes(routes!(admin_resolve_dispute))
}

/// A dispute as its parties see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisputeDetails {
    id: Uuid,
    #[schema(value_type = Uuid)]
    payment_id: PaymentId,
    #[schema(value_type = Uuid)]
    booking_id: BookingId,
    amount_cents: Cents,
    /// In the bank's word, e.g. `fraudulent`.
    reason: String,
    status: Status,
    /// Until when evidence is taken.
    evidence_due_by: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Dispute> for DisputeDetails {
    fn from(dispute: Dispute) -> Self {
        Self {
            id: dispute.id,
            payment_id: dispute.payment_id,
            booking_id: dispute.booking_id,
            amount_cents: dispute.amount,
            reason: dispute.reason,
            status: dispute.status,
            evidence_due_by: dispute.evidence_due_by,
            created_at: dispute.created_at,
        }
    }
}

/// The dispute of a payment.
#[utoipa::path(
    get,
    path = "/api/payments/{paymentId}/dispute",
    operation_id = "getDisputeDetails",
    tag = "payments",
    params(("paymentId" = Uuid, Path)),
    responses(
        (status = 200, description = "The newest dispute", body = DisputeDetails),
        (status = 404, description = "There is none, or it is somebody else's", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_dispute_details(
    State(state): State<AppState>,
    caller: Caller<CustomerOwnerOrAdmin>,
    Path(payment): Path<PaymentId>,
) -> ApiResult<Json<DisputeDetails>> {
    let reader = if caller.role == Role::PlatformAdmin { Reader::Admin } else { Reader::Party(caller.user_id) };
    Ok(Json(ops::show(&state, reader, payment).await?.into()))
}

/// What an owner has to say.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DisputeEvidenceRequest {
    /// Why the charge is right.
    #[garde(length(chars, min = 1, max = 5000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 5000)]
    explanation: String,
    /// When the customer came, by the owner's own records.
    #[garde(inner(length(chars, max = 10000)))]
    #[schema(max_length = 10000)]
    usage_log: Option<String>,
    /// What was written between the two.
    #[garde(inner(length(chars, max = 10000)))]
    #[schema(max_length = 10000)]
    customer_communication: Option<String>,
}

/// Submits evidence; the booking's confirmation and what is recorded of it are added and passed to the bank.
#[utoipa::path(
    post,
    path = "/api/payments/{paymentId}/dispute/evidence",
    operation_id = "submitDisputeEvidence",
    tag = "payments",
    params(("paymentId" = Uuid, Path)),
    request_body = DisputeEvidenceRequest,
    responses(
        (status = 202, description = "Taken, and on its way to the bank", body = DisputeDetails),
        (status = 404, description = "There is none, or it is somebody else's", body = ErrorResponse),
        (status = 422, description = "It is too late", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn submit_dispute_evidence(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    Path(payment): Path<PaymentId>,
    ValidJson(body): ValidJson<DisputeEvidenceRequest>,
) -> ApiResult<(StatusCode, Json<DisputeDetails>)> {
    let statement = Statement {
        explanation: sanitised(&body.explanation),
        usage_log: body.usage_log.as_deref().map(sanitised),
        customer_communication: body.customer_communication.as_deref().map(sanitised),
    };
    let dispute = ops::submit_evidence(&state, caller.user_id, payment, &statement).await?;
    Ok((StatusCode::ACCEPTED, Json(dispute.into())))
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DisputesQuery {
    #[garde(skip)]
    #[param(inline)]
    status: Option<Review>,
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

/// A dispute as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminDispute {
    id: Uuid,
    #[schema(value_type = Uuid)]
    payment_id: PaymentId,
    #[schema(value_type = Uuid)]
    booking_id: BookingId,
    #[schema(value_type = Uuid)]
    customer_id: UserId,
    #[schema(value_type = Uuid)]
    court_owner_id: UserId,
    amount_cents: Cents,
    reason: String,
    /// Where the platform's own look stands.
    status: Review,
    /// Where the bank's decision stands.
    bank_status: Status,
    resolution: Option<Resolution>,
    refund_percentage: Option<u32>,
    evidence_due_by: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<Dispute> for AdminDispute {
    fn from(dispute: Dispute) -> Self {
        Self {
            id: dispute.id,
            payment_id: dispute.payment_id,
            booking_id: dispute.booking_id,
            customer_id: dispute.customer_id,
            court_owner_id: dispute.owner_id,
            amount_cents: dispute.amount,
            reason: dispute.reason,
            status: dispute.review,
            bank_status: dispute.status,
            resolution: dispute.decision.map(|decision| decision.resolution),
            refund_percentage: dispute.decision.and_then(|decision| decision.percentage),
            evidence_due_by: dispute.evidence_due_by,
            created_at: dispute.created_at,
        }
    }
}

/// One page of disputes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminDisputes {
    disputes: Vec<AdminDispute>,
    total_elements: i64,
    page: i64,
    size: i64,
}

/// Disputes, newest first.
#[utoipa::path(
    get,
    path = "/api/admin/disputes",
    operation_id = "adminListDisputes",
    tag = "admin",
    params(DisputesQuery),
    responses((status = 200, description = "One page", body = AdminDisputes), CallerErrors)
)]
pub async fn admin_list_disputes(
    State(state): State<AppState>,
    _: Caller<Admin>,
    ValidQuery(query): ValidQuery<DisputesQuery>,
) -> ApiResult<Json<AdminDisputes>> {
    let offset = query.page.saturating_mul(query.size);
    let (disputes, total_elements) = ops::list(&state, query.status, offset, query.size).await?;
    Ok(Json(AdminDisputes {
        disputes: disputes.into_iter().map(AdminDispute::from).collect(),
        total_elements,
        page: query.page,
        size: query.size,
    }))
}

/// An admin's decision.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResolveDisputeRequest {
    #[garde(skip)]
    resolution: Resolution,
    /// Of the owner's part; with `PARTIAL_REFUND`, and only then.
    #[garde(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    refund_percentage: Option<u32>,
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    notes: Option<String>,
}

/// Decides a dispute.
#[utoipa::path(
    post,
    path = "/api/admin/disputes/{disputeId}/resolve",
    operation_id = "adminResolveDispute",
    tag = "admin",
    params(("disputeId" = Uuid, Path)),
    request_body = ResolveDisputeRequest,
    responses(
        (status = 200, description = "Decided", body = AdminDispute),
        (status = 404, description = "No such dispute", body = ErrorResponse),
        (status = 422, description = "It is decided already, by an admin or by the bank", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_resolve_dispute(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    Path(dispute): Path<Uuid>,
    ValidJson(body): ValidJson<ResolveDisputeRequest>,
) -> ApiResult<Json<AdminDispute>> {
    if (body.resolution == Resolution::PartialRefund) != body.refund_percentage.is_some() {
        return Err(ApiError::validation(
            "refundPercentage",
            "belongs to PARTIAL_REFUND, and only to it",
            "ανήκει μόνο στο PARTIAL_REFUND",
        ));
    }
    let decision = Decision { resolution: body.resolution, percentage: body.refund_percentage };
    let notes = body.notes.as_deref().map(sanitised);
    let dispute = ops::resolve(&state, caller.user_id, dispute, decision, notes.as_deref()).await?;
    Ok(Json(dispute.into()))
}

impl From<DisputeError> for ApiError {
    fn from(error: DisputeError) -> Self {
        match error {
            DisputeError::NotFound => Self::new(&codes::DISPUTE_NOT_FOUND),
            DisputeError::Refused(Refused::Closed) => Self::new(&codes::DISPUTE_CLOSED),
            DisputeError::Refused(Refused::AlreadyResolved) => Self::new(&codes::DISPUTE_ALREADY_RESOLVED),
            DisputeError::Booking(cause) => cause.into(),
            DisputeError::Database(cause) => cause.into(),
            DisputeError::Other(cause) => Self::internal(cause),
        }
    }
}
