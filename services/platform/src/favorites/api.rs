//! Favourites over HTTP: what answers look like and which status and code a failure gets.

use axum::extract::State;
use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::ids::CourtId;
use contracts::local_date::LocalDate;
use http::StatusCode;
use kit::auth::{Caller, Customer};
use kit::http::{Json, Locale, Path};
use kit::{ApiError, ApiResult};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{FreeSlot, MOST_FAVORITES};
use super::ops::{self, Favorite, FavoriteError};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::discovery::CourtSummary;
use crate::state::AppState;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_favorites)).routes(routes!(add_favorite, remove_favorite))
}

/// A slot that can be booked at once, in the court's local time.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextFreeSlot {
    date: LocalDate,
    start_time: TimeOfDay,
    end_time: TimeOfDay,
}

impl From<FreeSlot> for NextFreeSlot {
    fn from(slot: FreeSlot) -> Self {
        Self {
            date: slot.date.into(),
            start_time: TimeOfDay::from_time(slot.start),
            end_time: TimeOfDay::from_time(slot.end),
        }
    }
}

/// A favourite court.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FavoriteCourt {
    #[serde(flatten)]
    court: CourtSummary,
    /// False for a court that is hidden or gone; it cannot be opened or booked.
    available: bool,
    /// The first one in the next two weeks.
    next_free_slot: Option<NextFreeSlot>,
}

/// The caller's favourites.
#[derive(Debug, Serialize, ToSchema)]
pub struct FavoriteList {
    /// Newest first.
    favorites: Vec<FavoriteCourt>,
}

/// The caller's favourite courts.
#[utoipa::path(
    get,
    path = "/api/users/me/favorites",
    operation_id = "getFavorites",
    tag = "favorites",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "All favourites, newest first", body = FavoriteList), CallerErrors)
)]
pub async fn get_favorites(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    locale: Locale,
) -> ApiResult<Json<FavoriteList>> {
    let favorites = ops::list(&state, caller.user_id).await?;
    let shown = |favorite: Favorite| FavoriteCourt {
        available: favorite.visible,
        next_free_slot: favorite.next_free.map(NextFreeSlot::from),
        court: CourtSummary::of(favorite.hit, favorite.status, locale, &state.config.courts),
    };
    Ok(Json(FavoriteList { favorites: favorites.into_iter().map(shown).collect() }))
}

/// Makes a court a favourite.
#[utoipa::path(
    put,
    path = "/api/users/me/favorites/{courtId}",
    operation_id = "addFavorite",
    tag = "favorites",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court")),
    responses(
        (status = 204, description = "It is a favourite"),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "The list is full; `details.limit` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn add_favorite(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    Path(court): Path<CourtId>,
) -> ApiResult<StatusCode> {
    ops::add(&state, caller.user_id, court).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a court no favourite any more.
#[utoipa::path(
    delete,
    path = "/api/users/me/favorites/{courtId}",
    operation_id = "removeFavorite",
    tag = "favorites",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court")),
    responses((status = 204, description = "It is no favourite"), CallerErrors)
)]
pub async fn remove_favorite(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    Path(court): Path<CourtId>,
) -> ApiResult<StatusCode> {
    ops::remove(&state, caller.user_id, court).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<FavoriteError> for ApiError {
    fn from(error: FavoriteError) -> Self {
        match error {
            FavoriteError::CourtNotFound => Self::new(&codes::COURT_NOT_FOUND),
            FavoriteError::ListFull => Self::new(&codes::FAVORITES_LIMIT_REACHED).with("limit", MOST_FAVORITES),
            FavoriteError::Store(cause) => cause.into(),
        }
    }
}
