//! `calculate-price` for the transaction service: the only place where a price is computed (PRICE-16).

use axum::extract::State;
use contracts::ids::CourtId;
use contracts::internal::{CalculatePriceQuery, PriceCalculationResult, PromoCodeError};
use contracts::money::Cents;
use kit::auth::InternalKey;
use kit::http::{Json, Path, Query};
use kit::{ApiError, ApiResult};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops;
use crate::api_docs::InternalErrors;
use crate::availability::domain::is_plannable;
use crate::state::AppState;

/// Longest promo code that can exist (PRICE-33).
const PROMO_CODE_LENGTH: usize = 20;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(calculate_price))
}

/// The price of a booking.
#[utoipa::path(
    get,
    path = "/internal/courts/{courtId}/calculate-price",
    operation_id = "calculatePrice",
    tag = "internal",
    security(("InternalApiKey" = [])),
    params(("courtId" = CourtId, Path, description = "The court"), CalculatePriceQuery),
    responses((status = 200, description = "Price and what it is made of", body = PriceCalculationResult), InternalErrors)
)]
pub async fn calculate_price(
    _key: InternalKey,
    State(state): State<AppState>,
    Path(id): Path<CourtId>,
    Query(query): Query<CalculatePriceQuery>,
) -> ApiResult<Json<PriceCalculationResult>> {
    if !is_plannable(query.date) {
        return Err(ApiError::validation("date", "is out of range", "είναι εκτός ορίων"));
    }
    if query.promo_code.as_ref().is_some_and(|code| code.chars().count() > PROMO_CODE_LENGTH) {
        return Err(ApiError::validation("promoCode", "must be at most 20 long", "πρέπει να έχει μήκος έως 20"));
    }
    let (base, quote) = ops::quote(&state, id, query.date, query.start_time.time(), query.end_time.time()).await?;
    // No promo codes exist yet, so a code that is sent is one nobody knows (PRICE-19, PRICE-39).
    let code_was_sent = query.promo_code.is_some();
    Ok(Json(PriceCalculationResult {
        base_price_cents: base,
        multiplier: quote.multiplier,
        multiplier_label: quote.multiplier_label,
        special_date_multiplier: quote.special_date_multiplier,
        special_date_label: quote.special_date_label,
        subtotal_cents: quote.subtotal,
        promo_discount_cents: Cents::ZERO,
        promo_code_valid: code_was_sent.then_some(false),
        promo_code_error: code_was_sent.then_some(PromoCodeError::PromoNotFound),
        final_price_cents: quote.subtotal,
    }))
}
