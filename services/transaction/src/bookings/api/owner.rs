//! What owners ask for: pending bookings, answering them, entering bookings by hand.

use axum::extract::State;
use axum::response::Response;
use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::identity::SubscriptionStatus;
use contracts::ids::{BookingId, CourtId};
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Locale, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::reading::{page_of, twenty};
use super::views::{BookingListResponse, BookingView, CancellationResult, ConfirmationResult};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::domain::booking::Guest;
use crate::bookings::ops::{self, ManualBooking};
use crate::idempotency::{IdempotencyKey, request_hash};
use crate::optional_json::OptionalJson;
use crate::repeatable::repeatable;
use crate::state::AppState;

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PendingQuery {
    #[garde(skip)]
    court_id: Option<CourtId>,
    #[garde(range(min = 0, max = 100_000))]
    #[serde(default)]
    #[param(minimum = 0, maximum = 100_000, default = 0)]
    page: i64,
    #[garde(range(min = 1, max = 100))]
    #[serde(default = "twenty")]
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: i64,
}

/// The bookings that wait for the owner's answer, earliest first, each with its deadline and held amount.
#[utoipa::path(
    get,
    path = "/api/bookings/pending",
    operation_id = "listPendingBookings",
    tag = "bookings",
    params(PendingQuery),
    responses((status = 200, description = "One page", body = BookingListResponse), CallerErrors)
)]
pub async fn list_pending_bookings(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    locale: Locale,
    ValidQuery(query): ValidQuery<PendingQuery>,
) -> ApiResult<Json<BookingListResponse>> {
    let found = ops::list_pending(&state, caller.user_id, query.court_id, query.page, query.size).await?;
    Ok(Json(page_of(&found, query.page, query.size, locale)))
}

#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
pub struct ConfirmBookingRequest {
    /// For the customer.
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    message: Option<String>,
}

/// Accepts a pending booking: the held amount is collected and the booking stands.
#[utoipa::path(
    post,
    path = "/api/bookings/{bookingId}/confirm",
    operation_id = "confirmBooking",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    request_body(content = Option<ConfirmBookingRequest>),
    responses(
        (status = 200, description = "Confirmed and collected", body = ConfirmationResult),
        (status = 404, description = "No such booking on the owner's courts", body = ErrorResponse),
        (status = 409, description = "It is being decided right now", body = ErrorResponse),
        (status = 422, description = "The amount cannot be collected", body = ErrorResponse),
        (status = 503, description = "The payment provider does not answer; it is tried again", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn confirm_booking(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    key: Option<IdempotencyKey>,
    locale: Locale,
    Path(booking_id): Path<BookingId>,
    OptionalJson(body): OptionalJson<ConfirmBookingRequest>,
) -> ApiResult<Response> {
    let hash = request_hash("confirm-booking", &booking_id.to_string(), &body);
    let message = body.message.as_deref().map(str::trim).filter(|message| !message.is_empty());
    repeatable(&state, caller.user_id, key, hash, async {
        let confirmed = ops::confirm_booking(&state, caller.user_id, booking_id, message).await?;
        Ok((StatusCode::OK, to_json(&ConfirmationResult::new(&confirmed, locale))))
    })
    .await
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
pub struct RejectBookingRequest {
    /// Shown to the customer.
    #[garde(length(chars, min = 1, max = 500), custom(not_blank))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

fn not_blank(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}

/// Turns a pending booking down: the card's hold is let go and the customer is told.
#[utoipa::path(
    post,
    path = "/api/bookings/{bookingId}/reject",
    operation_id = "rejectBooking",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    request_body = RejectBookingRequest,
    responses(
        (status = 200, description = "Rejected; the customer pays nothing", body = CancellationResult),
        (status = 404, description = "No such booking on the owner's courts", body = ErrorResponse),
        (status = 409, description = "It is being decided right now", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn reject_booking(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    key: Option<IdempotencyKey>,
    Path(booking_id): Path<BookingId>,
    ValidJson(body): ValidJson<RejectBookingRequest>,
) -> ApiResult<Response> {
    let hash = request_hash("reject-booking", &booking_id.to_string(), &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let rejected = ops::reject_booking(&state, caller.user_id, booking_id, body.reason.trim()).await?;
        Ok((StatusCode::OK, to_json(&CancellationResult::rejected(rejected.id))))
    })
    .await
}

/// A weekly series.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ManualSeries {
    #[garde(range(min = 1, max = 1))]
    #[schema(minimum = 1, maximum = 1)]
    frequency_weeks: Option<i32>,
    #[garde(range(min = 1, max = 12))]
    #[schema(minimum = 1, maximum = 12)]
    duration_weeks: Option<i32>,
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateManualBookingRequest {
    #[garde(skip)]
    court_id: CourtId,
    /// Court-local.
    #[garde(skip)]
    #[schema(value_type = String, format = "date")]
    date: LocalDate,
    #[garde(skip)]
    start_time: TimeOfDay,
    /// A whole multiple of the court's duration; the court's own when absent.
    #[garde(skip)]
    duration_minutes: Option<i32>,
    #[garde(inner(length(chars, min = 1, max = 120)))]
    #[schema(min_length = 1, max_length = 120)]
    customer_name: Option<String>,
    #[garde(inner(length(chars, min = 1, max = 40)))]
    #[schema(min_length = 1, max_length = 40)]
    customer_phone: Option<String>,
    #[garde(inner(length(max = 254), pattern(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")))]
    #[schema(format = "email")]
    customer_email: Option<String>,
    #[garde(inner(length(chars, max = 1000)))]
    #[schema(max_length = 1000)]
    notes: Option<String>,
    /// Not offered yet: must be absent.
    #[garde(dive)]
    recurring: Option<ManualSeries>,
}

/// Enters a booking by hand: no payment, and the slot is taken for everybody.
#[utoipa::path(
    post,
    path = "/api/bookings/manual",
    operation_id = "createManualBooking",
    tag = "bookings",
    request_body = CreateManualBookingRequest,
    responses(
        (status = 201, description = "Entered", body = BookingView),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "The slot is taken; see `details.conflictingBookingId`", body = ErrorResponse),
        (status = 422, description = "The length does not fit the court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn create_manual_booking(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    key: Option<IdempotencyKey>,
    locale: Locale,
    ValidJson(body): ValidJson<CreateManualBookingRequest>,
) -> ApiResult<Response> {
    if !matches!(caller.claims.subscription_status, Some(SubscriptionStatus::Trial | SubscriptionStatus::Active)) {
        return Err(ApiError::new(&codes::SUBSCRIPTION_EXPIRED));
    }
    if body.recurring.is_some() {
        return Err(ApiError::validation("recurring", "is not offered yet", "δεν προσφέρεται ακόμη"));
    }
    let hash = request_hash("create-manual-booking", "", &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let entry = ManualBooking {
            owner: caller.user_id,
            court_id: body.court_id,
            date: body.date.date(),
            start: body.start_time,
            duration_minutes: body.duration_minutes,
            guest: Guest {
                name: body.customer_name,
                phone: body.customer_phone,
                email: body.customer_email,
                notes: body.notes,
            },
        };
        let booking = ops::create_manual_booking(&state, entry).await?;
        Ok((StatusCode::CREATED, to_json(&BookingView::new(&booking, None, None, locale))))
    })
    .await
}

fn to_json(view: &impl Serialize) -> Value {
    // A view is made of plain fields with string keys.
    serde_json::to_value(view).unwrap_or(Value::Null)
}
