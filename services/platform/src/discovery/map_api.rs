//! The map over HTTP: courts, open matches and weather in one answer.

use axum::extract::State;
use contracts::court::{CourtType, LocationType, TimeOfDay};
use contracts::ids::{CourtId, MatchId};
use contracts::local_date::LocalDate;
use contracts::money::Cents;
use kit::auth::{AnyRole, Caller};
use kit::http::{Json, Locale, Query};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{summaries, when_of, wrong_area};
use super::court_summary::{CourtSummary, name_for};
use super::domain::{BoxEdges, MapBox, Page};
use super::map_ops::{self, MOST_MARKERS, MapError};
use super::ops::{SearchError, Wanted};
use super::store::OpenMatch;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::courts::domain::Place;
use crate::state::AppState;
use crate::weather::{Embedded, WeatherForecast};

/// Seconds after which a map without courts is worth asking for again.
const RETRY_AFTER_SECONDS: u64 = 2;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_map_data))
}

/// Which part of the map, and when.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct MapQuery {
    /// Degrees north of the place to search around.
    #[param(minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees east of the place to search around.
    #[param(minimum = -180, maximum = 180)]
    longitude: f64,
    /// The saved distance, else 10, when absent.
    #[param(exclusive_minimum = 0, maximum = 500)]
    radius_km: Option<f64>,
    /// Southern edge of the visible map.
    min_lat: Option<f64>,
    /// Northern edge of the visible map.
    max_lat: Option<f64>,
    /// Western edge of the visible map.
    min_lng: Option<f64>,
    /// Eastern edge of the visible map.
    max_lng: Option<f64>,
    #[param(inline)]
    court_type: Option<CourtType>,
    #[param(inline)]
    location_type: Option<LocationType>,
    /// Local date; alone it finds courts that are open that day.
    #[param(value_type = String, format = Date)]
    date: LocalDate,
    /// Local time, `HH:mm`; with it, courts that are free then.
    #[param(value_type = Option<String>, pattern = r"^\d{2}:\d{2}$")]
    start_time: Option<TimeOfDay>,
}

/// A match that still takes players.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenMatchSummary {
    match_id: MatchId,
    court_id: CourtId,
    /// In the caller's language; in Greek when it is not translated.
    court_name: String,
    court_type: CourtType,
    latitude: f64,
    longitude: f64,
    creator_name: String,
    /// 1 to 7, if known.
    creator_skill_level: Option<i32>,
    skill_range_min: Option<i32>,
    skill_range_max: Option<i32>,
    current_players: i32,
    max_players: i32,
    cost_per_player_cents: Option<Cents>,
    date: LocalDate,
    start_time: TimeOfDay,
    auto_accept: bool,
}

/// A part that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MapWarning {
    WeatherUnavailable,
    MatchesUnavailable,
}

/// Everything on a map.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MapDataResponse {
    /// Favourites first, then by distance; the nearest 500 at most.
    courts: Vec<CourtSummary>,
    /// Null with `MATCHES_UNAVAILABLE`.
    open_matches: Option<Vec<OpenMatchSummary>>,
    /// Null with `WEATHER_UNAVAILABLE`.
    weather: Option<WeatherForecast>,
    /// Empty when everything could be read.
    warnings: Vec<MapWarning>,
}

/// Courts, open matches and weather for a part of the map.
#[utoipa::path(
    get,
    path = "/api/courts/map",
    operation_id = "getMapData",
    tag = "discovery",
    security(("BearerAuth" = [])),
    params(MapQuery),
    responses(
        (status = 200, description = "What is there; `warnings` names parts that could not be read", body = MapDataResponse),
        (status = 503, description = "The courts cannot be read now", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_map_data(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    locale: Locale,
    Query(query): Query<MapQuery>,
) -> ApiResult<Json<MapDataResponse>> {
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
        when: when_of(Some(query.date), query.start_time)?,
        text_pattern: None,
        page: Page { number: 0, size: MOST_MARKERS },
    };
    let map = map_ops::map(&state, caller.user_id, query.date.date(), wanted).await?;
    let mut warnings = Vec::new();
    if map.weather == Embedded::Unavailable {
        warnings.push(MapWarning::WeatherUnavailable);
    }
    if map.matches.is_none() {
        warnings.push(MapWarning::MatchesUnavailable);
    }
    Ok(Json(MapDataResponse {
        courts: summaries(map.courts, locale, &state),
        open_matches: map.matches.map(|matches| matches.into_iter().map(|open| shown(open, locale)).collect()),
        weather: WeatherForecast::embedded(map.weather),
        warnings,
    }))
}

fn shown(open: OpenMatch, locale: Locale) -> OpenMatchSummary {
    let (court_name, _) = name_for(locale, open.court_name_el, open.court_name_en);
    OpenMatchSummary {
        match_id: open.id,
        court_id: open.court_id,
        court_name,
        court_type: open.court_type,
        latitude: open.place.latitude(),
        longitude: open.place.longitude(),
        creator_name: open.creator_name,
        creator_skill_level: open.creator_skill_level,
        skill_range_min: open.skill_range_min,
        skill_range_max: open.skill_range_max,
        current_players: open.current_players,
        max_players: open.max_players,
        cost_per_player_cents: open.cost_per_player,
        date: open.date.into(),
        start_time: TimeOfDay::from_time(open.start),
        auto_accept: open.auto_accept,
    }
}

impl From<MapError> for ApiError {
    fn from(error: MapError) -> Self {
        match error {
            MapError::Search(SearchError::Area(problem)) => wrong_area(problem),
            // FIND-20: an empty list would hide it, and no map is worth waiting for.
            error @ (MapError::Search(SearchError::Store(_)) | MapError::TooSlow) => {
                Self::unavailable(error, RETRY_AFTER_SECONDS)
            }
        }
    }
}
