//! An owner's bookings as a calendar: downloaded with a token, or under a secret address for programs that cannot sign in.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::ids::CourtId;
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Path, ValidQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::owner::to_json;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::bookings::ops::{self, CalendarFilter};
use crate::idempotency::{IdempotencyKey, request_hash};
use crate::repeatable::repeatable;
use crate::state::AppState;

#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    #[garde(skip)]
    court_id: Option<CourtId>,
    /// First court-local date; a month ago when absent.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = "date")]
    from_date: Option<LocalDate>,
    /// Last court-local date, included.
    #[garde(skip)]
    #[param(value_type = Option<String>, format = "date")]
    to_date: Option<LocalDate>,
}

/// The bookings on the caller's courts as an iCalendar document.
#[utoipa::path(
    get,
    path = "/api/bookings/calendar/ical",
    operation_id = "exportBookingCalendar",
    tag = "bookings",
    params(CalendarQuery),
    responses((status = 200, description = "The calendar", body = String, content_type = "text/calendar"), CallerErrors)
)]
pub async fn export_booking_calendar(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    ValidQuery(query): ValidQuery<CalendarQuery>,
) -> ApiResult<Response> {
    let filter = CalendarFilter {
        court: query.court_id,
        from: query.from_date.map(LocalDate::date),
        to: query.to_date.map(LocalDate::date),
    };
    Ok(calendar(ops::export_calendar(&state, caller.user_id, filter).await?))
}

/// The same for calendar programs: the secret in the address is the proof.
#[utoipa::path(
    get,
    path = "/api/bookings/calendar/ical/{token}",
    operation_id = "readCalendarFeed",
    tag = "bookings",
    security(()),
    params(("token" = String, Path, description = "The secret of a subscription")),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar"),
        (status = 404, description = "The secret is nobody's, or was replaced", body = ErrorResponse),
        (status = 429, description = "Too many requests; see `Retry-After`", body = ErrorResponse),
    )
)]
pub async fn read_calendar_feed(State(state): State<AppState>, Path(token): Path<String>) -> ApiResult<Response> {
    Ok(calendar(ops::read_feed(&state, &token).await?))
}

fn calendar(text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"courtside.ics\""),
        (CACHE_CONTROL, "private, no-store"),
    ];
    (headers, text).into_response()
}

/// A subscription as it stands. The address itself is shown once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarSubscription {
    active: bool,
    /// Path below the API's address; only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    created_at: Option<Timestamp>,
}

/// Whether the caller has a secret calendar address.
#[utoipa::path(
    get,
    path = "/api/bookings/calendar/subscription",
    operation_id = "showCalendarSubscription",
    tag = "bookings",
    responses((status = 200, description = "Whether there is one", body = CalendarSubscription), CallerErrors)
)]
pub async fn show_calendar_subscription(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<Json<CalendarSubscription>> {
    let created_at = ops::feed_since(&state, caller.user_id).await?;
    Ok(Json(CalendarSubscription { active: created_at.is_some(), path: None, created_at }))
}

/// Makes a secret calendar address, or replaces it: the old one stops working.
#[utoipa::path(
    post,
    path = "/api/bookings/calendar/subscription",
    operation_id = "rotateCalendarSubscription",
    tag = "bookings",
    responses((status = 201, description = "The new address", body = CalendarSubscription), CallerErrors)
)]
pub async fn rotate_calendar_subscription(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    key: Option<IdempotencyKey>,
) -> ApiResult<Response> {
    let hash = request_hash("rotate-calendar", "", &());
    repeatable(&state, caller.user_id, key, hash, async {
        let (token, created_at) = ops::rotate_feed(&state, caller.user_id).await?;
        let path = Some(format!("/api/bookings/calendar/ical/{token}"));
        Ok((StatusCode::CREATED, to_json(&CalendarSubscription { active: true, path, created_at: Some(created_at) })))
    })
    .await
}

/// Takes the secret calendar address away.
#[utoipa::path(
    delete,
    path = "/api/bookings/calendar/subscription",
    operation_id = "removeCalendarSubscription",
    tag = "bookings",
    responses((status = 204, description = "There is none any more"), CallerErrors)
)]
pub async fn remove_calendar_subscription(
    State(state): State<AppState>,
    caller: Caller<Owner>,
) -> ApiResult<StatusCode> {
    ops::remove_feed(&state, caller.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
