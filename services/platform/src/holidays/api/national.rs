//! The public list of national holidays (HOL-05).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::ids::HolidayId;
use http::header::{CACHE_CONTROL, ETAG, HeaderValue, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::http::Json;
use kit::{ApiError, ApiResult};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{UpcomingDate, upcoming_dates};
use crate::api_docs::PublicErrors;
use crate::courts::domain::DEFAULT_TIMEZONE;
use crate::holidays::domain::Holiday;
use crate::holidays::ops;
use crate::state::AppState;

/// Browsers and proxies may keep the list for five minutes, then ask whether it has changed.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=300");

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_national_holidays))
}

/// A national holiday.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NationalHoliday {
    id: HolidayId,
    name_el: String,
    name_en: String,
    /// `FIXED:MM-DD` or `EASTER_OFFSET:N`, days from Orthodox Easter.
    #[schema(example = "EASTER_OFFSET:-48")]
    date_pattern: String,
    /// In the current and the next two years.
    upcoming_dates: Vec<UpcomingDate>,
}

impl NationalHoliday {
    pub(super) fn of(holiday: &Holiday, current: i16) -> Self {
        Self {
            id: holiday.id,
            name_el: holiday.names.el.clone(),
            name_en: holiday.names.english().to_owned(),
            date_pattern: holiday.pattern.to_string(),
            upcoming_dates: upcoming_dates(holiday, current),
        }
    }
}

/// National holidays by their place in the year.
#[derive(Debug, Serialize, ToSchema)]
pub struct NationalHolidayList {
    holidays: Vec<NationalHoliday>,
}

/// The year in Greece, whose holidays these are.
pub(super) fn current_year(now: Timestamp) -> ApiResult<i16> {
    let zone = TimeZone::get(DEFAULT_TIMEZONE).map_err(ApiError::internal)?;
    Ok(now.to_zoned(zone).year())
}

/// The national holidays and when they are.
#[utoipa::path(
    get,
    path = "/api/holidays/national",
    operation_id = "getNationalHolidays",
    tag = "holidays",
    security(()),
    responses(
        (
            status = 200, description = "Every active one", body = NationalHolidayList,
            headers(("ETag" = String, description = "Send it back in `If-None-Match`"), ("Cache-Control" = String)),
        ),
        (status = 304, description = "Nothing has changed since the `ETag` of `If-None-Match`"),
        PublicErrors,
    )
)]
pub async fn get_national_holidays(State(state): State<AppState>, headers: HeaderMap) -> ApiResult<Response> {
    let current = current_year(state.env.clock.now())?;
    let mut holidays = ops::list_national(&state, false).await?;
    holidays.sort_by_key(|holiday| holiday.pattern.date_in(current));
    let list = NationalHolidayList {
        holidays: holidays.iter().map(|holiday| NationalHoliday::of(holiday, current)).collect(),
    };
    let text = serde_json::to_vec(&list).map_err(ApiError::internal)?;
    let tag = format!("\"{}\"", &hex::encode(Sha256::digest(&text))[..32]);
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        value.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
    });
    let mut response = if known { StatusCode::NOT_MODIFIED.into_response() } else { Json(list).into_response() };
    response.headers_mut().insert(CACHE_CONTROL, KEPT);
    response.headers_mut().insert(ETAG, HeaderValue::from_str(&tag).map_err(ApiError::internal)?);
    Ok(response)
}
