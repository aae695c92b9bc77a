//! National templates in the hands of the platform's admins (HOL-07, HOL-08).

use axum::extract::State;
use contracts::ids::HolidayId;
use garde::Validate;
use http::StatusCode;
use kit::auth::{Admin, Caller};
use kit::http::{Json, Path, RequestContext, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::national::{NationalHoliday, current_year};
use super::{NAME_LENGTH, not_blank};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::audit::Actor;
use crate::holidays::domain::{DatePattern, Holiday};
use crate::holidays::ops::{self, NationalChange, NationalDraft};
use crate::state::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_national_templates, create_national_holiday))
        .routes(routes!(update_national_holiday))
}

/// A national holiday as admins see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NationalTemplate {
    #[serde(flatten)]
    holiday: NationalHoliday,
    /// Whether it is listed and makes blocks.
    is_active: bool,
}

impl NationalTemplate {
    fn of(holiday: &Holiday, current: i16) -> Self {
        Self { holiday: NationalHoliday::of(holiday, current), is_active: holiday.active }
    }
}

/// All national holidays, disabled ones too.
#[derive(Debug, Serialize, ToSchema)]
pub struct NationalTemplateList {
    holidays: Vec<NationalTemplate>,
}

/// A new national holiday.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateNationalHolidayRequest {
    #[garde(custom(not_blank), length(chars, max = NAME_LENGTH))]
    #[schema(min_length = 1, max_length = 255)]
    name_el: String,
    #[garde(custom(not_blank), length(chars, max = NAME_LENGTH))]
    #[schema(min_length = 1, max_length = 255)]
    name_en: String,
    /// `FIXED:MM-DD`, `EASTER_OFFSET:N` or, for a day that comes once, `DATE:YYYY-MM-DD`.
    #[garde(skip)]
    #[schema(example = "FIXED:11-17")]
    date_pattern: String,
    /// True when absent.
    #[garde(skip)]
    is_active: Option<bool>,
}

/// A change of a national holiday; what is absent stays.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateNationalHolidayRequest {
    #[garde(inner(custom(not_blank), length(chars, max = NAME_LENGTH)))]
    #[schema(min_length = 1, max_length = 255)]
    name_el: Option<String>,
    #[garde(inner(custom(not_blank), length(chars, max = NAME_LENGTH)))]
    #[schema(min_length = 1, max_length = 255)]
    name_en: Option<String>,
    /// Blocks that exist stay where they are.
    #[garde(skip)]
    date_pattern: Option<String>,
    /// False takes it off all lists; blocks that exist stay.
    #[garde(skip)]
    is_active: Option<bool>,
}

fn read_pattern(text: &str) -> ApiResult<DatePattern> {
    text.parse().map_err(|_| {
        ApiError::validation(
            "datePattern",
            "must be FIXED:MM-DD, EASTER_OFFSET:N or DATE:YYYY-MM-DD",
            "πρέπει να είναι FIXED:MM-DD, EASTER_OFFSET:N ή DATE:YYYY-MM-DD",
        )
    })
}

fn actor(caller: &Caller<Admin>, context: &RequestContext) -> Actor {
    Actor { user: caller.user_id, role: caller.role, ip: context.client_ip }
}

/// All national holidays with those that are disabled.
#[utoipa::path(
    get,
    path = "/api/admin/holidays",
    operation_id = "getNationalTemplates",
    tag = "holidays",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Oldest first", body = NationalTemplateList), CallerErrors)
)]
pub async fn get_national_templates(
    State(state): State<AppState>,
    _: Caller<Admin>,
) -> ApiResult<Json<NationalTemplateList>> {
    let current = current_year(state.env.clock.now())?;
    let holidays = ops::list_national(&state, true).await?;
    Ok(Json(NationalTemplateList {
        holidays: holidays.iter().map(|holiday| NationalTemplate::of(holiday, current)).collect(),
    }))
}

/// Adds a national holiday.
#[utoipa::path(
    post,
    path = "/api/admin/holidays",
    operation_id = "createNationalHoliday",
    tag = "holidays",
    security(("BearerAuth" = [])),
    request_body = CreateNationalHolidayRequest,
    responses(
        (status = 201, description = "The new holiday", body = NationalTemplate),
        (status = 409, description = "There is one of that name", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn create_national_holiday(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    ValidJson(body): ValidJson<CreateNationalHolidayRequest>,
) -> ApiResult<(StatusCode, Json<NationalTemplate>)> {
    let draft = NationalDraft {
        pattern: read_pattern(&body.date_pattern)?,
        name_el: body.name_el,
        name_en: body.name_en,
        active: body.is_active.unwrap_or(true),
    };
    let created = ops::create_national(&state, actor(&caller, &context), draft).await?;
    let current = current_year(state.env.clock.now())?;
    Ok((StatusCode::CREATED, Json(NationalTemplate::of(&created, current))))
}

/// Changes or disables a national holiday.
#[utoipa::path(
    put,
    path = "/api/admin/holidays/{holidayId}",
    operation_id = "updateNationalHoliday",
    tag = "holidays",
    security(("BearerAuth" = [])),
    params(("holidayId" = HolidayId, Path, description = "A national holiday")),
    request_body = UpdateNationalHolidayRequest,
    responses(
        (status = 200, description = "The holiday now", body = NationalTemplate),
        (status = 404, description = "No such national holiday", body = ErrorResponse),
        (status = 409, description = "There is one of that name", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_national_holiday(
    State(state): State<AppState>,
    caller: Caller<Admin>,
    context: RequestContext,
    Path(id): Path<HolidayId>,
    ValidJson(body): ValidJson<UpdateNationalHolidayRequest>,
) -> ApiResult<Json<NationalTemplate>> {
    let change = NationalChange {
        pattern: body.date_pattern.as_deref().map(read_pattern).transpose()?,
        name_el: body.name_el,
        name_en: body.name_en,
        active: body.is_active,
    };
    let changed = ops::change_national(&state, actor(&caller, &context), id, change).await?;
    Ok(Json(NationalTemplate::of(&changed, current_year(state.env.clock.now())?)))
}
