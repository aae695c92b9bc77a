//! Reconciliation over HTTP, for admins alone.

use std::collections::BTreeMap;

use axum::extract::State;
use contracts::codes;
use garde::Validate;
use jiff::{SignedDuration, Timestamp};
use kit::auth::{Admin, Caller};
use kit::http::{Json, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::ops;
use super::store::ReviewRow;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::plain_text::{not_blank, sanitised};
use crate::state::AppState;

/// The longest time one request compares.
const LONGEST_DAYS: i64 = 31;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(admin_list_payment_reviews))
        .routes(routes!(admin_resolve_payment_review))
        .routes(routes!(admin_reconcile_payments))
}

/// Whether somebody has looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReviewStatus {
    /// Not yet.
    Open,
    /// Yes.
    Resolved,
}

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PaymentReviewsQuery {
    #[garde(skip)]
    #[param(inline)]
    status: Option<ReviewStatus>,
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

/// A difference that a person has to look at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentReview {
    id: Uuid,
    /// e.g. `CAPTURE_DIFFERS`.
    kind: String,
    /// Id of what it is about.
    subject: String,
    payment_id: Option<Uuid>,
    booking_id: Option<Uuid>,
    court_owner_id: Option<Uuid>,
    /// Both sides of the difference.
    details: Value,
    status: String,
    found_at: Timestamp,
    seen_at: Timestamp,
}

impl From<ReviewRow> for PaymentReview {
    fn from(row: ReviewRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            subject: row.subject,
            payment_id: row.payment_id,
            booking_id: row.booking_id,
            court_owner_id: row.owner_id,
            details: row.details,
            status: row.status,
            found_at: row.found_at,
            seen_at: row.seen_at,
        }
    }
}

/// One page of differences.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentReviews {
    reviews: Vec<PaymentReview>,
    total_elements: i64,
    page: i64,
    size: i64,
}

/// What the comparison with the payment provider found, newest first.
#[utoipa::path(
    get,
    path = "/api/admin/payment-reviews",
    operation_id = "adminListPaymentReviews",
    tag = "admin",
    params(PaymentReviewsQuery),
    responses((status = 200, description = "One page", body = PaymentReviews), CallerErrors)
)]
pub async fn admin_list_payment_reviews(
    State(state): State<AppState>,
    _: Caller<Admin>,
    ValidQuery(query): ValidQuery<PaymentReviewsQuery>,
) -> ApiResult<Json<PaymentReviews>> {
    let status = query.status.map(|status| match status {
        ReviewStatus::Open => "OPEN",
        ReviewStatus::Resolved => "RESOLVED",
    });
    let (rows, total_elements) = ops::list(&state, status, query.page.saturating_mul(query.size), query.size).await?;
    let reviews = rows.into_iter().map(PaymentReview::from).collect();
    Ok(Json(PaymentReviews { reviews, total_elements, page: query.page, size: query.size }))
}

/// What was done about a difference.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResolvePaymentReviewRequest {
    #[garde(length(chars, min = 1, max = 2000), custom(not_blank))]
    #[schema(min_length = 1, max_length = 2000)]
    notes: String,
}

/// Closes a difference.
#[utoipa::path(
    post,
    path = "/api/admin/payment-reviews/{reviewId}/resolve",
    operation_id = "adminResolvePaymentReview",
    tag = "admin",
    params(("reviewId" = Uuid, Path)),
    request_body = ResolvePaymentReviewRequest,
    responses(
        (status = 200, description = "Closed; closing it again changes nothing"),
        (status = 404, description = "No such difference", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_resolve_payment_review(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    Path(review): Path<Uuid>,
    ValidJson(body): ValidJson<ResolvePaymentReviewRequest>,
) -> ApiResult<()> {
    match ops::resolve(&state, caller.user_id, review, &sanitised(&body.notes)).await? {
        Some(_) => Ok(()),
        None => Err(ApiError::new(&codes::PAYMENT_REVIEW_NOT_FOUND)),
    }
}

/// Which time to compare.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileRequest {
    #[garde(skip)]
    since: Timestamp,
    #[garde(skip)]
    until: Timestamp,
}

/// What a comparison came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileResult {
    payments_compared: usize,
    intents_compared: usize,
    payouts_seen: usize,
    /// How many differences of each kind went to manual review.
    findings: BTreeMap<String, usize>,
}

/// Compares the payments that changed within a time with the ledger and with the payment provider, as the daily job does.
#[utoipa::path(
    post,
    path = "/api/admin/payments/reconcile",
    operation_id = "adminReconcilePayments",
    tag = "admin",
    request_body = ReconcileRequest,
    responses(
        (status = 200, description = "Compared", body = ReconcileResult),
        (status = 503, description = "The payment provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn admin_reconcile_payments(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    ValidJson(body): ValidJson<ReconcileRequest>,
) -> ApiResult<Json<ReconcileResult>> {
    let length = body.until.duration_since(body.since);
    if length <= SignedDuration::ZERO || length > SignedDuration::from_hours(24 * LONGEST_DAYS) {
        return Err(ApiError::validation(
            "until",
            "must be up to 31 days after since",
            "πρέπει να είναι έως 31 ημέρες μετά το since",
        ));
    }
    let compared = ops::compare(&state, body.since, body.until, Some(caller.user_id)).await?;
    Ok(Json(ReconcileResult {
        payments_compared: compared.payments,
        intents_compared: compared.intents,
        payouts_seen: compared.payouts,
        findings: compared.findings.into_iter().map(|(kind, count)| (kind.as_str().to_owned(), count)).collect(),
    }))
}
