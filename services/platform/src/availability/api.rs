//! The day availability of a court and its weekly windows over HTTP.

use std::sync::Arc;

use axum::extract::State;
use contracts::codes;
use contracts::court::{DayOfWeek, TimeOfDay};
use contracts::ids::CourtId;
use contracts::local_date::LocalDate;
use contracts::money::Cents;
use garde::Validate;
use jiff::Timestamp;
use kit::auth::{AnyRole, Caller, Owner};
use kit::cache::Cached;
use kit::http::{Json, Path, Query, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::cache::{KnownDay, PricedSlot};
use super::domain::{SlotStatus, Window, WindowProblem, problems_of_windows};
use super::ops::{self, AvailabilityError};
use super::overrides_api;
use super::store::StoredWindow;
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::courts::ops::CourtError;
use crate::state::AppState;
use crate::weekday::weekday_of;

/// Most windows of one court: every hour of the week.
pub const MOST_WINDOWS: usize = 168;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_court_availability))
        .routes(routes!(get_availability_windows, update_availability_windows))
        .merge(overrides_api::router())
}

/// LIVE-02: what readers are told about a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeSlotStatus {
    Available,
    Booked,
    TemporarilyHeld,
    Blocked,
}

impl From<SlotStatus> for TimeSlotStatus {
    fn from(status: SlotStatus) -> Self {
        match status {
            SlotStatus::Available => Self::Available,
            SlotStatus::Booked => Self::Booked,
            SlotStatus::Held { .. } => Self::TemporarilyHeld,
            SlotStatus::Blocked => Self::Blocked,
        }
    }
}

/// One slot of a day, in the court's local time. Never says who has it (LIVE-12).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeSlot {
    start_time: TimeOfDay,
    end_time: TimeOfDay,
    status: TimeSlotStatus,
    price_cents: Cents,
}

impl From<PricedSlot> for TimeSlot {
    fn from(priced: PricedSlot) -> Self {
        Self {
            start_time: TimeOfDay::from_time(priced.slot.start),
            end_time: TimeOfDay::from_time(priced.slot.end),
            status: priced.slot.status.into(),
            price_cents: priced.price,
        }
    }
}

/// Whether an answer was kept or read.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum CacheStatus {
    Hit,
    Miss,
}

/// The slots of a court on one date.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AvailabilityResponse {
    court_id: CourtId,
    date: LocalDate,
    /// IANA name; all times are local to it.
    timezone: String,
    cache_status: CacheStatus,
    slots: Vec<TimeSlot>,
}

impl AvailabilityResponse {
    fn of(court: CourtId, date: LocalDate, day: &Cached<Arc<KnownDay>>, sessions: u32, now: Timestamp) -> Self {
        Self {
            court_id: court,
            date,
            timezone: day.value.timezone.clone(),
            cache_status: if day.hit { CacheStatus::Hit } else { CacheStatus::Miss },
            slots: day.value.priced_slots(sessions, now).map(TimeSlot::from).collect(),
        }
    }
}

/// Which day, and how long the bookings are to be.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AvailabilityQuery {
    /// Court-local date.
    #[param(value_type = String, format = Date)]
    date: LocalDate,
    /// A whole multiple of the court's own session, which is the default.
    #[param(minimum = 1, maximum = 1439)]
    duration_minutes: Option<u32>,
}

/// A weekly opening period as it is sent.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WindowInput {
    /// As it was read; a new set gets new ids.
    #[serde(default)]
    #[expect(dead_code, reason = "clients send back what they have read, and it decides nothing")]
    id: Option<Uuid>,
    day_of_week: DayOfWeek,
    start_time: TimeOfDay,
    /// Later than the start, on the same day.
    end_time: TimeOfDay,
}

impl WindowInput {
    /// The same from its parts, for requests that spell windows in their own way.
    #[must_use]
    pub fn new(day_of_week: DayOfWeek, start_time: TimeOfDay, end_time: TimeOfDay) -> Self {
        Self { id: None, day_of_week, start_time, end_time }
    }
}

/// The whole set of weekly windows.
#[derive(Debug, Deserialize, Validate, ToSchema)]
pub struct UpdateWindowsRequest {
    #[garde(length(max = MOST_WINDOWS))]
    #[schema(max_items = 168)]
    windows: Vec<WindowInput>,
    /// The owner's yes to cancelling bookings outside of the new windows.
    #[garde(skip)]
    #[serde(default)]
    confirmed: bool,
}

/// A stored weekly opening period.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AvailabilityWindow)]
pub struct WindowBody {
    id: Uuid,
    day_of_week: DayOfWeek,
    start_time: TimeOfDay,
    end_time: TimeOfDay,
}

impl From<StoredWindow> for WindowBody {
    fn from(stored: StoredWindow) -> Self {
        Self {
            id: stored.id,
            day_of_week: DayOfWeek::from(stored.window.weekday),
            start_time: TimeOfDay::from_time(stored.window.start),
            end_time: TimeOfDay::from_time(stored.window.end),
        }
    }
}

/// All weekly windows of a court.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowList {
    windows: Vec<WindowBody>,
}

impl WindowList {
    fn of(windows: Vec<StoredWindow>) -> Self {
        Self { windows: windows.into_iter().map(WindowBody::from).collect() }
    }
}

/// The slots of a court on one date, with prices.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}/availability",
    operation_id = "getCourtAvailability",
    tag = "availability",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court"), AvailabilityQuery),
    responses(
        (status = 200, description = "All slots of the date by start; none when closed", body = AvailabilityResponse),
        (status = 404, description = "No such court, or not shown to this caller", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_court_availability(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    Path(id): Path<CourtId>,
    Query(query): Query<AvailabilityQuery>,
) -> ApiResult<Json<AvailabilityResponse>> {
    let cached = ops::day_for_reader(&state, id, query.date.date()).await?;
    if !cached.value.shows_to(caller.user_id, caller.role) {
        return Err(ApiError::new(&codes::COURT_NOT_FOUND));
    }
    let sessions = ops::sessions_of(cached.value.day.session_minutes, query.duration_minutes)?;
    Ok(Json(AvailabilityResponse::of(id, query.date, &cached, sessions, state.env.clock.now())))
}

/// A day as visitors see it: what is free, and nothing about the rest (FIND-59).
///
/// # Errors
/// No such court, a hidden one, or a length that is no whole number of sessions.
pub async fn free_day(state: &AppState, id: CourtId, query: &AvailabilityQuery) -> ApiResult<AvailabilityResponse> {
    let cached = ops::day_for_reader(state, id, query.date.date()).await?;
    if !cached.value.visible {
        return Err(ApiError::new(&codes::COURT_NOT_FOUND));
    }
    let sessions = ops::sessions_of(cached.value.day.session_minutes, query.duration_minutes)?;
    let mut shown = AvailabilityResponse::of(id, query.date, &cached, sessions, state.env.clock.now());
    shown.slots.retain(|slot| slot.status == TimeSlotStatus::Available);
    Ok(shown)
}

/// The free slots of a court on a date, by default today, for its details page.
///
/// # Errors
/// When the database does, or the court is gone.
pub async fn free_slots(
    state: &AppState,
    court: CourtId,
    timezone: &str,
    date: Option<LocalDate>,
) -> ApiResult<Vec<TimeSlot>> {
    let now = state.env.clock.now();
    let date = match date {
        Some(date) => date.date(),
        None => ops::today_in(&jiff::tz::TimeZone::get(timezone).map_err(ApiError::internal)?, now),
    };
    let known = ops::day_for_reader(state, court, date).await?.value;
    Ok(known
        .priced_slots(1, now)
        .filter(|priced| priced.slot.status == SlotStatus::Available)
        .map(TimeSlot::from)
        .collect())
}

/// The weekly windows of a court.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}/availability/windows",
    operation_id = "getAvailabilityWindows",
    tag = "availability",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    responses(
        (status = 200, description = "From Monday on, by start", body = WindowList),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_availability_windows(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    Path(id): Path<CourtId>,
) -> ApiResult<Json<WindowList>> {
    Ok(Json(WindowList::of(ops::show_windows(&state, caller.user_id, id).await?)))
}

/// Replaces the weekly windows of a court.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/availability/windows",
    operation_id = "updateAvailabilityWindows",
    tag = "availability",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = UpdateWindowsRequest,
    responses(
        (status = 200, description = "The stored windows", body = WindowList),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "A slot in question is being booked just now", body = ErrorResponse),
        (status = 422, description = "Bookings would be cancelled: `details.affectedBookings`", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_availability_windows(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<UpdateWindowsRequest>,
) -> ApiResult<Json<WindowList>> {
    let windows = read_windows(body.windows, "windows")?;
    let stored = ops::replace_windows(&state, owner.actor(), id, &windows, body.confirmed).await?;
    Ok(Json(WindowList::of(stored)))
}

/// Reads a set of windows that stands in the field `path` of a request (COURT-26, COURT-27).
///
/// # Errors
/// An overlap has a code of its own, wrong times are wrong fields.
pub fn read_windows(sent: Vec<WindowInput>, path: &str) -> ApiResult<Vec<Window>> {
    let days: Vec<DayOfWeek> = sent.iter().map(|window| window.day_of_week).collect();
    let windows: Vec<Window> = sent
        .into_iter()
        .map(|window| Window {
            weekday: weekday_of(window.day_of_week),
            start: window.start_time.time(),
            end: window.end_time.time(),
        })
        .collect();
    let problems = problems_of_windows(&windows);
    if problems.is_empty() { Ok(windows) } else { Err(wrong_windows(&problems, &days, path)) }
}

/// The answer to windows with these problems, at most one of them about each.
fn wrong_windows(problems: &[WindowProblem], days: &[DayOfWeek], path: &str) -> ApiError {
    let overlap = problems.iter().find_map(|problem| match problem {
        WindowProblem::Overlap { index } => Some(*index),
        WindowProblem::EndNotAfterStart { .. } => None,
    });
    let mut error = match overlap {
        Some(index) => ApiError::new(&codes::AVAILABILITY_OVERLAP).with("dayOfWeek", days.get(index)),
        None => ApiError::new(&codes::VALIDATION_ERROR),
    };
    for problem in problems {
        error = match problem {
            WindowProblem::EndNotAfterStart { index } => error.field(
                format!("{path}[{index}].endTime"),
                "must be later than startTime",
                "πρέπει να είναι μετά το startTime",
            ),
            WindowProblem::Overlap { index } => error.field(
                format!("{path}[{index}]"),
                "overlaps another window of that day",
                "επικαλύπτεται με άλλο διάστημα της ίδιας ημέρας",
            ),
        };
    }
    error
}

impl From<AvailabilityError> for ApiError {
    fn from(error: AvailabilityError) -> Self {
        match error {
            AvailabilityError::Court(CourtError::NotFound) => Self::new(&codes::COURT_NOT_FOUND),
            AvailabilityError::Court(cause) => cause.into(),
            AvailabilityError::Windows(problems) => wrong_windows(&problems, &[], "windows"),
            AvailabilityError::OverrideOverlap => Self::new(&codes::OVERRIDE_OVERLAP),
            AvailabilityError::OverrideNotFound => Self::new(&codes::OVERRIDE_NOT_FOUND),
            AvailabilityError::NotWholeSessions { session_minutes } => Self::validation(
                "durationMinutes",
                format!("must be a whole multiple of {session_minutes} within a day"),
                format!("πρέπει να είναι ακέραιο πολλαπλάσιο του {session_minutes} μέσα στην ημέρα"),
            ),
            AvailabilityError::SkippedTime => Self::new(&codes::INVALID_TIME_DST_GAP),
            AvailabilityError::EndNotAfterStart => {
                Self::validation("endTime", "must be later than startTime", "πρέπει να είναι μετά το startTime")
            }
            AvailabilityError::Range => Self::validation(
                "date",
                format!("must be a sensible range of at most {} days", ops::LONGEST_RANGE_DAYS),
                format!("πρέπει να είναι λογικό διάστημα έως {} ημερών", ops::LONGEST_RANGE_DAYS),
            ),
        }
    }
}
