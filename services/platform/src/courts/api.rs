//! Courts over HTTP: what requests and answers look like and which status and code a failed use case gets.

use axum::extract::State;
use contracts::codes;
use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::ids::{CourtId, UserId};
use contracts::local_date::LocalDate;
use contracts::money::Cents;
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{AnyRole, Caller, Owner};
use kit::http::{Json, Path, Query, ValidJson};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::domain::{ChangeRefused, Court, CourtChange, DEFAULT_CONFIRMATION_TIMEOUT_HOURS, Place, Texts};
use super::ops::{self, CourtDraft, CourtError, ReadAt};
use crate::accounts::SubscribedOwner;
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::availability::{self, TimeSlot};
use crate::cancellation_policy::{self, CancellationPolicy};
use crate::pricing::{self, PricingRules};
use crate::state::AppState;

/// Longest name of a court, in characters.
const NAME_LENGTH: usize = 120;
/// Longest description.
const DESCRIPTION_LENGTH: usize = 4000;
/// Longest address.
const ADDRESS_LENGTH: usize = 300;
/// Most amenities of one court, and the longest of them.
const MOST_AMENITIES: usize = 40;
const AMENITY_LENGTH: usize = 60;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_court))
        .routes(routes!(get_court_details, update_court))
        .routes(routes!(get_owned_courts))
        .routes(routes!(set_confirmation_mode))
}

/// A name in both languages.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
pub struct NameInput {
    #[garde(custom(not_blank), length(chars, max = NAME_LENGTH))]
    #[schema(min_length = 1, max_length = 120)]
    el: String,
    #[garde(inner(length(chars, max = NAME_LENGTH)))]
    #[schema(max_length = 120)]
    en: Option<String>,
}

/// A change of the name: an absent language stays, an empty English one is removed.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
pub struct NameChange {
    #[garde(inner(custom(not_blank), length(chars, max = NAME_LENGTH)))]
    #[schema(min_length = 1, max_length = 120)]
    el: Option<String>,
    #[garde(inner(length(chars, max = NAME_LENGTH)))]
    #[schema(max_length = 120)]
    en: Option<String>,
}

/// A description in one or both languages.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema)]
pub struct DescriptionInput {
    #[garde(inner(length(chars, max = DESCRIPTION_LENGTH)))]
    #[schema(max_length = 4000)]
    el: Option<String>,
    #[garde(inner(length(chars, max = DESCRIPTION_LENGTH)))]
    #[schema(max_length = 4000)]
    en: Option<String>,
}

/// A new court. What is not sent is filled from the defaults of the sport.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateCourtRequest {
    #[garde(dive)]
    name: NameInput,
    #[garde(dive)]
    description: Option<DescriptionInput>,
    #[garde(skip)]
    court_type: CourtType,
    #[garde(skip)]
    location_type: LocationType,
    #[garde(custom(not_blank), length(chars, max = ADDRESS_LENGTH))]
    #[schema(min_length = 1, max_length = 300)]
    address: String,
    #[garde(skip)]
    #[schema(minimum = -90, maximum = 90)]
    latitude: f64,
    #[garde(skip)]
    #[schema(minimum = -180, maximum = 180)]
    longitude: f64,
    /// IANA name; `Europe/Athens` when absent. It cannot be changed later.
    #[garde(inner(length(max = 64)))]
    #[schema(max_length = 64, example = "Europe/Athens")]
    timezone: Option<String>,
    #[garde(inner(range(min = 15, max = 720)))]
    #[schema(minimum = 15, maximum = 720)]
    duration_minutes: Option<u32>,
    #[garde(inner(range(min = 1, max = 200)))]
    #[schema(minimum = 1, maximum = 200)]
    max_capacity: Option<u32>,
    #[garde(custom(price_in_range))]
    #[schema(minimum = 1, maximum = 10_000_000)]
    base_price_cents: Cents,
    #[garde(skip)]
    confirmation_mode: Option<ConfirmationMode>,
    #[garde(inner(range(min = 1, max = 144)))]
    #[schema(minimum = 1, maximum = 144)]
    confirmation_timeout_hours: Option<u32>,
    #[garde(skip)]
    #[schema(default = false)]
    waitlist_enabled: Option<bool>,
    #[garde(inner(length(max = MOST_AMENITIES), inner(custom(not_blank), length(chars, max = AMENITY_LENGTH))))]
    #[schema(max_items = 40)]
    amenities: Option<Vec<String>>,
    /// `true` asks to show the court at once, which only a verified owner may.
    #[garde(skip)]
    #[serde(alias = "visible")]
    enabled: Option<bool>,
}

/// Absent fields stay as they are.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCourtRequest {
    /// The version that the client read.
    #[garde(skip)]
    version: i64,
    #[garde(dive)]
    name: Option<NameChange>,
    #[garde(dive)]
    description: Option<DescriptionInput>,
    #[garde(skip)]
    court_type: Option<CourtType>,
    #[garde(skip)]
    location_type: Option<LocationType>,
    #[garde(inner(custom(not_blank), length(chars, max = ADDRESS_LENGTH)))]
    #[schema(min_length = 1, max_length = 300)]
    address: Option<String>,
    #[garde(skip)]
    #[schema(minimum = -90, maximum = 90)]
    latitude: Option<f64>,
    #[garde(skip)]
    #[schema(minimum = -180, maximum = 180)]
    longitude: Option<f64>,
    #[garde(inner(range(min = 15, max = 720)))]
    #[schema(minimum = 15, maximum = 720)]
    duration_minutes: Option<u32>,
    #[garde(inner(range(min = 1, max = 200)))]
    #[schema(minimum = 1, maximum = 200)]
    max_capacity: Option<u32>,
    #[garde(inner(custom(price_in_range)))]
    #[schema(minimum = 1, maximum = 10_000_000)]
    base_price_cents: Option<Cents>,
    #[garde(skip)]
    confirmation_mode: Option<ConfirmationMode>,
    #[garde(inner(range(min = 1, max = 144)))]
    #[schema(minimum = 1, maximum = 144)]
    confirmation_timeout_hours: Option<u32>,
    #[garde(skip)]
    waitlist_enabled: Option<bool>,
    #[garde(inner(length(max = MOST_AMENITIES), inner(custom(not_blank), length(chars, max = AMENITY_LENGTH))))]
    #[schema(max_items = 40)]
    amenities: Option<Vec<String>>,
    /// `true` asks to show the court, which only a verified owner may; `false` hides it.
    #[garde(skip)]
    #[serde(alias = "visible")]
    enabled: Option<bool>,
}

/// Whether bookings wait for the owner, and how long at most.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmationModeRequest {
    #[garde(skip)]
    mode: ConfirmationMode,
    #[garde(inner(range(min = 1, max = 144)))]
    #[schema(minimum = 1, maximum = 144, default = 24)]
    confirmation_timeout_hours: Option<u32>,
}

fn not_blank(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("length is lower than 1")) } else { Ok(()) }
}

fn price_in_range(price: &Cents, _: &()) -> garde::Result {
    pricing::domain::check_base_price(*price).map_err(|_| {
        if price.0 < 1 { garde::Error::new("lower than 1") } else { garde::Error::new("greater than 10000000") }
    })
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
    fn of(court: Court, state: &AppState) -> Self {
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

/// A weather forecast for a court and date.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WeatherForecast {
    date: LocalDate,
    time: Option<contracts::court::TimeOfDay>,
    temperature: f64,
    precipitation_probability: u8,
    wind_speed_kmh: f64,
    humidity: u8,
    condition: String,
    icon: String,
    recommendation: String,
    available: bool,
}

/// A court with everything a customer decides by.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CourtDetail {
    #[serde(flatten)]
    court: CourtBody,
    /// Known to a search only, which has a place to measure from.
    distance_km: Option<f64>,
    is_favorite: bool,
    owner_name: String,
    cancellation_policy: CancellationPolicy,
    pricing_rules: PricingRules,
    /// Null while no forecast can be had (FIND-43).
    weather: Option<WeatherForecast>,
    /// The free slots of the asked date, else of today.
    available_slots: Vec<TimeSlot>,
}

/// Which day a court's details are about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CourtDetailsQuery {
    /// Court-local date of `availableSlots`; today when absent.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<LocalDate>,
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
    let place = Place::new(body.latitude, body.longitude).map_err(|_| ApiError::new(&codes::INVALID_COORDINATES))?;
    let description = body.description.unwrap_or_default();
    let draft = CourtDraft {
        name: Texts { el: Some(body.name.el), en: body.name.en },
        description: Texts { el: description.el, en: description.en },
        court_type: body.court_type,
        location_type: body.location_type,
        address: body.address,
        place,
        timezone: body.timezone,
        duration_minutes: body.duration_minutes,
        max_capacity: body.max_capacity,
        base_price: body.base_price_cents,
        confirmation_mode: body.confirmation_mode,
        confirmation_timeout_hours: body.confirmation_timeout_hours,
        waitlist_enabled: body.waitlist_enabled,
        amenities: body.amenities.unwrap_or_default(),
        enabled: body.enabled,
    };
    let court = ops::create_court(&state, owner.user_id, draft).await?;
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
    let (court, is_favorite) = ops::show_court(&state, id, caller.user_id, caller.role).await?;
    let policy = cancellation_policy::policy_of_court(&state, id).await?;
    let prices = pricing::price_list_of_court(&state, id, court.base_price).await?;
    let available_slots = availability::free_slots(&state, id, &court.timezone, query.date).await?;
    Ok(Json(CourtDetail {
        distance_km: None,
        is_favorite,
        owner_name: court.owner_name.clone(),
        cancellation_policy: CancellationPolicy::of(&policy),
        pricing_rules: PricingRules::of(&prices),
        weather: None,
        available_slots,
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
        (status = 409, description = "Somebody else saved first; `details.currentVersion` tells", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn update_court(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<UpdateCourtRequest>,
) -> ApiResult<Json<CourtBody>> {
    let name = body.name.unwrap_or_default();
    let description = body.description.unwrap_or_default();
    let change = CourtChange {
        name: Texts { el: name.el, en: name.en },
        description: Texts { el: description.el, en: description.en },
        court_type: body.court_type,
        location_type: body.location_type,
        address: body.address.map(|address| address.trim().to_owned()),
        latitude: body.latitude,
        longitude: body.longitude,
        duration_minutes: body.duration_minutes,
        max_capacity: body.max_capacity,
        base_price: body.base_price_cents,
        confirmation_mode: body.confirmation_mode,
        confirmation_timeout_hours: body.confirmation_timeout_hours,
        waitlist_enabled: body.waitlist_enabled,
        amenities: body.amenities,
        enabled: body.enabled,
    };
    let court = ops::change_court(&state, owner.user_id, id, ReadAt::Version(body.version), change).await?;
    Ok(Json(CourtBody::of(court, &state)))
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

/// Decides whether later bookings of a court wait for the owner.
#[utoipa::path(
    put,
    path = "/api/courts/{courtId}/confirmation-mode",
    operation_id = "setConfirmationMode",
    tag = "courts",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "One of the caller's courts")),
    request_body = ConfirmationModeRequest,
    responses(
        (status = 200, description = "The court", body = CourtBody),
        (status = 404, description = "No such court", body = ErrorResponse),
        CallerErrors,
    )
)]
pub async fn set_confirmation_mode(
    State(state): State<AppState>,
    owner: SubscribedOwner,
    Path(id): Path<CourtId>,
    ValidJson(body): ValidJson<ConfirmationModeRequest>,
) -> ApiResult<Json<CourtBody>> {
    let change = CourtChange {
        confirmation_mode: Some(body.mode),
        confirmation_timeout_hours: Some(body.confirmation_timeout_hours.unwrap_or(DEFAULT_CONFIRMATION_TIMEOUT_HOURS)),
        ..CourtChange::default()
    };
    let court = ops::change_court(&state, owner.user_id, id, ReadAt::Whatever, change).await?;
    Ok(Json(CourtBody::of(court, &state)))
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
            CourtError::Store(cause) => cause.into(),
            CourtError::Event(cause) => Self::internal(cause),
        }
    }
}
