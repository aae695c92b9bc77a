//! An owner's own holidays over HTTP (HOL-09 to HOL-18).

use axum::extract::State;
use contracts::court::TimeOfDay;
use contracts::ids::HolidayId;
use contracts::local_date::LocalDate;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::ApiResult;
use kit::auth::{Caller, Owner};
use kit::http::{Json, Path, Query, ValidJson};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::national::current_year;
use super::{DeleteOverrides, NAME_LENGTH, SkippedDate, UpcomingDate, given, not_blank, upcoming_dates};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::holidays::domain::{DatePattern, DatesInput, Holiday};
use crate::holidays::ops::{self, CustomChange, CustomDraft};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_custom_holidays, create_custom_holiday))
        .routes(routes!(update_custom_holiday, delete_custom_holiday))
}

/// One of the caller's own holidays.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomHoliday {
    id: HolidayId,
    name_el: String,
    name_en: Option<String>,
    /// `FIXED:MM-DD`, `EASTER_OFFSET:N` or `DATE:YYYY-MM-DD`.
    #[schema(example = "FIXED:07-20")]
    date_pattern: String,
    /// First day as it was entered.
    date: Option<LocalDate>,
    /// Last day as it was entered; the first one when it lasts a day.
    end_date: Option<LocalDate>,
    /// With `endTime` the blocked hours of each day; null blocks whole days.
    start_time: Option<TimeOfDay>,
    end_time: Option<TimeOfDay>,
    is_recurring: bool,
    /// Days from Orthodox Easter, for one that moves with it.
    easter_offset_days: Option<i16>,
    is_active: bool,
    created_at: Timestamp,
    /// Courts that follow it or have its blocks.
    applied_courts_count: i64,
    /// First days in the current and the next two years.
    upcoming_dates: Vec<UpcomingDate>,
}

impl CustomHoliday {
    fn of(holiday: &Holiday, courts: i64, current: i16) -> Self {
        let (start, end) = holiday.time.times();
        let easter_offset_days = match holiday.pattern {
            DatePattern::EasterOffset(days) => Some(days),
            DatePattern::Fixed { .. } | DatePattern::On(_) => None,
        };
        Self {
            id: holiday.id,
            name_el: holiday.names.el.clone(),
            name_en: holiday.names.en.clone(),
            date_pattern: holiday.pattern.to_string(),
            date: holiday.first_date.map(LocalDate::from),
            end_date: holiday.last_date().map(LocalDate::from),
            start_time: start.map(TimeOfDay::from_time),
            end_time: end.map(TimeOfDay::from_time),
            is_recurring: holiday.pattern.is_recurring(),
            easter_offset_days,
            is_active: holiday.active,
            created_at: holiday.created_at,
            applied_courts_count: courts,
            upcoming_dates: upcoming_dates(holiday, current),
        }
    }
}

/// The caller's own holidays, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomHolidayList {
    holidays: Vec<CustomHoliday>,
}

/// A changed holiday and what its change left open.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdatedCustomHoliday {
    #[serde(flatten)]
    holiday: CustomHoliday,
    /// With `FUTURE_INSTANCES`: new dates that stay open because customers have booked.
    skipped_dates: Vec<SkippedDate>,
}

/// Which of the own holidays are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CustomHolidaysQuery {
    /// Disabled ones too; only active ones when absent.
    include_inactive: Option<bool>,
}

/// A new holiday of the caller.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateCustomHolidayRequest {
    #[garde(custom(not_blank), length(chars, max = NAME_LENGTH))]
    #[schema(min_length = 1, max_length = 255)]
    name_el: String,
    #[garde(inner(length(chars, max = NAME_LENGTH)))]
    #[schema(max_length = 255)]
    name_en: Option<String>,
    /// First day.
    #[garde(skip)]
    date: LocalDate,
    /// Last day of a range of at most 31 days.
    #[garde(skip)]
    end_date: Option<LocalDate>,
    /// With `endTime` the blocked hours of each day; without both whole days.
    #[garde(skip)]
    start_time: Option<TimeOfDay>,
    #[garde(skip)]
    end_time: Option<TimeOfDay>,
    /// The same month and day every year; false when absent, true with `easterOffsetDays`.
    #[garde(skip)]
    is_recurring: Option<bool>,
    /// So many days from Orthodox Easter every year; `date` then only says, with `endDate`, how long it lasts.
    #[garde(inner(range(min = -90, max = 230)))]
    #[schema(minimum = -90, maximum = 230)]
    easter_offset_days: Option<i16>,
}

/// What a change of a recurring holiday is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ApplyTo {
    /// Blocks dated after today follow it.
    FutureInstances,
    /// Blocks that exist stay as they are.
    #[default]
    None,
}

/// A change of an own holiday; what is absent stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCustomHolidayRequest {
    #[garde(inner(custom(not_blank), length(chars, max = NAME_LENGTH)))]
    #[schema(min_length = 1, max_length = 255)]
    name_el: Option<String>,
    /// Null takes it away.
    #[garde(inner(inner(length(chars, max = NAME_LENGTH))))]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 255)]
    name_en: Option<Option<String>>,
    /// False: no new blocks, and off the lists; blocks that exist stay.
    #[garde(skip)]
    is_active: Option<bool>,
    #[garde(skip)]
    date: Option<LocalDate>,
    /// Null makes it one day; when absent, it stays as long as it was.
    #[garde(skip)]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<LocalDate>)]
    end_date: Option<Option<LocalDate>>,
    /// Null together with `endTime` blocks whole days.
    #[garde(skip)]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<TimeOfDay>)]
    start_time: Option<Option<TimeOfDay>>,
    #[garde(skip)]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<TimeOfDay>)]
    end_time: Option<Option<TimeOfDay>>,
    #[garde(skip)]
    is_recurring: Option<bool>,
    /// Null makes it the same day every year.
    #[garde(inner(inner(range(min = -90, max = 230))))]
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i16>, minimum = -90, maximum = 230)]
    easter_offset_days: Option<Option<i16>>,
    /// What becomes of the blocks it has made already.
    #[garde(skip)]
    #[serde(default)]
    apply_to: ApplyTo,
}

/// What becomes of the blocks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct DeleteCustomHolidayQuery {
    /// `KEEP` when absent.
    #[param(inline)]
    delete_overrides: Option<DeleteOverrides>,
}

/// The caller's own holidays.
#[utoipa::path(
    get,
    path = "/api/holidays/custom",
    operation_id = "getCustomHolidays",
    tag = "holidays",
    security(("BearerAuth" = [])),
    params(CustomHolidaysQuery),
    responses((status = 200, description = "Oldest first", body = CustomHolidayList), CallerErrors)
)]
pub async fn get_custom_holidays(
    State(state): State<AppState>,
    caller: Caller<Owner>,
    Query(query): Query<CustomHolidaysQuery>,
) -> ApiResult<Json<CustomHolidayList>> {
    let current = current_year(state.env.clock.now())?;
    let listed = ops::list_custom(&state, caller.user_id, query.include_inactive.unwrap_or(false)).await?;
    let holidays = listed.iter().map(|(holiday, courts)| CustomHoliday::of(holiday, *courts, current));
    Ok(Json(CustomHolidayList { holidays: holidays.collect() }))
}

/// Adds a holiday of the caller.
#[utoipa::path(
    post,
    path = "/api/holidays/custom",
    operation_id = "createCustomHoliday",
    tag = "holidays",
    security(("BearerAuth" = [])),
    request_body = CreateCustomHolidayRequest,
    responses(
        (status = 201, description = "The new holiday; it blocks nothing before it is applied", body = CustomHoliday),
        (status = 409, description = "The caller has one of that name", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn create_custom_holiday(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    ValidJson(body): ValidJson<CreateCustomHolidayRequest>,
) -> ApiResult<(StatusCode, Json<CustomHoliday>)> {
    let draft = CustomDraft {
        name_el: body.name_el,
        name_en: body.name_en,
        dates: DatesInput {
            date: body.date.date(),
            end_date: body.end_date.map(LocalDate::date),
            recurring: body.is_recurring,
            easter_offset: body.easter_offset_days,
        },
        hours: (body.start_time.map(TimeOfDay::time), body.end_time.map(TimeOfDay::time)),
    };
    let created = ops::create_custom(&state, owner.actor(), draft).await?;
    Ok((StatusCode::CREATED, Json(CustomHoliday::of(&created, 0, current_year(state.env.clock.now())?))))
}

/// Changes a holiday of the caller.
#[utoipa::path(
    put,
    path = "/api/holidays/custom/{holidayId}",
    operation_id = "updateCustomHoliday",
    tag = "holidays",
    security(("BearerAuth" = [])),
    params(("holidayId" = HolidayId, Path, description = "One of the caller's own holidays")),
    request_body = UpdateCustomHolidayRequest,
    responses(
        (status = 200, description = "The holiday now", body = UpdatedCustomHoliday),
        (status = 404, description = "No such holiday of the caller", body = ErrorResponse),
        (status = 409, description = "The caller has another one of that name", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_custom_holiday(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<HolidayId>,
    ValidJson(body): ValidJson<UpdateCustomHolidayRequest>,
) -> ApiResult<Json<UpdatedCustomHoliday>> {
    let change = CustomChange {
        name_el: body.name_el,
        name_en: body.name_en,
        active: body.is_active,
        date: body.date.map(LocalDate::date),
        end_date: body.end_date.map(|date| date.map(LocalDate::date)),
        start: body.start_time.map(|time| time.map(TimeOfDay::time)),
        end: body.end_time.map(|time| time.map(TimeOfDay::time)),
        recurring: body.is_recurring,
        easter_offset: body.easter_offset_days,
    };
    let apply_to = match body.apply_to {
        ApplyTo::FutureInstances => ops::ApplyTo::FutureInstances,
        ApplyTo::None => ops::ApplyTo::Nothing,
    };
    let changed = ops::change_custom(&state, owner.actor(), id, change, apply_to).await?;
    let current = current_year(state.env.clock.now())?;
    Ok(Json(UpdatedCustomHoliday {
        holiday: CustomHoliday::of(&changed.holiday, changed.courts, current),
        skipped_dates: changed.skipped.into_iter().map(SkippedDate::from).collect(),
    }))
}

/// Removes a holiday of the caller.
#[utoipa::path(
    delete,
    path = "/api/holidays/custom/{holidayId}",
    operation_id = "deleteCustomHoliday",
    tag = "holidays",
    security(("BearerAuth" = [])),
    params(("holidayId" = HolidayId, Path, description = "One of the caller's own holidays"), DeleteCustomHolidayQuery),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "No such holiday of the caller", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn delete_custom_holiday(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<HolidayId>,
    Query(query): Query<DeleteCustomHolidayQuery>,
) -> ApiResult<StatusCode> {
    let removal = query.delete_overrides.unwrap_or(DeleteOverrides::Keep);
    ops::delete_custom(&state, owner.actor(), id, removal.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
