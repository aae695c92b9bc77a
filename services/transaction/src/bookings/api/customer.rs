//! What customers ask for: booking a slot, and calling a booking off, which owners may as well.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::court::TimeOfDay;
use contracts::ids::{BookingId, CourtId};
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use kit::auth::{Caller, Customer, CustomerOrOwner};
use kit::http::{Json, Locale, Path, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::errors::{repeated_refusal, stored_refusal};
use super::reading::party_of;
use super::views::{BookingView, CancellationResult};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::domain::booking::Booking;
use crate::bookings::ops::{self, Answer, BookingError, CancelRequest, Cancellation, Canceller, Checkout};
use crate::idempotency::{IdempotencyKey, request_hash};
use crate::payments::domain::payment::Payment;
use crate::state::AppState;

/// Who may join an open match around the booking.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenMatchConfig {
    #[garde(inner(range(min = 1, max = 7)))]
    #[schema(minimum = 1, maximum = 7)]
    skill_range_min: Option<i32>,
    #[garde(inner(range(min = 1, max = 7)))]
    #[schema(minimum = 1, maximum = 7)]
    skill_range_max: Option<i32>,
    #[serde(default)]
    #[garde(skip)]
    auto_accept: bool,
}

/// Somebody who shares the cost.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SplitInvitee {
    #[garde(length(min = 1, max = 254))]
    #[schema(min_length = 1, max_length = 254)]
    identifier: Option<String>,
    #[garde(skip)]
    custom_amount_cents: Option<i64>,
}

/// Who shares the cost.
#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
pub struct SplitPaymentConfig {
    #[serde(default)]
    #[garde(dive, length(max = 50))]
    #[schema(max_items = 50)]
    invitees: Vec<SplitInvitee>,
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateBookingRequest {
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
    /// 1 to the court's capacity.
    #[garde(skip)]
    number_of_people: Option<i32>,
    /// A card at Stripe.
    #[garde(length(max = 255), pattern(r"^[A-Za-z0-9_]+$"))]
    #[schema(min_length = 1, max_length = 255, pattern = "^[A-Za-z0-9_]+$")]
    payment_method_id: String,
    #[garde(inner(length(min = 1, max = 20)))]
    #[schema(min_length = 1, max_length = 20)]
    promo_code: Option<String>,
    /// Not offered yet: must be false.
    #[serde(default)]
    #[garde(skip)]
    open_match: bool,
    #[garde(dive)]
    open_match_config: Option<OpenMatchConfig>,
    /// Not offered yet: must be false.
    #[serde(default)]
    #[garde(skip)]
    split_payment: bool,
    #[garde(dive)]
    split_payment_config: Option<SplitPaymentConfig>,
}

/// Holds the slot, charges or authorises the card, and books.
#[utoipa::path(
    post,
    path = "/api/bookings",
    operation_id = "createBooking",
    tag = "bookings",
    params(("X-Idempotency-Key" = Uuid, Header, description = "UUID version 4; the same key and body get the first answer")),
    request_body = CreateBookingRequest,
    responses(
        (status = 201, description = "Booked, or held until 3-D Secure is finished (PENDING_PAYMENT)", body = BookingView),
        (status = 402, description = "The card was refused; the slot is free again", body = ErrorResponse),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "The slot is taken; free ones stand in `details.alternativeSlots`", body = ErrorResponse),
        (status = 422, description = "The slot, its time or the court does not allow it", body = ErrorResponse),
        (status = 503, description = "The payment provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn create_booking(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    IdempotencyKey(key): IdempotencyKey,
    locale: Locale,
    ValidJson(body): ValidJson<CreateBookingRequest>,
) -> ApiResult<Response> {
    refuse_what_is_not_offered(&body)?;
    let request_hash = request_hash("create-booking", "", &body);
    let checkout = Checkout {
        customer: caller.user_id,
        key,
        request_hash,
        court_id: body.court_id,
        date: body.date.date(),
        start: body.start_time,
        duration_minutes: body.duration_minutes,
        people: body.number_of_people,
        payment_method: body.payment_method_id,
        promo_code: body.promo_code,
        series: None,
    };
    let render = move |booking: &Booking, payment: Option<&Payment>| -> Value {
        serde_json::to_value(BookingView::of_customer(booking, payment, locale)).unwrap_or(Value::Null)
    };
    match ops::create_booking(&state, checkout, &render).await {
        Ok(answer) => answered(answer),
        Err(error) => {
            let is_final = error.is_final();
            let refusal = ApiError::from(error);
            if is_final {
                let stored = stored_refusal(&refusal, state.env.clock.now());
                let status = refusal.status().as_u16();
                ops::remember_refusal(&state, caller.user_id, key, &request_hash, status, &stored).await?;
            }
            Err(refusal)
        }
    }
}

/// Open matches and split payments come with later versions; a request for one must not be booked as if it had not
/// asked.
fn refuse_what_is_not_offered(body: &CreateBookingRequest) -> Result<(), ApiError> {
    let later = |field: &str| ApiError::validation(field, "is not offered yet", "δεν προσφέρεται ακόμη");
    match (body.open_match, body.split_payment) {
        (false, false) => Ok(()),
        (true, _) => Err(later("openMatch")),
        (false, true) => Err(later("splitPayment")),
    }
}

/// A first answer, fresh or repeated.
fn answered(answer: Answer) -> ApiResult<Response> {
    if answer.status >= 400 {
        return Err(repeated_refusal(&answer));
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    Ok((status, Json(answer.body)).into_response())
}

#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelBookingRequest {
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    reason: Option<String>,
    /// For owners: offer the slot to the people who wait for it.
    #[serde(default)]
    #[garde(skip)]
    release_to_waitlist: bool,
}

/// Calls a booking off. A customer's refund follows the court's policy, an owner's gives everything but the commission.
#[utoipa::path(
    post,
    path = "/api/bookings/{bookingId}/cancel",
    operation_id = "cancelBooking",
    tag = "bookings",
    params(
        ("bookingId" = Uuid, Path),
        ("X-Idempotency-Key" = Uuid, Header, description = "UUID version 4; the same key and body get the first answer"),
    ),
    request_body(content = Option<CancelBookingRequest>),
    responses(
        (status = 200, description = "Cancelled; the refund follows", body = CancellationResult),
        (status = 404, description = "No such booking, or somebody else's", body = ErrorResponse),
        (status = 409, description = "Its payment is being decided right now", body = ErrorResponse),
        (status = 422, description = "Already cancelled or over", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn cancel_booking(
    State(state): State<AppState>,
    caller: Caller<CustomerOrOwner>,
    IdempotencyKey(key): IdempotencyKey,
    Path(booking_id): Path<BookingId>,
    body: Option<ValidJson<CancelBookingRequest>>,
) -> ApiResult<Response> {
    let body = body.unwrap_or_default().0;
    let request = CancelRequest {
        booking_id,
        request_hash: request_hash("cancel-booking", &booking_id.to_string(), &body),
        canceller: Canceller {
            party: party_of(caller.role),
            actor: Some(caller.user_id),
            release_to_waitlist: body.release_to_waitlist,
            customer_told: false,
            reason: body.reason.filter(|reason| !reason.trim().is_empty()),
        },
        key,
    };
    let render = |outcome: &Cancellation| -> Value {
        serde_json::to_value(CancellationResult::cancelled(outcome)).unwrap_or(Value::Null)
    };
    match ops::cancel_booking(&state, &request, &render).await {
        Ok(answer) => answered(answer),
        Err(error @ BookingError::Refused(_)) => {
            let refusal = ApiError::from(error);
            let stored = stored_refusal(&refusal, state.env.clock.now());
            let status = refusal.status().as_u16();
            ops::remember_refusal(&state, caller.user_id, key, &request.request_hash, status, &stored).await?;
            Err(refusal)
        }
        Err(error) => Err(error.into()),
    }
}
