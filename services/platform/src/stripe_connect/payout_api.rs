//! Payouts over HTTP: for the owner who is paid, and flagged ones for admins.

use axum::extract::State;
use contracts::ids::UserId;
use contracts::internal::PayoutSchedule;
use contracts::money::Cents;
use garde::Validate;
use jiff::Timestamp;
use jiff::civil::Date;
use kit::ApiResult;
use kit::auth::{Admin, Caller, Owner};
use kit::http::{Json, RequestContext, ValidJson, ValidQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::payouts::{self, Flagged, Payout, PayoutStatus};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_payout_history))
        .routes(routes!(get_payout_balance))
        .routes(routes!(update_payout_schedule))
        .routes(routes!(admin_list_flagged_payouts))
}

#[derive(Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[param(minimum = 0, maximum = 100_000, default = 0)]
    page: u32,
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "twenty")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: u32,
}

const fn twenty() -> u32 {
    20
}

/// Money on its way to, or at, the owner's bank.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PayoutView {
    id: String,
    amount_cents: Cents,
    currency: String,
    status: PayoutStatus,
    #[schema(value_type = Option<String>, format = "date")]
    arrival_date: Option<Date>,
}

impl From<Payout> for PayoutView {
    fn from(payout: Payout) -> Self {
        Self {
            id: payout.id,
            amount_cents: payout.amount,
            currency: "EUR".to_owned(),
            status: payout.status,
            arrival_date: payout.arrival,
        }
    }
}

/// One page of payouts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PayoutHistory {
    payouts: Vec<PayoutView>,
    total_elements: usize,
    page: u32,
    size: u32,
}

/// The caller's payouts, newest first, as Stripe has them.
#[utoipa::path(
    get,
    path = "/api/users/me/stripe-connect/payouts",
    operation_id = "getPayoutHistory",
    tag = "stripe-connect",
    security(("BearerAuth" = [])),
    params(PageQuery),
    responses(
        (status = 200, description = "One page", body = PayoutHistory),
        (status = 503, description = "Stripe does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn get_payout_history(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> ApiResult<Json<PayoutHistory>> {
    let (page, size) = (query.page as usize, query.size as usize);
    let (payouts, total_elements) = payouts::history(&state, caller.user_id, page, size).await?;
    let payouts = payouts.into_iter().map(PayoutView::from).collect();
    Ok(Json(PayoutHistory { payouts, total_elements, page: query.page, size: query.size }))
}

/// What the caller has at Stripe.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PayoutBalance {
    /// Can be paid out.
    available_cents: Cents,
    /// Cannot yet.
    pending_cents: Cents,
    currency: String,
}

/// The caller's balance, as Stripe has it.
#[utoipa::path(
    get,
    path = "/api/users/me/stripe-connect/balance",
    operation_id = "getPayoutBalance",
    tag = "stripe-connect",
    security(("BearerAuth" = [])),
    responses(
        (status = 200, description = "The balance", body = PayoutBalance),
        (status = 503, description = "Stripe does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn get_payout_balance(State(state): State<AppState>, caller: Caller<Owner>) -> ApiResult<Json<PayoutBalance>> {
    let balance = payouts::balance(&state, caller.user_id).await?;
    Ok(Json(PayoutBalance {
        available_cents: balance.available,
        pending_cents: balance.pending,
        currency: "EUR".to_owned(),
    }))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PayoutScheduleRequest {
    #[garde(skip)]
    schedule: PayoutSchedule,
}

/// Changes how often the caller is paid.
#[utoipa::path(
    put,
    path = "/api/users/me/stripe-connect/payout-schedule",
    operation_id = "updatePayoutSchedule",
    tag = "stripe-connect",
    security(("BearerAuth" = [])),
    request_body = PayoutScheduleRequest,
    responses(
        (status = 200, description = "Changed"),
        (status = 422, description = "There is no active account, or its payouts are held", body = ErrorResponse),
        (status = 503, description = "Stripe does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn update_payout_schedule(
    State(state): State<AppState>,
    context: RequestContext,
    caller: Caller<Owner>,
    ValidJson(body): ValidJson<PayoutScheduleRequest>,
) -> ApiResult<()> {
    let actor = Actor { user: caller.user_id, role: caller.role, ip: context.client_ip };
    Ok(payouts::set_schedule(&state, &actor, body.schedule).await?)
}

/// A payout that is unusual.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FlaggedPayout {
    id: String,
    court_owner_id: UserId,
    amount_cents: Cents,
    status: String,
    created_at: Timestamp,
    /// `SINGLE_AMOUNT`, `WEEKLY_AMOUNT`, `WEEKLY_GROWTH`.
    flags: Vec<String>,
}

impl From<Flagged> for FlaggedPayout {
    fn from(payout: Flagged) -> Self {
        Self {
            id: payout.id,
            court_owner_id: payout.owner,
            amount_cents: payout.amount,
            status: payout.status,
            created_at: payout.created_at,
            flags: payout.flags,
        }
    }
}

/// One page of unusual payouts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FlaggedPayouts {
    payouts: Vec<FlaggedPayout>,
    total_elements: i64,
    page: u32,
    size: u32,
}

/// Payouts that somebody should look at, newest first.
#[utoipa::path(
    get,
    path = "/api/admin/payouts/flagged",
    operation_id = "adminListFlaggedPayouts",
    tag = "admin",
    security(("BearerAuth" = [])),
    params(PageQuery),
    responses((status = 200, description = "One page", body = FlaggedPayouts), CallerErrors)
)]
async fn admin_list_flagged_payouts(
    State(state): State<AppState>,
    _: Caller<Admin>,
    ValidQuery(query): ValidQuery<PageQuery>,
) -> ApiResult<Json<FlaggedPayouts>> {
    let offset = i64::from(query.page) * i64::from(query.size);
    let (payouts, total_elements) = payouts::list_flagged(&state, offset, i64::from(query.size)).await?;
    let payouts = payouts.into_iter().map(FlaggedPayout::from).collect();
    Ok(Json(FlaggedPayouts { payouts, total_elements, page: query.page, size: query.size }))
}
