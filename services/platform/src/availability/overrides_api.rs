//! The dated blocks of a court over HTTP.

use axum::extract::State;
use contracts::court::TimeOfDay;
use contracts::ids::{CourtId, OverrideId};
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Path, Query, ValidJson};
use kit::{ApiError, ApiResult, plain_text};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::domain::{Block, BlockProblem, BlockedTime};
use super::ops::{self, WantedBlock};
use super::store::StoredOverride;
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

/// Longest reason of a block, in characters.
const REASON_LENGTH: usize = 200;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_availability_overrides, create_availability_override))
        .routes(routes!(update_availability_override, delete_availability_override))
}

/// Blocks a date; without times the whole of it.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateOverrideRequest {
    /// As it was read from another block; this one gets its own.
    #[garde(skip)]
    #[expect(dead_code, reason = "clients send back what they have read, and it decides nothing")]
    id: Option<OverrideId>,
    /// As it was read from another block; this one is `MANUAL`.
    #[garde(skip)]
    #[expect(dead_code, reason = "clients send back what they have read, and it decides nothing")]
    source: Option<String>,
    /// As it was read from another block; this one has none.
    #[garde(skip)]
    #[expect(dead_code, reason = "clients send back what they have read, and it decides nothing")]
    holiday_template_id: Option<Uuid>,
    #[garde(skip)]
    date: LocalDate,
    #[garde(skip)]
    start_time: Option<TimeOfDay>,
    #[garde(skip)]
    end_time: Option<TimeOfDay>,
    #[garde(inner(length(chars, max = REASON_LENGTH)))]
    #[schema(max_length = 200)]
    reason: Option<String>,
    /// The owner's yes to cancelling one-off bookings in the block.
    #[garde(skip)]
    #[serde(default)]
    confirmed: bool,
}

impl CreateOverrideRequest {
    fn into_block(self) -> ApiResult<WantedBlock> {
        let times = (self.start_time.map(TimeOfDay::time), self.end_time.map(TimeOfDay::time));
        let time = BlockedTime::from_times(times.0, times.1).map_err(wrong_block)?;
        let reason = plain_text::line(&self.reason.unwrap_or_default());
        Ok(WantedBlock { date: self.date.date(), block: Block { time, reason }, confirmed: self.confirmed })
    }
}

/// A stored block.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AvailabilityOverride)]
pub struct OverrideBody {
    id: OverrideId,
    date: LocalDate,
    start_time: Option<TimeOfDay>,
    end_time: Option<TimeOfDay>,
    reason: String,
    #[schema(example = "MANUAL")]
    source: String,
    holiday_template_id: Option<Uuid>,
}

impl From<StoredOverride> for OverrideBody {
    fn from(stored: StoredOverride) -> Self {
        let (start, end) = stored.block.time.times();
        Self {
            id: stored.id,
            date: stored.date.into(),
            start_time: start.map(TimeOfDay::from_time),
            end_time: end.map(TimeOfDay::from_time),
            reason: stored.block.reason,
            source: stored.source,
            holiday_template_id: stored.holiday_template_id,
        }
    }
}

/// Blocks of a court, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverrideList {
    overrides: Vec<OverrideBody>,
}

/// Which dates are asked for; all when absent.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct OverridesQuery {
    /// First court-local date.
    #[param(value_type = Option<String>, format = Date)]
    from_date: Option<LocalDate>,
    /// Last court-local date.
    #[param(value_type = Option<String>, format = Date)]
    to_date: Option<LocalDate>,
}

/// Names of a court and one of its blocks in the path.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OverridePath {
    court_id: CourtId,
    override_id: OverrideId,
}

/// The blocks of a court.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}/availability/overrides",
    operation_id = "getAvailabilityOverrides",
    tag = "availability",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts"), OverridesQuery),
    responses(
        (status = 200, description = "Oldest first", body = OverrideList),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_availability_overrides(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    Path(id): Path<CourtId>,
    Query(query): Query<OverridesQuery>,
) -> ApiResult<Json<OverrideList>> {
    if let (Some(first), Some(last)) = (query.from_date, query.to_date)
        && last < first
    {
        return Err(ApiError::validation(
            "toDate",
            "must not be before fromDate",
            "δεν πρέπει να είναι πριν το fromDate",
        ));
    }
    let (first, last) = (query.from_date.map(LocalDate::date), query.to_date.map(LocalDate::date));
    let overrides = ops::show_overrides(&state, caller.user_id, id, first, last).await?;
    Ok(Json(OverrideList { overrides: overrides.into_iter().map(OverrideBody::from).collect() }))
}

/// Blocks a date or a part of it.
#[utoipa::path(
    post,
    path = "/api/courts/{courtId}/availability/overrides",
    operation_id = "createAvailabilityOverride",
    tag = "availability",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = CreateOverrideRequest,
    responses(
        (status = 201, description = "The new block", body = OverrideBody),
        (status = 404, description = "No such court", body = ErrorResponse),
        (
            status = 409,
            description = "Another block covers part of this time, or a slot in it is being booked just now",
            body = ErrorResponse
        ),
        (
            status = 422,
            description = "One-off bookings would be cancelled: `details.affectedBookings`",
            body = ErrorResponse
        ),
        CallerErrors,
    )
)]
pub async fn create_availability_override(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<CreateOverrideRequest>,
) -> ApiResult<(StatusCode, Json<OverrideBody>)> {
    let created = ops::block_time(&state, owner.actor(), id, body.into_block()?).await?;
    Ok((StatusCode::CREATED, Json(created.into())))
}

/// Gives a block another date, time or reason. A holiday's block becomes the owner's own.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/availability/overrides/{overrideId}",
    operation_id = "updateAvailabilityOverride",
    tag = "availability",
    security(("BearerAuth" = [])),
    params(
        ("courtId" = CourtId, Path, description = "One of the caller's courts"),
        ("overrideId" = OverrideId, Path, description = "One of its blocks"),
    ),
    request_body = CreateOverrideRequest,
    responses(
        (status = 200, description = "The block, now `MANUAL`", body = OverrideBody),
        (status = 404, description = "No such court or block", body = ErrorResponse),
        (
            status = 409,
            description = "Another block covers part of this time, or a slot in it is being booked just now",
            body = ErrorResponse
        ),
        (
            status = 422,
            description = "One-off bookings would be cancelled: `details.affectedBookings`",
            body = ErrorResponse
        ),
        CallerErrors,
    )
)]
pub async fn update_availability_override(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(path): Path<OverridePath>,
    ValidJson(body): ValidJson<CreateOverrideRequest>,
) -> ApiResult<Json<OverrideBody>> {
    let wanted = body.into_block()?;
    let changed = ops::change_block(&state, owner.actor(), path.court_id, path.override_id, wanted).await?;
    Ok(Json(changed.into()))
}

/// Lifts a block.
#[utoipa::path(
    delete,
    path = "/api/courts/{courtId}/availability/overrides/{overrideId}",
    operation_id = "deleteAvailabilityOverride",
    tag = "availability",
    security(("BearerAuth" = [])),
    params(
        ("courtId" = CourtId, Path, description = "One of the caller's courts"),
        ("overrideId" = OverrideId, Path, description = "One of its blocks"),
    ),
    responses(
        (status = 204, description = "The block is gone"),
        (status = 404, description = "No such court or block", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn delete_availability_override(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(path): Path<OverridePath>,
) -> ApiResult<StatusCode> {
    ops::lift_block(&state, owner.actor(), path.court_id, path.override_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn wrong_block(problem: BlockProblem) -> ApiError {
    match problem {
        BlockProblem::HalfGiven => ApiError::validation(
            "startTime",
            "startTime and endTime belong together",
            "το startTime και το endTime πάνε μαζί",
        ),
        BlockProblem::EndNotAfterStart => {
            ApiError::validation("endTime", "must be later than startTime", "πρέπει να είναι μετά το startTime")
        }
    }
}
