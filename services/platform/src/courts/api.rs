//! Courts over HTTP: what requests and answers look like and which status and code a failed use case gets.

use axum::extract::State;
use contracts::codes;
use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::ids::{CourtId, UserId};
use contracts::local_date::LocalDate;
use contracts::money::Cents;
use http::StatusCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kit::auth::{AnyRole, Caller, Owner};
use kit::http::{Json, Path, Query, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::details;
use super::domain::{ChangeRefused, Court, Place, Texts};
use super::ops::{self, CourtError, ReadAt};
use super::requests::{CreateCourtRequest, UpdateCourtRequest};
use super::settings_api;
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::availability::{self, TimeSlot};
use crate::cancellation_policy::CancellationPolicy;
use crate::court_bookings::api::{being_booked, not_confirmed};
use crate::discovery::kilometres;
use crate::pricing::PricingRules;
use crate::ratings::{self, Review};
use crate::state::AppState;
use crate::weather::WeatherForecast;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_court))
        .routes(routes!(get_court_details, update_court, delete_court))
        .routes(routes!(get_owned_courts))
        .merge(settings_api::router())
}

/// A text in both languages.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LocalizedText {
    el: Option<String>,
    en: Option<String>,
}

impl From<Texts> for LocalizedText {
    fn from(texts: Texts) -> Self {
        Self { el: texts.el, en: texts.en }
    }
}

/// Whether customers see a court.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CourtStatus {
    Hidden,
    Visible,
}

/// A court with all stored fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Court)]
pub struct CourtBody {
    id: CourtId,
    /// The same as `id`.
    court_id: CourtId,
    owner_id: UserId,
    name: LocalizedText,
    description: LocalizedText,
    court_type: CourtType,
    location_type: LocationType,
    latitude: f64,
    longitude: f64,
    address: String,
    timezone: String,
    base_price_cents: Cents,
    duration_minutes: u32,
    max_capacity: u32,
    confirmation_mode: ConfirmationMode,
    confirmation_timeout_hours: u32,
    waitlist_enabled: bool,
    amenities: Vec<String>,
    image_urls: Vec<String>,
    average_rating: Option<f64>,
    total_reviews: u32,
    /// The owner's own switch.
    enabled: bool,
    visible: bool,
    status: CourtStatus,
    version: i64,
    created_at: Timestamp,
}

impl CourtBody {
    pub fn of(court: Court, state: &AppState) -> Self {
        Self {
            id: court.id,
            court_id: court.id,
            owner_id: court.owner_id,
            name: court.name.into(),
            description: court.description.into(),
            court_type: court.court_type,
            location_type: court.location_type,
            latitude: court.place.latitude(),
            longitude: court.place.longitude(),
            address: court.address,
            timezone: court.timezone,
            base_price_cents: court.base_price,
            duration_minutes: court.duration_minutes,
            max_capacity: court.max_capacity,
            confirmation_mode: court.confirmation_mode,
            confirmation_timeout_hours: court.confirmation_timeout_hours,
            waitlist_enabled: court.waitlist_enabled,
            amenities: court.amenities,
            image_urls: state.config.courts.image_urls(&court.image_keys),
            average_rating: court.average_rating_hundredths.map(|hundredths| f64::from(hundredths) / 100.0),
            total_reviews: court.total_reviews,
            enabled: court.enabled,
            visible: court.visible,
            status: if court.visible { CourtStatus::Visible } else { CourtStatus::Hidden },
            version: court.version,
            created_at: court.created_at,
        }
    }
}

/// The caller's courts.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnedCourts {
    courts: Vec<CourtBody>,
}

/// A court with everything a customer decides by.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtDetail {
    #[serde(flatten)]
    court: CourtBody,
    /// From the place in the query, if there is one.
    distance_km: Option<f64>,
    is_favorite: bool,
    owner_name: String,
    cancellation_policy: CancellationPolicy,
    pricing_rules: PricingRules,
    /// For the asked date, else today; null while no forecast can be had (FIND-43).
    weather: Option<WeatherForecast>,
    /// The free slots of the asked date, else of today.
    available_slots: Vec<TimeSlot>,
    /// The newest reviews; `averageRating` and `totalReviews` are about all of them.
    latest_reviews: Vec<Review>,
}

/// Which day a court's details are about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CourtDetailsQuery {
    /// Court-local date of `availableSlots` and `weather`; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<LocalDate>,
    /// Degrees north of the place to measure `distanceKm` from; goes with `longitude`.
    #[param(minimum = -90, maximum = 90)]
    latitude: Option<f64>,
    /// Degrees east of that place.
    #[param(minimum = -180, maximum = 180)]
    longitude: Option<f64>,
}

/// Creates a court.
#[utoipa::path(
    post,
    path = "/api/courts",
    operation_id = "createCourt",
    tag = "courts",
    security(("BearerAuth" = [])),
    request_body = CreateCourtRequest,
    responses((status = 201, description = "The new court", body = CourtBody), CallerErrors)
)]
pub async fn create_court(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    ValidJson(body): ValidJson<CreateCourtRequest>,
) -> ApiResult<(StatusCode, Json<CourtBody>)> {
    let court = ops::create_court(&state, owner.actor(), body.into_draft()?).await?;
    Ok((StatusCode::CREATED, Json(CourtBody::of(court, &state))))
}

/// A court in full.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}",
    operation_id = "getCourtDetails",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court"), CourtDetailsQuery),
    responses(
        (status = 200, description = "The court", body = CourtDetail),
        (status = 404, description = "No such court, or not shown to this caller", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn get_court_details(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    Path(id): Path<CourtId>,
    Query(query): Query<CourtDetailsQuery>,
) -> ApiResult<Json<CourtDetail>> {
    let origin = match (query.latitude, query.longitude) {
        (None, None) => None,
        (Some(latitude), Some(longitude)) => {
            Some(Place::new(latitude, longitude).map_err(|_| ApiError::new(&codes::INVALID_COORDINATES))?)
        }
        (None, _) => {
            return Err(ApiError::validation("latitude", "is required with longitude", "πάει μαζί με το longitude"));
        }
        (_, None) => {
            return Err(ApiError::validation("longitude", "is required with latitude", "πάει μαζί με το latitude"));
        }
    };
    let seen = details::seen_court(&state, id, caller.user_id, caller.role, origin).await?;
    let court = seen.sheet.court.clone();
    let zone = TimeZone::get(&court.timezone).map_err(ApiError::internal)?;
    let date = query.date.map_or_else(|| state.env.clock.now().to_zoned(zone.clone()).date(), LocalDate::date);
    let (available_slots, weather) = tokio::join!(
        availability::free_slots(&state, id, &court.timezone, Some(date.into())),
        state.weather.embedded(court.place, date, None, Some(&zone)),
    );
    Ok(Json(CourtDetail {
        distance_km: seen.distance_metres.map(kilometres),
        is_favorite: seen.is_favorite,
        owner_name: court.owner_name.clone(),
        cancellation_policy: CancellationPolicy::of(&seen.sheet.policy),
        pricing_rules: PricingRules::of(&seen.sheet.prices),
        weather: WeatherForecast::embedded(weather),
        available_slots: available_slots?,
        latest_reviews: ratings::latest_reviews(&state, id).await?,
        court: CourtBody::of(court, &state),
    }))
}

/// Changes some fields of a court.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}",
    operation_id = "updateCourt",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = UpdateCourtRequest,
    responses(
        (status = 200, description = "The court at its next version", body = CourtBody),
        (status = 404, description = "No such court", body = ErrorResponse),
        (
            status = 409,
            description = "Somebody else saved first, see `details.currentVersion`; or a slot is being booked just now",
            body = ErrorResponse
        ),
        (
            status = 422,
            description = "Bookings are touched: `details.affectedBookings`, and `details.requiresConfirmation` tells \
                whether `confirmed` lets it through",
            body = ErrorResponse
        ),
        CallerErrors,
    )
)]
pub async fn update_court(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<UpdateCourtRequest>,
) -> ApiResult<Json<CourtBody>> {
    let (read_at, confirmed) = (ReadAt::Version(body.version), body.confirmed);
    let court = ops::change_court(&state, owner.actor(), id, read_at, body.into_change(), confirmed).await?;
    Ok(Json(CourtBody::of(court, &state)))
}

/// Removes a court without bookings ahead and with all payouts settled.
#[utoipa::path(
    delete,
    path = "/api/courts/{courtId}",
    operation_id = "deleteCourt",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    responses(
        (status = 204, description = "The court is gone"),
        (status = 404, description = "No such court", body = ErrorResponse),
        (status = 409, description = "Bookings are ahead, or payouts are not settled", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn delete_court(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
) -> ApiResult<StatusCode> {
    ops::delete_court(&state, owner.actor(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller's own courts, hidden ones too.
#[utoipa::path(
    get,
    path = "/api/courts/owner/me",
    operation_id = "getOwnedCourts",
    tag = "courts",
    security(("BearerAuth" = [])),
    responses((status = 200, description = "Oldest first", body = OwnedCourts), CallerErrors)
)]
pub async fn get_owned_courts(State(state): State<AppState>, caller: Caller<Owner>) -> ApiResult<Json<OwnedCourts>> {
    let courts = ops::courts_of_owner(&state, caller.user_id).await?;
    Ok(Json(OwnedCourts { courts: courts.into_iter().map(|court| CourtBody::of(court, &state)).collect() }))
}

impl From<CourtError> for ApiError {
    fn from(error: CourtError) -> Self {
        match error {
            CourtError::NotFound => Self::new(&codes::COURT_NOT_FOUND),
            CourtError::NotOwner => Self::new(&codes::AUTHZ_NOT_OWNER),
            CourtError::Refused(ChangeRefused::Stale { current }) => {
                Self::new(&codes::CONCURRENT_MODIFICATION).with("currentVersion", current)
            }
            CourtError::Refused(ChangeRefused::OwnerNotVerified) => Self::new(&codes::COURT_OWNER_NOT_VERIFIED),
            CourtError::Refused(ChangeRefused::OffTheGlobe(_)) => Self::new(&codes::INVALID_COORDINATES),
            CourtError::UnknownTimezone => {
                Self::validation("timezone", "is no known time zone", "δεν είναι γνωστή ζώνη ώρας")
            }
            CourtError::Affects(refused) => not_confirmed(&refused),
            CourtError::BeingBooked(busy) => being_booked(&busy),
            CourtError::HasFutureBookings { count, next } => Self::new(&codes::COURT_HAS_FUTURE_BOOKINGS)
                .with("bookingCount", count)
                .with("nextBookingDate", LocalDate::from(next)),
            CourtError::HasPendingPayouts(pending) => {
                Self::new(&codes::COURT_HAS_PENDING_PAYOUTS).with("pendingAmountCents", pending)
            }
            CourtError::Store(cause) => cause.into(),
            CourtError::Event(cause) => Self::internal(cause),
        }
    }
}
