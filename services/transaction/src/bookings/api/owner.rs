//! What owners ask for: pending bookings, answering them, entering bookings by hand.

use axum::extract::State;
use axum::response::Response;
use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::identity::SubscriptionStatus;
use contracts::ids::{BookingId, CourtId, RecurringGroupId};
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use jiff::civil::Date;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Locale, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::reading::{page_of, twenty};
use super::views::{BookingListResponse, BookingView, CancellationResult, ConfirmationResult};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::domain::booking::{Booking, Guest};
use crate::bookings::domain::series::DEFAULT_WEEKS;
use crate::bookings::ops::{self, BookingError, BulkAction, Instance, ManualBooking, Series};
use crate::idempotency::{IdempotencyKey, request_hash};
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
    body: Option<ValidJson<ConfirmBookingRequest>>,
) -> ApiResult<Response> {
    let body = body.unwrap_or_default().0;
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

pub(super) fn not_blank(text: &str, _: &()) -> garde::Result {
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

/// What became of a series that was partly taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct ManualSeriesResult {
    created: Vec<EnteredInstance>,
    conflicts: Vec<TakenDate>,
}

/// A date that was entered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnteredInstance {
    booking_id: BookingId,
    #[schema(value_type = String, format = "date")]
    date: Date,
    recurring_group_id: RecurringGroupId,
}

/// A date that was not, and the code that says why.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenDate {
    #[schema(value_type = String, format = "date")]
    pub(super) date: Date,
    pub(super) reason: String,
}

impl ManualSeriesResult {
    fn new(series: Series<Booking>) -> Self {
        let mut result = Self { created: Vec::new(), conflicts: Vec::new() };
        for Instance { date, outcome } in series.instances {
            match outcome {
                Ok(booking) => result.created.push(EnteredInstance {
                    booking_id: booking.id,
                    date,
                    recurring_group_id: series.group,
                }),
                Err(error) => result.conflicts.push(TakenDate { date, reason: reason_of(error) }),
            }
        }
        result
    }
}

/// The code of a refusal; a date that was not tried because of another has that one's.
pub(super) fn reason_of(error: Option<BookingError>) -> String {
    error.map_or(codes::PAYMENT_FAILED.id, |error| ApiError::from(error).code().id).to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BulkActionKind {
    Confirm,
    Reject,
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkActionRequest {
    #[garde(length(min = 1, max = 50))]
    #[schema(min_items = 1, max_items = 50)]
    booking_ids: Vec<BookingId>,
    #[garde(skip)]
    action: BulkActionKind,
    /// For the customers of confirmed bookings.
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    message: Option<String>,
    /// Shown to the customers of rejected bookings, and required for those.
    #[garde(inner(length(chars, min = 1, max = 500), custom(not_blank)))]
    #[schema(min_length = 1, max_length = 500)]
    reason: Option<String>,
}

/// What came of each booking.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkActionResult {
    results: Vec<BulkActionItem>,
    success_count: usize,
    failure_count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BulkActionItem {
    booking_id: BookingId,
    status: BulkActionStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<BulkActionError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BulkActionStatus {
    Success,
    Failed,
}

/// Why one booking could not be answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkActionError {
    code: String,
    message: String,
}

/// Confirms or rejects many pending bookings, each by itself.
#[utoipa::path(
    post,
    path = "/api/bookings/bulk-action",
    operation_id = "bulkBookingAction",
    tag = "bookings",
    request_body = BulkActionRequest,
    responses((status = 207, description = "What came of each", body = BulkActionResult), CallerErrors)
)]
pub async fn bulk_booking_action(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    key: Option<IdempotencyKey>,
    locale: Locale,
    ValidJson(body): ValidJson<BulkActionRequest>,
) -> ApiResult<Response> {
    let text =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let action = match body.action {
        BulkActionKind::Confirm => BulkAction::Confirm { message: text(&body.message) },
        BulkActionKind::Reject => match text(&body.reason) {
            Some(reason) => BulkAction::Reject { reason },
            None => return Err(ApiError::validation("reason", "is required to reject", "απαιτείται για την απόρριψη")),
        },
    };
    let hash = request_hash("bulk-action", "", &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let outcomes = ops::act_on_each(&state, caller.user_id, &body.booking_ids, &action).await;
        let results: Vec<BulkActionItem> =
            outcomes.into_iter().map(|(booking_id, outcome)| bulk_item(booking_id, outcome, locale)).collect();
        let success_count = results.iter().filter(|item| item.status == BulkActionStatus::Success).count();
        let failure_count = results.len() - success_count;
        Ok((StatusCode::MULTI_STATUS, to_json(&BulkActionResult { results, success_count, failure_count })))
    })
    .await
}

fn bulk_item(booking_id: BookingId, outcome: Result<(), BookingError>, locale: Locale) -> BulkActionItem {
    match outcome {
        Ok(()) => BulkActionItem { booking_id, status: BulkActionStatus::Success, error: None },
        Err(error) => {
            let refusal = ApiError::from(error);
            if let Some(cause) = refusal.cause() {
                tracing::error!(booking = %booking_id, error = %cause, "one booking of a bulk action failed");
            }
            let trace_id = kit::trace::current().map(|here| here.trace_id()).unwrap_or_default();
            let error =
                BulkActionError { code: refusal.code().id.to_owned(), message: refusal.message(locale, &trace_id) };
            BulkActionItem { booking_id, status: BulkActionStatus::Failed, error: Some(error) }
        }
    }
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
    /// The same weekday and time on several dates.
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
        (status = 201, description = "Entered; for a series a list of them", body = BookingView),
        (status = 207, description = "Some dates of the series were taken", body = ManualSeriesResult),
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
    // The token's word is a quick check that may be minutes old; the stored state decides (AUTH-53, AUTHZ-06).
    if !matches!(caller.claims.subscription_status, Some(SubscriptionStatus::Trial | SubscriptionStatus::Active)) {
        return Err(ApiError::new(&codes::SUBSCRIPTION_EXPIRED));
    }
    let weeks = body.recurring.as_ref().map(|series| series.duration_weeks.unwrap_or(DEFAULT_WEEKS));
    let series_key = key.map_or_else(|| state.env.ids.new_id(), |key| key.0);
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
            group: None,
        };
        let Some(weeks) = weeks else {
            let booking = ops::create_manual_booking(&state, entry).await?;
            return Ok((StatusCode::CREATED, to_json(&BookingView::new(&booking, None, None, locale))));
        };
        let series = ops::create_manual_series(&state, &entry, weeks, series_key).await?;
        if series.all_booked() {
            let entered = series.instances.iter().filter_map(|instance| instance.outcome.as_ref().ok());
            let views: Vec<BookingView> =
                entered.map(|booking| BookingView::new(booking, None, None, locale)).collect();
            return Ok((StatusCode::CREATED, to_json(&views)));
        }
        Ok((StatusCode::MULTI_STATUS, to_json(&ManualSeriesResult::new(series))))
    })
    .await
}

pub(super) fn to_json(view: &impl Serialize) -> Value {
    // A view is made of plain fields with string keys.
    serde_json::to_value(view).unwrap_or(Value::Null)
}
