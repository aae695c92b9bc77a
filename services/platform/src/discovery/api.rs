//! The search over HTTP: what the query and the answer look like and which status and code a failure gets.

use axum::extract::State;
use contracts::codes;
use contracts::court::{CourtType, LocationType, TimeOfDay};
use contracts::ids::UserId;
use contracts::local_date::LocalDate;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, Locale, Query};
use kit::{ApiError, ApiResult, FieldError};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::court_summary::CourtSummary;
use super::domain::{
    AreaProblem, BoxEdges, DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE, LARGEST_RADIUS_KM, LAST_PAGE, LONGEST_TEXT, MapBox,
    Page, Suggestion, When, text_pattern,
};
use super::ops::{self, DayStatus, SearchError, Wanted};
use super::store::Hit;
use crate::api_docs::CallerErrors;
use crate::courts::domain::{OffTheGlobe, Place};
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search_courts))
}

/// Where, what and when to look.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Degrees north of the place to search around.
    #[param(minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees east of the place to search around.
    #[param(minimum = -180, maximum = 180)]
    longitude: f64,
    /// The saved distance, else 10, when absent.
    #[param(exclusive_minimum = 0, maximum = 500)]
    radius_km: Option<f64>,
    #[param(inline)]
    court_type: Option<CourtType>,
    #[param(inline)]
    location_type: Option<LocationType>,
    /// Court-local date; alone it finds courts that are open that day.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<LocalDate>,
    /// Court-local time, `HH:mm`; with `date` it finds courts that are free then.
    #[param(value_type = Option<String>, pattern = r"^\d{2}:\d{2}$")]
    start_time: Option<TimeOfDay>,
    /// Southern edge of the visible map.
    min_lat: Option<f64>,
    /// Northern edge of the visible map.
    max_lat: Option<f64>,
    /// Western edge of the visible map.
    min_lng: Option<f64>,
    /// Eastern edge of the visible map.
    max_lng: Option<f64>,
    /// Words of a name or address, in either language, without regard to case and accents.
    #[param(max_length = 100)]
    q: Option<String>,
    /// From 0.
    #[param(minimum = 0, maximum = 10_000)]
    page: Option<u32>,
    /// 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    size: Option<u32>,
}

/// What to try when nothing was found.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SearchSuggestion {
    ExpandRadius,
    RemoveFilters,
    TryDifferentDate,
}

/// One page of a result.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtSearchResponse {
    /// Favourites first, then by distance.
    courts: Vec<CourtSummary>,
    suggestion: Option<SearchSuggestion>,
    total_elements: u64,
    page: u32,
    size: u32,
}

/// Finds courts by place, kind and time.
#[utoipa::path(
    get,
    path = "/api/courts",
    operation_id = "searchCourts",
    tag = "discovery",
    security(("BearerAuth" = [])),
    params(SearchQuery),
    responses((status = 200, description = "One page of courts", body = CourtSearchResponse), CallerErrors)
)]
pub async fn search_courts(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    locale: Locale,
    Query(query): Query<SearchQuery>,
) -> ApiResult<Json<CourtSearchResponse>> {
    let page = page_of(&query)?;
    let wanted = Wanted {
        origin: Place::new(query.latitude, query.longitude).map_err(|off| wrong_area(off.into()))?,
        radius_km: query.radius_km,
        map_box: MapBox::from_edges(BoxEdges {
            min_latitude: query.min_lat,
            max_latitude: query.max_lat,
            min_longitude: query.min_lng,
            max_longitude: query.max_lng,
        })
        .map_err(wrong_area)?,
        court_type: query.court_type,
        location_type: query.location_type,
        when: when_of(query.date, query.start_time)?,
        text_pattern: pattern_of(query.q.as_deref())?,
        page,
    };
    let found = ops::search(&state, caller.user_id, wanted).await?;
    Ok(Json(CourtSearchResponse {
        courts: summaries(found.hits, locale, &state),
        suggestion: found.suggestion.map(SearchSuggestion::from),
        total_elements: found.total,
        page: page.number,
        size: page.size,
    }))
}

/// The nearest courts around a place as somebody sees them of whom nothing is known, and how many there are (FIND-61).
///
/// # Errors
/// A radius that makes no sense, or the database.
pub async fn courts_near(
    state: &AppState,
    locale: Locale,
    origin: Place,
    radius_km: f64,
    court_type: Option<CourtType>,
    most: u32,
) -> ApiResult<(Vec<CourtSummary>, u64)> {
    let wanted = Wanted {
        origin,
        radius_km: Some(radius_km),
        map_box: None,
        court_type,
        location_type: None,
        when: When::AnyTime,
        text_pattern: None,
        page: Page { number: 0, size: most },
    };
    let found = ops::search(state, UserId::NOBODY, wanted).await?;
    Ok((summaries(found.hits, locale, state), found.total))
}

fn page_of(query: &SearchQuery) -> Result<Page, ApiError> {
    let number = query.page.unwrap_or(0);
    let size = query.size.unwrap_or(DEFAULT_PAGE_SIZE);
    let mut fields = Vec::new();
    if number > LAST_PAGE {
        fields.push(FieldError::new(
            "page",
            format!("must be at most {LAST_PAGE}"),
            format!("πρέπει να είναι έως {LAST_PAGE}"),
        ));
    }
    if !(1..=LARGEST_PAGE_SIZE).contains(&size) {
        fields.push(FieldError::new(
            "size",
            format!("must lie between 1 and {LARGEST_PAGE_SIZE}"),
            format!("πρέπει να είναι από 1 έως {LARGEST_PAGE_SIZE}"),
        ));
    }
    if fields.is_empty() {
        Ok(Page { number, size })
    } else {
        Err(ApiError::new(&codes::VALIDATION_ERROR).fields(fields))
    }
}

pub(super) fn when_of(date: Option<LocalDate>, start: Option<TimeOfDay>) -> Result<When, ApiError> {
    match (date, start) {
        (None, None) => Ok(When::AnyTime),
        (Some(date), None) => Ok(When::OpenOn(date.date())),
        (Some(date), Some(start)) => Ok(When::FreeAt(date.date(), start.time())),
        (None, Some(_)) => {
            Err(ApiError::validation("date", "is required with startTime", "είναι υποχρεωτικό μαζί με το startTime"))
        }
    }
}

fn pattern_of(text: Option<&str>) -> Result<Option<String>, ApiError> {
    let text = text.unwrap_or_default();
    if text.chars().count() > LONGEST_TEXT {
        let en = format!("must be at most {LONGEST_TEXT} long");
        return Err(ApiError::validation("q", en, format!("πρέπει να έχει μήκος έως {LONGEST_TEXT}")));
    }
    Ok(text_pattern(text))
}

pub(super) fn summaries(hits: Vec<(Hit, DayStatus)>, locale: Locale, state: &AppState) -> Vec<CourtSummary> {
    hits.into_iter().map(|(hit, status)| CourtSummary::of(hit, status, locale, &state.config.courts)).collect()
}

impl From<Suggestion> for SearchSuggestion {
    fn from(suggestion: Suggestion) -> Self {
        match suggestion {
            Suggestion::ExpandRadius => Self::ExpandRadius,
            Suggestion::RemoveFilters => Self::RemoveFilters,
            Suggestion::TryDifferentDate => Self::TryDifferentDate,
        }
    }
}

pub(super) fn wrong_area(problem: AreaProblem) -> ApiError {
    match problem {
        AreaProblem::OffTheGlobe(OffTheGlobe) => ApiError::new(&codes::INVALID_COORDINATES),
        AreaProblem::RadiusOutOfRange => ApiError::validation(
            "radiusKm",
            format!("must be above 0 and at most {LARGEST_RADIUS_KM}"),
            format!("πρέπει να είναι πάνω από 0 και έως {LARGEST_RADIUS_KM}"),
        ),
        AreaProblem::IncompleteBox => ApiError::validation(
            "minLat",
            "minLat, maxLat, minLng and maxLng belong together",
            "τα minLat, maxLat, minLng και maxLng πάνε μαζί",
        ),
        AreaProblem::InvertedBox => ApiError::validation(
            "minLat",
            "the minima must not exceed the maxima",
            "τα ελάχιστα δεν πρέπει να ξεπερνούν τα μέγιστα",
        ),
    }
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Area(problem) => wrong_area(problem),
            SearchError::Store(cause) => cause.into(),
        }
    }
}
