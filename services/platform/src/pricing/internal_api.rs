//! `calculate-price` and `offer` for the transaction service: the only place where a price is computed (PRICE-16).

use axum::extract::State;
use contracts::ids::CourtId;
use contracts::internal::{CalculatePriceQuery, PriceCalculationResult, PromoCodeError, SlotOffer, SlotRefusal};
use contracts::money::Cents;
use kit::auth::InternalKey;
use kit::http::{Json, Path, Query};
use kit::{ApiError, ApiResult};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::Quote;
use super::ops;
use crate::api_docs::InternalErrors;
use crate::availability;
use crate::availability::domain::is_plannable;
use crate::state::AppState;

/// Longest promo code that can exist (PRICE-33).
const PROMO_CODE_LENGTH: usize = 20;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(calculate_price)).routes(routes!(offer_slot))
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
    check_query(&query)?;
    let (base, quote) = ops::quote(&state, id, query.date, query.start_time.time(), query.end_time.time()).await?;
    Ok(Json(price_result(base, quote, &query)))
}

/// Whether a customer could book a slot right now and what it costs, by one look at the court: what a checkout needs.
#[utoipa::path(
    get,
    path = "/internal/courts/{courtId}/offer",
    operation_id = "offerSlot",
    tag = "internal",
    security(("InternalApiKey" = [])),
    params(("courtId" = CourtId, Path, description = "The court"), CalculatePriceQuery),
    responses((status = 200, description = "Yes with the price, or the first reason why not", body = SlotOffer), InternalErrors)
)]
pub async fn offer_slot(
    _key: InternalKey,
    State(state): State<AppState>,
    Path(id): Path<CourtId>,
    Query(query): Query<CalculatePriceQuery>,
) -> ApiResult<Json<SlotOffer>> {
    check_query(&query)?;
    let (date, start, end) = (query.date, query.start_time.time(), query.end_time.time());
    let calendar = availability::ops::calendar(&state, id, date, date).await?;
    let verdict = availability::ops::check_slot(&calendar, date, start, end, state.env.clock.now())?;
    let validation = availability::validation_result(verdict);
    let may_cost = validation.available || validation.reason == Some(SlotRefusal::SlotConflict);
    let price = match may_cost {
        true => {
            let (base, quote) = ops::quote_by(&calendar, date, start, end)?;
            Some(price_result(base, quote, &query))
        }
        false => None,
    };
    Ok(Json(SlotOffer { validation, price, calendar_version: calendar.version }))
}

fn check_query(query: &CalculatePriceQuery) -> ApiResult<()> {
    if !is_plannable(query.date) {
        return Err(ApiError::validation("date", "is out of range", "είναι εκτός ορίων"));
    }
    if query.promo_code.as_ref().is_some_and(|code| code.chars().count() > PROMO_CODE_LENGTH) {
        return Err(ApiError::validation("promoCode", "must be at most 20 long", "πρέπει να έχει μήκος έως 20"));
    }
    Ok(())
}

fn price_result(base: Cents, quote: Quote, query: &CalculatePriceQuery) -> PriceCalculationResult {
    // No promo codes exist yet, so a code that is sent is one nobody knows (PRICE-19, PRICE-39).
    let code_was_sent = query.promo_code.is_some();
    PriceCalculationResult {
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
    }
}
