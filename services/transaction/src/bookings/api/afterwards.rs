//! What an owner notes on a booking once it is over, or paid at the desk.

use axum::extract::State;
use axum::response::Response;
use contracts::booking::PaymentStatus;
use contracts::ids::BookingId;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{Caller, Owner};
use kit::http::{Path, ValidJson};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::owner::to_json;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::domain::booking::ExternalMethod;
use crate::bookings::ops;
use crate::idempotency::{IdempotencyKey, request_hash};
use crate::repeatable::repeatable;
use crate::state::AppState;

#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
pub struct FlagNoShowRequest {
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    notes: Option<String>,
}

/// A no-show as it was noted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoShowResult {
    booking_id: BookingId,
    no_show: bool,
    flagged_at: Timestamp,
}

/// Notes that nobody came, within a day after the end.
#[utoipa::path(
    post,
    path = "/api/bookings/{bookingId}/no-show",
    operation_id = "flagNoShow",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    request_body(content = Option<FlagNoShowRequest>),
    responses(
        (status = 200, description = "Noted", body = NoShowResult),
        (status = 404, description = "No such booking on the owner's courts", body = ErrorResponse),
        (status = 422, description = "Not completed, or too late", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn flag_no_show(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    key: Option<IdempotencyKey>,
    Path(booking_id): Path<BookingId>,
    body: Option<ValidJson<FlagNoShowRequest>>,
) -> ApiResult<Response> {
    let body = body.unwrap_or_default().0;
    let hash = request_hash("flag-no-show", &booking_id.to_string(), &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let flagged_at = ops::flag_no_show(&state, caller.user_id, booking_id, body.notes.as_deref()).await?;
        Ok((StatusCode::OK, to_json(&NoShowResult { booking_id, no_show: true, flagged_at })))
    })
    .await
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarkBookingPaidRequest {
    #[garde(skip)]
    payment_method: ExternalMethod,
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    notes: Option<String>,
}

/// A payment at the desk as it was noted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MarkPaidResult {
    booking_id: BookingId,
    payment_status: PaymentStatus,
    payment_method: ExternalMethod,
    paid_at: Timestamp,
}

/// Notes that the guest of a manual booking has paid.
#[utoipa::path(
    post,
    path = "/api/bookings/{bookingId}/mark-paid",
    operation_id = "markBookingPaid",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    request_body = MarkBookingPaidRequest,
    responses(
        (status = 200, description = "Noted", body = MarkPaidResult),
        (status = 404, description = "No such booking on the owner's courts", body = ErrorResponse),
        (status = 422, description = "A customer's booking, or one that was called off", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn mark_booking_paid(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    key: Option<IdempotencyKey>,
    Path(booking_id): Path<BookingId>,
    ValidJson(body): ValidJson<MarkBookingPaidRequest>,
) -> ApiResult<Response> {
    let hash = request_hash("mark-paid", &booking_id.to_string(), &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let notes = body.notes.filter(|notes| !notes.trim().is_empty());
        let paid = ops::mark_paid(&state, caller.user_id, booking_id, body.payment_method, notes).await?;
        let result = MarkPaidResult {
            booking_id,
            payment_status: PaymentStatus::PaidExternally,
            payment_method: paid.method,
            paid_at: paid.paid_at,
        };
        Ok((StatusCode::OK, to_json(&result)))
    })
    .await
}
