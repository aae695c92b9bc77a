//! Weekly series of customers: booking one, looking at it, calling the rest of it off.

use axum::extract::State;
use axum::response::Response;
use contracts::court::TimeOfDay;
use contracts::ids::{CourtId, RecurringGroupId};
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use jiff::civil::Date;
use kit::ApiResult;
use kit::auth::{Caller, Customer, CustomerOrOwner};
use kit::http::{Json, Locale, Path, ValidJson};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::owner::{TakenDate, reason_of, to_json};
use super::reading::reader_of;
use super::views::{BookingView, CancellationResult};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::domain::booking::Booking;
use crate::bookings::ops::{self, Answer, Instance, Series, SeriesRequest};
use crate::idempotency::{IdempotencyKey, request_hash};
use crate::payments::domain::payment::Payment;
use crate::repeatable::repeatable;
use crate::state::AppState;

const fn four() -> i32 {
    crate::bookings::domain::series::DEFAULT_WEEKS
}

#[derive(Debug, Serialize, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateRecurringBookingRequest {
    #[garde(skip)]
    court_id: CourtId,
    /// Court-local date of the first instance.
    #[garde(skip)]
    #[schema(value_type = String, format = "date")]
    start_date: LocalDate,
    #[garde(skip)]
    start_time: TimeOfDay,
    /// A card at Stripe; every instance is charged when it is booked.
    #[garde(length(max = 255), pattern(r"^[A-Za-z0-9_]+$"))]
    #[schema(min_length = 1, max_length = 255, pattern = "^[A-Za-z0-9_]+$")]
    payment_method_id: String,
    /// How many dates.
    #[garde(range(min = 2, max = 12))]
    #[serde(default = "four")]
    #[schema(minimum = 2, maximum = 12, default = 4)]
    weeks: i32,
    #[garde(skip)]
    number_of_people: Option<i32>,
    #[garde(inner(length(min = 1, max = 20)))]
    #[schema(min_length = 1, max_length = 20)]
    promo_code: Option<String>,
}

/// What became of a series.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringBookingResult {
    recurring_group_id: RecurringGroupId,
    #[schema(value_type = Vec<BookingView>)]
    created_bookings: Vec<Value>,
    /// Dates that were not booked.
    #[schema(value_type = Vec<String>)]
    conflicting_dates: Vec<Date>,
    /// The same dates with the code that says why.
    conflicts: Vec<TakenDate>,
    total_created: usize,
    total_conflicts: usize,
}

impl RecurringBookingResult {
    fn new(series: Series<Answer>) -> Self {
        let (mut created_bookings, mut conflicts) = (Vec::new(), Vec::new());
        for Instance { date, outcome } in series.instances {
            match outcome {
                Ok(answer) => created_bookings.push(answer.body),
                Err(error) => conflicts.push(TakenDate { date, reason: reason_of(error) }),
            }
        }
        Self {
            recurring_group_id: series.group,
            conflicting_dates: conflicts.iter().map(|conflict| conflict.date).collect(),
            total_created: created_bookings.len(),
            total_conflicts: conflicts.len(),
            created_bookings,
            conflicts,
        }
    }
}

/// Books the same weekday and time for several weeks; every date is a booking of its own.
#[utoipa::path(
    post,
    path = "/api/bookings/recurring",
    operation_id = "createRecurringBooking",
    tag = "bookings",
    request_body = CreateRecurringBookingRequest,
    responses(
        (status = 201, description = "All dates booked", body = RecurringBookingResult),
        (status = 207, description = "Some dates booked", body = RecurringBookingResult),
        (status = 402, description = "The card was refused; nothing is booked", body = ErrorResponse),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "No date is free; see `details.conflictingDates`", body = ErrorResponse),
        (status = 422, description = "The first date, the time or the court does not allow it", body = ErrorResponse),
        (status = 503, description = "The payment provider does not answer", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn create_recurring_booking(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    key: Option<IdempotencyKey>,
    locale: Locale,
    ValidJson(body): ValidJson<CreateRecurringBookingRequest>,
) -> ApiResult<Response> {
    let hash = request_hash("create-recurring-booking", "", &body);
    let series_key = key.map_or_else(|| state.env.ids.new_id(), |key| key.0);
    let render = move |booking: &Booking, payment: Option<&Payment>| -> Value {
        to_json(&BookingView::of_customer(booking, payment, locale))
    };
    repeatable(&state, caller.user_id, key, hash, async {
        let request = SeriesRequest {
            customer: caller.user_id,
            key: series_key,
            request_hash: hash,
            court_id: body.court_id,
            start_date: body.start_date.date(),
            start: body.start_time,
            weeks: body.weeks,
            people: body.number_of_people,
            payment_method: body.payment_method_id,
            promo_code: body.promo_code,
        };
        let series = ops::create_series(&state, request, &render).await?;
        let status = if series.all_booked() { StatusCode::CREATED } else { StatusCode::MULTI_STATUS };
        Ok((status, to_json(&RecurringBookingResult::new(series))))
    })
    .await
}

/// The instances of a series.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecurringBookingGroup {
    recurring_group_id: RecurringGroupId,
    instances: Vec<BookingView>,
    total_instances: usize,
}

/// All instances of a series that the caller may see, by date.
#[utoipa::path(
    get,
    path = "/api/bookings/recurring/{recurringGroupId}",
    operation_id = "getRecurringBookingGroup",
    tag = "bookings",
    params(("recurringGroupId" = Uuid, Path)),
    responses(
        (status = 200, description = "The instances", body = RecurringBookingGroup),
        (status = 404, description = "No such series, or somebody else's", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_recurring_booking_group(
    State(state): State<AppState>,
    caller: Caller<CustomerOrOwner>,
    locale: Locale,
    Path(recurring_group_id): Path<RecurringGroupId>,
) -> ApiResult<Json<RecurringBookingGroup>> {
    let found = ops::list_series(&state, reader_of(&caller), recurring_group_id).await?;
    let instances: Vec<BookingView> = found.iter().map(|item| BookingView::of_list(item, locale)).collect();
    Ok(Json(RecurringBookingGroup { recurring_group_id, total_instances: instances.len(), instances }))
}

#[derive(Debug, Default, Serialize, Deserialize, Validate, ToSchema)]
pub struct CancelSeriesRequest {
    #[garde(inner(length(chars, max = 500)))]
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// What became of each remaining instance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeriesCancellation {
    recurring_group_id: RecurringGroupId,
    cancelled: Vec<CancellationResult>,
    /// Dates that could not be called off, with the code that says why.
    failed: Vec<TakenDate>,
    total_cancelled: usize,
}

/// Calls all remaining instances of a series off, each by the court's policy.
#[utoipa::path(
    post,
    path = "/api/bookings/recurring/{recurringGroupId}/cancel",
    operation_id = "cancelRecurringBookingGroup",
    tag = "bookings",
    params(("recurringGroupId" = Uuid, Path)),
    request_body(content = Option<CancelSeriesRequest>),
    responses(
        (status = 200, description = "What became of each", body = SeriesCancellation),
        (status = 404, description = "No such series, or somebody else's", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn cancel_recurring_booking_group(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    key: Option<IdempotencyKey>,
    Path(recurring_group_id): Path<RecurringGroupId>,
    body: Option<ValidJson<CancelSeriesRequest>>,
) -> ApiResult<Response> {
    let body = body.unwrap_or_default().0;
    let hash = request_hash("cancel-series", &recurring_group_id.to_string(), &body);
    repeatable(&state, caller.user_id, key, hash, async {
        let reason = body.reason.filter(|reason| !reason.trim().is_empty());
        let instances = ops::cancel_series(&state, caller.user_id, recurring_group_id, reason).await?;
        let (mut cancelled, mut failed) = (Vec::new(), Vec::new());
        for Instance { date, outcome } in instances {
            match outcome {
                Ok(cancellation) => cancelled.push(CancellationResult::cancelled(&cancellation)),
                Err(error) => failed.push(TakenDate { date, reason: reason_of(error) }),
            }
        }
        let total_cancelled = cancelled.len();
        Ok((StatusCode::OK, to_json(&SeriesCancellation { recurring_group_id, cancelled, failed, total_cancelled })))
    })
    .await
}
