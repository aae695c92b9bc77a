//! Saved cards over HTTP. Card numbers never come here: clients give them to Stripe (PAY-14).

use axum::extract::State;
use contracts::codes;
use contracts::ids::PaymentId;
use contracts::money::Cents;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{Caller, Customer, CustomerOrOwner};
use kit::http::{Json, Path, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::refund::RefundStatus;
use super::ops::{self, MethodKind, SavedMethod};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

/// The routes of this slice.
pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_payment_methods, add_payment_method))
        .routes(routes!(create_setup_intent))
        .routes(routes!(get_refund_status))
}

/// A saved card.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentMethod {
    id: String,
    #[serde(rename = "type")]
    kind: MethodKind,
    last4: Option<String>,
    brand: Option<String>,
    expiry_month: Option<i32>,
    expiry_year: Option<i32>,
    is_default: bool,
}

impl From<SavedMethod> for PaymentMethod {
    fn from(method: SavedMethod) -> Self {
        Self {
            id: method.id,
            kind: method.kind,
            last4: method.last4,
            brand: method.brand,
            expiry_month: method.expiry_month,
            expiry_year: method.expiry_year,
            is_default: method.is_default,
        }
    }
}

/// The caller's saved cards.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentMethods {
    methods: Vec<PaymentMethod>,
}

/// What the payment form needs to save a card.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupIntentResponse {
    client_secret: String,
}

#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AddPaymentMethodRequest {
    /// A finished setup intent.
    #[garde(length(max = 255), pattern(r"^[A-Za-z0-9_]+$"))]
    #[schema(min_length = 1, max_length = 255, pattern = "^[A-Za-z0-9_]+$")]
    setup_intent_id: String,
}

/// The caller's saved cards.
#[utoipa::path(
    get,
    path = "/api/payments/methods",
    operation_id = "listPaymentMethods",
    tag = "payments",
    responses(
        (status = 200, description = "The cards", body = PaymentMethods),
        (status = 503, description = "The payment provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn list_payment_methods(
    State(state): State<AppState>,
    caller: Caller<Customer>,
) -> ApiResult<Json<PaymentMethods>> {
    let methods = ops::list_methods(&state, caller.user_id).await?;
    Ok(Json(PaymentMethods { methods: methods.into_iter().map(PaymentMethod::from).collect() }))
}

/// Keeps the card of a finished setup intent.
#[utoipa::path(
    post,
    path = "/api/payments/methods",
    operation_id = "addPaymentMethod",
    tag = "payments",
    request_body = AddPaymentMethodRequest,
    responses(
        (status = 201, description = "Saved", body = PaymentMethod),
        (status = 503, description = "The payment provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn add_payment_method(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    ValidJson(body): ValidJson<AddPaymentMethodRequest>,
) -> ApiResult<(StatusCode, Json<PaymentMethod>)> {
    let method = ops::save_method(&state, caller.user_id, &body.setup_intent_id).await?;
    Ok((StatusCode::CREATED, Json(method.into())))
}

/// Begins saving a card.
#[utoipa::path(
    post,
    path = "/api/payments/setup-intent",
    operation_id = "createSetupIntent",
    tag = "payments",
    responses(
        (status = 200, description = "What the payment form needs", body = SetupIntentResponse),
        (status = 503, description = "The payment provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn create_setup_intent(
    State(state): State<AppState>,
    caller: Caller<Customer>,
) -> ApiResult<Json<SetupIntentResponse>> {
    let client_secret = ops::start_saving(&state, caller.user_id).await?;
    Ok(Json(SetupIntentResponse { client_secret }))
}

/// What goes back to the customer, all refunds of the payment as one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefundView {
    #[schema(value_type = Uuid)]
    payment_id: PaymentId,
    refund_amount_cents: Cents,
    status: RefundStatus,
    initiated_at: Timestamp,
    /// Once all of it is back.
    completed_at: Option<Timestamp>,
}

/// Where the refund of a payment stands.
#[utoipa::path(
    get,
    path = "/api/payments/{paymentId}/refund",
    operation_id = "getRefundStatus",
    tag = "payments",
    params(("paymentId" = Uuid, Path)),
    responses(
        (status = 200, description = "The refund", body = RefundView),
        (status = 404, description = "Nothing was refunded, or it is somebody else's", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_refund_status(
    State(state): State<AppState>,
    caller: Caller<CustomerOrOwner>,
    Path(payment): Path<PaymentId>,
) -> ApiResult<Json<RefundView>> {
    let whole = ops::show_refund(&state, caller.user_id, payment).await?;
    let whole = whole.ok_or_else(|| ApiError::new(&codes::REFUND_NOT_FOUND))?;
    Ok(Json(RefundView {
        payment_id: payment,
        refund_amount_cents: whole.amount,
        status: whole.status,
        initiated_at: whole.initiated_at,
        completed_at: whole.completed_at,
    }))
}
