//! The storefront over HTTP: what visitors are told, member by member. What is not named here stays inside.

use axum::extract::State;
use contracts::codes;
use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use kit::http::{Json, Locale, Path, Query};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ops::{self, ShownCourt};
use crate::api_docs::{ErrorResponse, PublicErrors};
use crate::availability::{self, AvailabilityQuery, AvailabilityResponse};
use crate::cancellation_policy::CancellationPolicy;
use crate::courts::LocalizedText;
use crate::courts::domain::{Court, Place};
use crate::discovery::{self, CourtSummary};
use crate::state::AppState;

/// Courts that a visitor is shown around a place; whoever wants to search signs in.
const MOST_NEAR: u32 = 12;
/// How far "around a place" reaches when the visitor does not say.
const DEFAULT_RADIUS_KM: f64 = 25.0;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_public_courts))
        .routes(routes!(get_public_court))
        .routes(routes!(get_public_availability))
        .routes(routes!(get_public_club))
}

/// Around which place to look.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct PublicCourtsQuery {
    /// Degrees north of the place.
    #[param(minimum = -90, maximum = 90)]
    latitude: f64,
    /// Degrees east of the place.
    #[param(minimum = -180, maximum = 180)]
    longitude: f64,
    /// 25 when absent.
    #[param(exclusive_minimum = 0, maximum = 500)]
    radius_km: Option<f64>,
    #[param(inline)]
    court_type: Option<CourtType>,
}

/// The nearest courts around a place.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicCourts {
    /// By distance, at most 12; `isFavorite` is always false.
    courts: Vec<CourtSummary>,
    /// How many there are in the radius.
    total_elements: u64,
}

/// A court of a club, in short.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicCourtCard {
    id: CourtId,
    name: LocalizedText,
    court_type: CourtType,
    location_type: LocationType,
    address: String,
    latitude: f64,
    longitude: f64,
    timezone: String,
    base_price_cents: Cents,
    duration_minutes: u32,
    max_capacity: u32,
    image_urls: Vec<String>,
    /// Two decimals; null without reviews.
    average_rating: Option<f64>,
    total_reviews: u32,
}

impl PublicCourtCard {
    fn of(court: Court, state: &AppState) -> Self {
        Self {
            id: court.id,
            name: court.name.into(),
            court_type: court.court_type,
            location_type: court.location_type,
            address: court.address,
            latitude: court.place.latitude(),
            longitude: court.place.longitude(),
            timezone: court.timezone,
            base_price_cents: court.base_price,
            duration_minutes: court.duration_minutes,
            max_capacity: court.max_capacity,
            image_urls: state.config.courts.image_urls(&court.image_keys),
            average_rating: court.average_rating_hundredths.map(|hundredths| f64::from(hundredths) / 100.0),
            total_reviews: court.total_reviews,
        }
    }
}

/// A court as everybody may see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicCourt {
    #[serde(flatten)]
    card: PublicCourtCard,
    /// Whose courts `GET /api/public/clubs/{clubId}` lists.
    club_id: UserId,
    /// The company's or association's name; null where it would be a person's, or is not known.
    club_name: Option<String>,
    description: LocalizedText,
    confirmation_mode: ConfirmationMode,
    confirmation_timeout_hours: u32,
    amenities: Vec<String>,
    cancellation_policy: CancellationPolicy,
}

impl PublicCourt {
    fn of(shown: ShownCourt, state: &AppState) -> Self {
        let ShownCourt { court, policy, club_name } = shown;
        Self {
            club_id: court.owner_id,
            club_name,
            description: court.description.clone().into(),
            confirmation_mode: court.confirmation_mode,
            confirmation_timeout_hours: court.confirmation_timeout_hours,
            amenities: court.amenities.clone(),
            cancellation_policy: CancellationPolicy::of(&policy),
            card: PublicCourtCard::of(court, state),
        }
    }
}

/// A club as everybody may see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicClub {
    club_id: UserId,
    /// The company's or association's name; null where it would be a person's, or is not known.
    name: Option<String>,
    /// Oldest first.
    courts: Vec<PublicCourtCard>,
}

/// The nearest courts around a place, for visitors.
#[utoipa::path(
    get,
    path = "/api/public/courts",
    operation_id = "getPublicCourts",
    tag = "public",
    security(()),
    params(PublicCourtsQuery),
    responses((status = 200, description = "The nearest courts that are shown", body = PublicCourts), PublicErrors)
)]
async fn get_public_courts(
    State(state): State<AppState>,
    locale: Locale,
    Query(query): Query<PublicCourtsQuery>,
) -> ApiResult<Json<PublicCourts>> {
    let origin = Place::new(query.latitude, query.longitude).map_err(|_| ApiError::new(&codes::INVALID_COORDINATES))?;
    let radius_km = query.radius_km.unwrap_or(DEFAULT_RADIUS_KM);
    let (courts, total_elements) =
        discovery::courts_near(&state, locale, origin, radius_km, query.court_type, MOST_NEAR).await?;
    Ok(Json(PublicCourts { courts, total_elements }))
}

/// A court, for visitors.
#[utoipa::path(
    get,
    path = "/api/public/courts/{courtId}",
    operation_id = "getPublicCourt",
    tag = "public",
    security(()),
    params(("courtId" = CourtId, Path, description = "The court")),
    responses(
        (status = 200, description = "The court", body = PublicCourt),
        (status = 404, description = "No such court, or not shown", body = ErrorResponse),
        PublicErrors,
    )
)]
async fn get_public_court(State(state): State<AppState>, Path(id): Path<CourtId>) -> ApiResult<Json<PublicCourt>> {
    Ok(Json(PublicCourt::of(ops::shown_court(&state, id).await?, &state)))
}

/// The free slots of a court on one date with prices, for visitors.
#[utoipa::path(
    get,
    path = "/api/public/courts/{courtId}/availability",
    operation_id = "getPublicAvailability",
    tag = "public",
    security(()),
    params(("courtId" = CourtId, Path, description = "The court"), AvailabilityQuery),
    responses(
        (status = 200, description = "The free slots of the date by start, and no others", body = AvailabilityResponse),
        (status = 404, description = "No such court, or not shown", body = ErrorResponse),
        PublicErrors,
    )
)]
async fn get_public_availability(
    State(state): State<AppState>,
    Path(id): Path<CourtId>,
    Query(query): Query<AvailabilityQuery>,
) -> ApiResult<Json<AvailabilityResponse>> {
    availability::free_day(&state, id, &query).await.map(Json)
}

/// The courts of one club, for visitors.
#[utoipa::path(
    get,
    path = "/api/public/clubs/{clubId}",
    operation_id = "getPublicClub",
    tag = "public",
    security(()),
    params(("clubId" = UserId, Path, description = "The `clubId` of one of its courts")),
    responses(
        (status = 200, description = "The club and the courts that are shown", body = PublicClub),
        (status = 404, description = "No such club, or none of its courts is shown", body = ErrorResponse),
        PublicErrors,
    )
)]
async fn get_public_club(State(state): State<AppState>, Path(id): Path<UserId>) -> ApiResult<Json<PublicClub>> {
    let (courts, name) = ops::shown_club(&state, id).await?.ok_or_else(|| ApiError::new(&codes::CLUB_NOT_FOUND))?;
    let courts = courts.into_iter().map(|court| PublicCourtCard::of(court, &state)).collect();
    Ok(Json(PublicClub { club_id: id, name, courts }))
}
