//! Holidays of one court, and the calendar of all of them, over HTTP (HOL-45 to HOL-51).

use axum::extract::State;
use contracts::court::{BlockSource, TimeOfDay};
use contracts::ids::{CourtId, HolidayId};
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Path, Query, ValidQuery};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::DeleteOverrides;
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::availability::domain::BlockedTime;
use crate::holidays::domain::Entry;
use crate::holidays::ops;
use crate::state::AppState;

/// The years that can be asked for.
const FIRST_YEAR: i16 = 2000;
const LAST_YEAR: i16 = 2199;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_holiday_calendar))
        .routes(routes!(get_court_holidays))
        .routes(routes!(remove_court_holiday))
}

/// Which dates, and of which court.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CalendarQuery {
    /// First court-local date.
    #[param(value_type = String, format = Date)]
    from_date: LocalDate,
    /// Last court-local date, at most 400 days after the first.
    #[param(value_type = String, format = Date)]
    to_date: LocalDate,
    /// One of the caller's courts; all of them when absent.
    court_id: Option<CourtId>,
}

/// A court by name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarCourt {
    court_id: CourtId,
    court_name: String,
}

/// What courts have in common on a date.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarEntry {
    date: LocalDate,
    courts: Vec<CalendarCourt>,
    /// Null for a block made by hand.
    holiday_name: Option<String>,
    /// The holiday, while it exists.
    holiday_id: Option<HolidayId>,
    /// Why the owner blocked it; null for holidays.
    reason: Option<String>,
    #[schema(inline)]
    source: BlockSource,
    is_full_day: bool,
    start_time: Option<TimeOfDay>,
    end_time: Option<TimeOfDay>,
    /// Customers have bookings that day on one of the courts.
    has_booking_conflicts: bool,
}

impl From<Entry> for CalendarEntry {
    fn from(entry: Entry) -> Self {
        let (start, end) = entry.time.times();
        let by_hand = entry.source == BlockSource::Manual;
        Self {
            date: entry.date.into(),
            courts: entry
                .courts
                .into_iter()
                .map(|(court_id, court_name)| CalendarCourt { court_id, court_name })
                .collect(),
            holiday_name: (!by_hand).then(|| entry.reason.clone()),
            holiday_id: entry.holiday,
            reason: by_hand.then_some(entry.reason),
            source: entry.source,
            is_full_day: entry.time == BlockedTime::WholeDay,
            start_time: start.map(TimeOfDay::from_time),
            end_time: end.map(TimeOfDay::from_time),
            has_booking_conflicts: entry.has_bookings,
        }
    }
}

/// All blocks between two dates.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolidayCalendarResponse {
    entries: Vec<CalendarEntry>,
}

/// Which year.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CourtHolidaysQuery {
    /// The court's current year when absent.
    #[garde(inner(range(min = FIRST_YEAR, max = LAST_YEAR)))]
    #[param(minimum = 2000, maximum = 2199)]
    year: Option<i16>,
}

/// A holiday on a court.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtHoliday {
    holiday_id: HolidayId,
    holiday_name: String,
    holiday_name_en: Option<String>,
    /// `HOLIDAY_NATIONAL` or `HOLIDAY_CUSTOM`.
    #[schema(inline)]
    source: BlockSource,
    /// The dates of the asked year that it blocks.
    dates: Vec<LocalDate>,
    /// Whether later years follow by themselves.
    auto_renew: bool,
    created_at: Timestamp,
}

/// The holidays of a court, by date.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourtHolidayList {
    holidays: Vec<CourtHoliday>,
}

/// Names of a court and one of its holidays in the path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CourtHolidayPath {
    court_id: CourtId,
    holiday_id: HolidayId,
}

/// What becomes of the blocks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct RemoveCourtHolidayQuery {
    /// `DELETE_FUTURE` when absent.
    #[param(inline)]
    delete_overrides: Option<DeleteOverrides>,
}

/// All blocks of the caller's courts, holidays and others.
#[utoipa::path(
    get,
    path = "/api/holidays/calendar",
    operation_id = "getHolidayCalendar",
    tag = "holidays",
    security(("BearerAuth" = [])),
    params(CalendarQuery),
    responses(
        (status = 200, description = "By date; courts that share holiday and hours stand together", body = HolidayCalendarResponse),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_holiday_calendar(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    Query(query): Query<CalendarQuery>,
) -> ApiResult<Json<HolidayCalendarResponse>> {
    let (first, last) = (query.from_date.date(), query.to_date.date());
    let entries = ops::calendar(&state, caller.user_id, query.court_id, first, last).await?;
    Ok(Json(HolidayCalendarResponse { entries: entries.into_iter().map(CalendarEntry::from).collect() }))
}

/// What a court follows and what holidays have blocked there in a year.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}/holidays",
    operation_id = "getCourtHolidays",
    tag = "holidays",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts"), CourtHolidaysQuery),
    responses(
        (status = 200, description = "By their first date", body = CourtHolidayList),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_court_holidays(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    Path(id): Path<CourtId>,
    ValidQuery(query): ValidQuery<CourtHolidaysQuery>,
) -> ApiResult<Json<CourtHolidayList>> {
    let found = ops::court_holidays(&state, caller.user_id, id, query.year).await?;
    let holidays = found.into_iter().map(|one| CourtHoliday {
        holiday_id: one.holiday.id,
        source: one.holiday.source(),
        holiday_name: one.holiday.names.el,
        holiday_name_en: one.holiday.names.en,
        dates: one.dates.into_iter().map(LocalDate::from).collect(),
        auto_renew: one.auto_renew,
        created_at: one.created_at,
    });
    Ok(Json(CourtHolidayList { holidays: holidays.collect() }))
}

/// Ends a holiday on one court.
#[utoipa::path(
    delete,
    path = "/api/courts/{courtId}/holidays/{holidayId}",
    operation_id = "removeCourtHoliday",
    tag = "holidays",
    security(("BearerAuth" = [])),
    params(
        ("courtId" = CourtId, Path, description = "One of the caller's courts"),
        ("holidayId" = HolidayId, Path, description = "A holiday that it follows or that blocks it"),
        RemoveCourtHolidayQuery,
    ),
    responses(
        (status = 204, description = "The court does not follow it any more"),
        (status = 404, description = "No such court, or it has no such holiday", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn remove_court_holiday(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(path): Path<CourtHolidayPath>,
    Query(query): Query<RemoveCourtHolidayQuery>,
) -> ApiResult<StatusCode> {
    let removal = query.delete_overrides.unwrap_or(DeleteOverrides::DeleteFuture);
    ops::remove_court_holiday(&state, owner.actor(), path.court_id, path.holiday_id, removal.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
