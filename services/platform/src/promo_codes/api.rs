//! The internal calls about promo codes.

use contracts::codes;
use contracts::money::Cents;
use contracts::promo_codes::{
    PromoCodeRedemptionRequest, PromoCodeRedemptionResponse, PromoCodeRefusal, PromoCodeRollbackRequest,
    PromoCodeRollbackResponse, PromoCodeValidationRequest, PromoCodeValidationResponse,
};
use kit::auth::InternalKey;
use kit::http::{Json, Locale};
use kit::{ApiError, ApiResult};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api_docs::{ErrorResponse, InternalErrors};
use crate::state::AppState;

/// Longest code that a question may name.
const LONGEST_CODE: usize = 50;

pub fn internal_router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(validate_promo_code))
        .routes(routes!(redeem_promo_code))
        .routes(routes!(rollback_promo_code))
}

/// Whether a code counts for a booking. Asking uses nothing up.
#[utoipa::path(
    post,
    path = "/internal/promo-codes/validate",
    operation_id = "validatePromoCode",
    tag = "internal",
    security(("InternalApiKey" = [])),
    request_body = PromoCodeValidationRequest,
    responses((status = 200, description = "Yes, or why not", body = PromoCodeValidationResponse), InternalErrors)
)]
pub async fn validate_promo_code(
    _key: InternalKey,
    locale: Locale,
    Json(body): Json<PromoCodeValidationRequest>,
) -> ApiResult<Json<PromoCodeValidationResponse>> {
    if body.code.trim().is_empty() || body.code.chars().count() > LONGEST_CODE {
        return Err(ApiError::validation("code", "must be 1 to 50 long", "πρέπει να έχει μήκος 1 έως 50"));
    }
    check_amount("bookingAmountCents", body.booking_amount_cents)?;
    let unknown = &codes::PROMO_CODE_NOT_FOUND;
    let message = match locale {
        Locale::En => unknown.en,
        Locale::El => unknown.el,
    };
    Ok(Json(PromoCodeValidationResponse {
        error_code: Some(PromoCodeRefusal::PromoNotFound),
        error_message: Some(message.to_owned()),
        ..PromoCodeValidationResponse::default()
    }))
}

/// Counts one use of a code, once per booking.
#[utoipa::path(
    post,
    path = "/internal/promo-codes/redeem",
    operation_id = "redeemPromoCode",
    tag = "internal",
    security(("InternalApiKey" = [])),
    request_body = PromoCodeRedemptionRequest,
    responses(
        (status = 200, description = "Counted", body = PromoCodeRedemptionResponse),
        (status = 409, description = "The booking came with another code, person or amount", body = ErrorResponse),
        InternalErrors,
    )
)]
pub async fn redeem_promo_code(
    _key: InternalKey,
    Json(body): Json<PromoCodeRedemptionRequest>,
) -> ApiResult<Json<PromoCodeRedemptionResponse>> {
    check_amount("discountAmountCents", body.discount_amount_cents)?;
    Err(ApiError::new(&codes::PROMO_CODE_NOT_FOUND))
}

/// Takes a use back, once per booking.
#[utoipa::path(
    post,
    path = "/internal/promo-codes/rollback",
    operation_id = "rollbackPromoCode",
    tag = "internal",
    security(("InternalApiKey" = [])),
    request_body = PromoCodeRollbackRequest,
    responses((status = 200, description = "Free again", body = PromoCodeRollbackResponse), InternalErrors)
)]
pub async fn rollback_promo_code(
    _key: InternalKey,
    Json(_body): Json<PromoCodeRollbackRequest>,
) -> ApiResult<Json<PromoCodeRollbackResponse>> {
    Err(ApiError::new(&codes::PROMO_CODE_NOT_FOUND))
}

fn check_amount(field: &'static str, amount: Cents) -> ApiResult<()> {
    if amount < Cents::ZERO {
        return Err(ApiError::validation(field, "must not be negative", "δεν μπορεί να είναι αρνητικό"));
    }
    Ok(())
}
