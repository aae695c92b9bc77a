//! What a customer changes about a booking that stands: its slot, or the card that pays it.

use axum::extract::State;
use axum::response::Response;
use contracts::court::TimeOfDay;
use contracts::ids::BookingId;
use contracts::local_date::LocalDate;
use contracts::money::Cents;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{Caller, Customer};
use kit::http::{Locale, Path, ValidJson};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::owner::to_json;
use super::views::{BookingView, RefundState};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::ops::{self, Move, Moved};
use crate::idempotency::{IdempotencyKey, request_hash};
use crate::repeatable::repeatable;
use crate::state::AppState;

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModifyBookingRequest {
    /// Court-local.
    #[garde(skip)]
    #[schema(value_type = String, format = "date")]
    new_date: LocalDate,
    #[garde(skip)]
    new_start_time: TimeOfDay,
}

/// The word for what happened; the booking itself keeps its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ModificationStatus {
    Modified,
}

/// What a move came to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BookingModificationResult {
    pub booking_id: BookingId,
    pub status: ModificationStatus,
    /// New price minus old price.
    pub price_difference_cents: Cents,
    /// The difference is to be paid first: until then the booking keeps its old slot.
    pub additional_payment_required: bool,
    /// What the payment form needs to have the difference confirmed.
    pub payment_intent_client_secret: Option<String>,
    /// Until then the new slot is kept.
    pub hold_expires_at: Option<Timestamp>,
    pub refund_amount_cents: Option<Cents>,
    pub refund_status: Option<RefundState>,
    pub booking: BookingView,
}

impl BookingModificationResult {
    fn new(moved: Moved, locale: Locale) -> Self {
        let refunded = moved.refund > Cents::ZERO;
        Self {
            booking_id: moved.booking.id,
            status: ModificationStatus::Modified,
            price_difference_cents: moved.difference,
            additional_payment_required: moved.open.is_some(),
            hold_expires_at: moved.open.as_ref().map(|open| open.expires_at),
            payment_intent_client_secret: moved.open.and_then(|open| open.client_secret),
            refund_amount_cents: refunded.then_some(moved.refund),
            refund_status: Some(if refunded { RefundState::Processing } else { RefundState::None }),
            booking: BookingView::new(&moved.booking, Some(contracts::booking::PaymentStatus::Captured), None, locale),
        }
    }
}

/// Moves a confirmed booking to another slot of its court. A dearer slot is kept until the difference is paid, a cheaper
/// one gives money back.
#[utoipa::path(
    put,
    path = "/api/bookings/{bookingId}/modify",
    operation_id = "modifyBooking",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    request_body = ModifyBookingRequest,
    responses(
        (status = 200, description = "Moved, or kept until the difference is paid", body = BookingModificationResult),
        (status = 402, description = "The difference cannot be charged", body = ErrorResponse),
        (status = 404, description = "No such booking, or somebody else's", body = ErrorResponse),
        (status = 409, description = "The new slot is taken; free ones stand in `details.alternativeSlots`", body = ErrorResponse),
        (status = 422, description = "Its state, the time or the court does not allow it", body = ErrorResponse),
        (status = 503, description = "The payment provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn modify_booking(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    key: Option<IdempotencyKey>,
    locale: Locale,
    Path(booking_id): Path<BookingId>,
    ValidJson(body): ValidJson<ModifyBookingRequest>,
) -> ApiResult<Response> {
    let hash = request_hash("modify-booking", &booking_id.to_string(), &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let wanted =
            Move { booking_id, customer: caller.user_id, date: body.new_date.date(), start: body.new_start_time };
        let moved = ops::modify_booking(&state, wanted).await?;
        Ok((StatusCode::OK, to_json(&BookingModificationResult::new(moved, locale))))
    })
    .await
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GiveCardRequest {
    /// A card at Stripe.
    #[garde(length(max = 255), pattern(r"^[A-Za-z0-9_]+$"))]
    #[schema(min_length = 1, max_length = 255, pattern = "^[A-Za-z0-9_]+$")]
    payment_method_id: String,
}

/// Gives another card for a new price that the first card did not hold.
#[utoipa::path(
    post,
    path = "/api/bookings/{bookingId}/payment-method",
    operation_id = "giveBookingCard",
    tag = "bookings",
    params(("bookingId" = Uuid, Path)),
    request_body = GiveCardRequest,
    responses(
        (status = 200, description = "The card holds the new price, or the customer has to finish 3-D Secure", body = BookingView),
        (status = 402, description = "This card does not work either", body = ErrorResponse),
        (status = 404, description = "No such booking, or somebody else's", body = ErrorResponse),
        (status = 409, description = "A card is being asked right now", body = ErrorResponse),
        (status = 422, description = "No card is needed", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn give_card(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    key: Option<IdempotencyKey>,
    locale: Locale,
    Path(booking_id): Path<BookingId>,
    ValidJson(body): ValidJson<GiveCardRequest>,
) -> ApiResult<Response> {
    let hash = request_hash("give-card", &booking_id.to_string(), &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let booking = ops::give_card(&state, caller.user_id, booking_id, body.payment_method_id).await?;
        let authorized = Some(contracts::booking::PaymentStatus::Authorized);
        Ok((StatusCode::OK, to_json(&BookingView::new(&booking, authorized, None, locale))))
    })
    .await
}
