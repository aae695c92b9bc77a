//! Applying holidays to courts over HTTP (HOL-19 to HOL-36).

use axum::extract::State;
use contracts::ids::{BookingId, CourtId, HolidayId};
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use kit::ApiResult;
use kit::http::{Json, ValidJson};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{HolidayConflict, SkippedDate};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::holidays::domain::{BookingInTheWay, Resolution, Years};
use crate::holidays::ops::{self, Wanted};
use crate::state::AppState;

/// Most holidays and courts of one call.
const MOST_HOLIDAYS: usize = 100;
const MOST_COURTS: usize = 200;
/// Most years of one call, and the years that can be named at all.
const MOST_YEARS: usize = 20;
const FIRST_YEAR: i16 = 2000;
const LAST_YEAR: i16 = 2199;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(apply_holidays))
}

/// What to do where customers have booked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConflictResolution {
    /// Leave those dates open.
    #[default]
    Skip,
    /// Block them; the bookings are cancelled by the owner, with the owner's share refunded in full.
    CancelBookings,
    /// Change nothing and list the bookings.
    Abort,
}

impl From<ConflictResolution> for Resolution {
    fn from(wanted: ConflictResolution) -> Self {
        match wanted {
            ConflictResolution::Skip => Self::Skip,
            ConflictResolution::CancelBookings => Self::CancelBookings,
            ConflictResolution::Abort => Self::Abort,
        }
    }
}

/// Which holidays close which courts, and when.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplyHolidaysRequest {
    /// National holidays and the caller's own.
    #[garde(length(min = 1, max = MOST_HOLIDAYS))]
    #[schema(min_items = 1, max_items = 100)]
    holiday_ids: Vec<HolidayId>,
    /// Courts of the caller.
    #[garde(length(min = 1, max = MOST_COURTS))]
    #[schema(min_items = 1, max_items = 200)]
    court_ids: Vec<CourtId>,
    /// Up to the horizon, two years after the current one unless configured otherwise; the current year when absent.
    #[garde(inner(length(min = 1, max = MOST_YEARS), inner(range(min = FIRST_YEAR, max = LAST_YEAR))))]
    #[schema(min_items = 1, max_items = 20)]
    years: Option<Vec<i16>>,
    /// Whether later years follow by themselves; true when absent. False ends it where courts followed before.
    #[garde(skip)]
    auto_renew: Option<bool>,
    #[garde(skip)]
    #[serde(default)]
    conflict_resolution: ConflictResolution,
}

/// A booking that is given up.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CancelledBooking {
    booking_id: Option<BookingId>,
    court_id: CourtId,
    date: LocalDate,
    /// Cents that go back to the customer.
    refund_amount: i64,
}

impl From<BookingInTheWay> for CancelledBooking {
    fn from(booking: BookingInTheWay) -> Self {
        Self {
            booking_id: booking.id,
            court_id: booking.court,
            date: booking.date.into(),
            refund_amount: booking.refund.0,
        }
    }
}

/// What applying has done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApplyHolidaysResponse {
    success: bool,
    /// Courts with a new block.
    courts_affected: usize,
    /// Holidays with a new block.
    holidays_applied: usize,
    overrides_created: usize,
    skipped_dates: Vec<SkippedDate>,
    cancelled_bookings: Vec<CancelledBooking>,
}

/// Why nothing was changed.
#[derive(Serialize, ToSchema)]
pub struct HolidayConflictsResponse {
    #[serde(flatten)]
    error: ErrorResponse,
    /// The bookings in the way, by court and date; also in `details`.
    conflicts: Vec<HolidayConflict>,
}

/// Closes courts on holidays: all of it or nothing.
#[utoipa::path(
    post,
    path = "/api/holidays/apply",
    operation_id = "applyHolidays",
    tag = "holidays",
    security(("BearerAuth" = [])),
    request_body = ApplyHolidaysRequest,
    responses(
        (status = 200, description = "Every wanted date is blocked", body = ApplyHolidaysResponse),
        (status = 207, description = "Some dates stay open because customers have booked", body = ApplyHolidaysResponse),
        (status = 404, description = "No such court or holiday", body = ErrorResponse),
        (
            status = 409,
            description = "`HOLIDAY_CONFLICTS`: there are bookings and `ABORT` was wanted. `PENDING_BOOKINGS_ON_DATE`: \
                bookings are being paid or wait for the owner. Nothing was changed",
            body = HolidayConflictsResponse,
        ),
        CallerErrors,
    )
)]
pub async fn apply_holidays(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    ValidJson(body): ValidJson<ApplyHolidaysRequest>,
) -> ApiResult<(StatusCode, Json<ApplyHolidaysResponse>)> {
    let wanted = Wanted {
        holidays: distinct(body.holiday_ids),
        courts: distinct(body.court_ids),
        years: body.years.map_or(Years::Current, |years| Years::These(distinct(years))),
        auto_renew: body.auto_renew.unwrap_or(true),
        resolution: body.conflict_resolution.into(),
    };
    let applied = ops::apply_holidays(&state, owner.actor(), wanted).await?;
    let status = if applied.left_dates_open() { StatusCode::MULTI_STATUS } else { StatusCode::OK };
    let response = ApplyHolidaysResponse {
        success: true,
        courts_affected: applied.courts_affected,
        holidays_applied: applied.holidays_applied,
        overrides_created: applied.overrides_created,
        skipped_dates: applied.skipped.into_iter().map(SkippedDate::from).collect(),
        cancelled_bookings: applied.cancelled.into_iter().map(CancelledBooking::from).collect(),
    };
    Ok((status, Json(response)))
}

/// Each once, in their order. Naming one twice is naming it.
fn distinct<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}
