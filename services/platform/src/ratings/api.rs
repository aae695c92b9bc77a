//! Ratings over HTTP.

use axum::extract::State;
use contracts::codes;
use contracts::ids::{BookingId, CourtId};
use garde::Validate;
use http::StatusCode;
use jiff::Timestamp;
use kit::auth::{AnyRole, Caller, Customer};
use kit::http::{Json, Path, ValidJson, ValidQuery};
use kit::{ApiError, ApiResult};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::domain::{LONGEST_COMMENT, Rating, STARS, clean_comment, shown_name};
use super::ops::{self, Draft, RatingError};
use crate::api_docs::{CallerErrors, ErrorResponse};
use crate::state::AppState;

/// How many reviews a court shows with its details.
const LATEST: i64 = 5;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_court_ratings, submit_rating))
}

#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CreateRatingRequest {
    /// A booking of the caller on this court that has taken place.
    #[garde(skip)]
    booking_id: BookingId,
    #[garde(range(min = *STARS.start(), max = *STARS.end()))]
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    /// Plain text; markup is taken out.
    #[garde(inner(length(chars, max = LONGEST_COMMENT)))]
    #[schema(max_length = 1000)]
    comment: Option<String>,
}

/// What a customer said of a court.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    id: Uuid,
    /// First name and initial; null once the account is gone.
    customer_name: Option<String>,
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    comment: Option<String>,
    created_at: Timestamp,
}

impl From<Rating> for Review {
    fn from(rating: Rating) -> Self {
        Self {
            id: rating.id,
            customer_name: rating.author.as_deref().map(shown_name),
            rating: rating.stars,
            comment: rating.comment,
            created_at: rating.created_at,
        }
    }
}

/// A part of a court's reviews, with what all of them come to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RatingsResponse {
    /// Two decimals; null without reviews.
    average_rating: Option<f64>,
    total_reviews: i32,
    reviews: Vec<Review>,
    page: i64,
    size: i64,
}

#[derive(Deserialize, Validate, IntoParams)]
#[into_params(parameter_in = Query)]
struct RatingsQuery {
    #[garde(inner(range(min = 0, max = 100_000)))]
    #[param(minimum = 0, maximum = 100_000, default = 0)]
    page: Option<i64>,
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    size: Option<i64>,
}

/// The newest reviews, for a court's details.
pub async fn latest_reviews(state: &AppState, court: CourtId) -> ApiResult<Vec<Review>> {
    Ok(ops::latest(state, court, LATEST).await?.into_iter().map(Review::from).collect())
}

/// Reviews of a court, the newest first.
#[utoipa::path(
    get,
    path = "/api/courts/{courtId}/ratings",
    operation_id = "getCourtRatings",
    tag = "ratings",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court"), RatingsQuery),
    responses(
        (status = 200, description = "A part of the reviews", body = RatingsResponse),
        (status = 404, description = "No such court, or not shown to this caller", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn get_court_ratings(
    State(state): State<AppState>,
    caller: Caller<AnyRole>,
    Path(court): Path<CourtId>,
    ValidQuery(query): ValidQuery<RatingsQuery>,
) -> ApiResult<Json<RatingsResponse>> {
    let (page, size) = (query.page.unwrap_or(0), query.size.unwrap_or(20));
    let found = ops::list(&state, caller.user_id, caller.role, court, size, page * size).await?;
    Ok(Json(RatingsResponse {
        average_rating: found.average_hundredths.map(|hundredths| f64::from(hundredths) / 100.0),
        total_reviews: found.total,
        reviews: found.ratings.into_iter().map(Review::from).collect(),
        page,
        size,
    }))
}

/// Rates a court, once for each booking that has taken place.
#[utoipa::path(
    post,
    path = "/api/courts/{courtId}/ratings",
    operation_id = "submitRating",
    tag = "ratings",
    security(("BearerAuth" = [])),
    params(("courtId" = CourtId, Path, description = "The court")),
    request_body = CreateRatingRequest,
    responses(
        (status = 201, description = "The review", body = Review),
        (status = 404, description = "No such court, or not shown to this caller", body = ErrorResponse),
        (status = 409, description = "The booking has been rated", body = ErrorResponse),
        CallerErrors,
    )
)]
async fn submit_rating(
    State(state): State<AppState>,
    caller: Caller<Customer>,
    Path(court): Path<CourtId>,
    ValidJson(body): ValidJson<CreateRatingRequest>,
) -> ApiResult<(StatusCode, Json<Review>)> {
    let comment = body.comment.as_deref().and_then(clean_comment);
    let draft = Draft { booking: body.booking_id, stars: body.rating, comment };
    let rating = ops::rate(&state, caller.user_id, court, draft).await?;
    Ok((StatusCode::CREATED, Json(rating.into())))
}

impl From<RatingError> for ApiError {
    fn from(error: RatingError) -> Self {
        match error {
            RatingError::Court(cause) => cause.into(),
            RatingError::NoCompletedBooking => Self::new(&codes::NO_COMPLETED_BOOKING),
            RatingError::AlreadyRated => Self::new(&codes::ALREADY_RATED),
        }
    }
}
