//! The use cases of ratings.

use contracts::identity::Role;
use contracts::ids::{BookingId, CourtId, UserId};
use kit::db::is_unique_violation;

use super::domain::Rating;
use super::store::{self, NewRating};
use crate::courts::ops::{CourtError, show_court};
use crate::state::AppState;

/// Why a court was not rated, or its ratings not shown.
#[derive(Debug, thiserror::Error)]
pub enum RatingError {
    #[error(transparent)]
    Court(#[from] CourtError),
    /// COURT-44.
    #[error("the customer has not played this booking on this court")]
    NoCompletedBooking,
    /// COURT-44.
    #[error("the booking has been rated")]
    AlreadyRated,
}

impl From<sqlx::Error> for RatingError {
    fn from(error: sqlx::Error) -> Self {
        Self::Court(error.into())
    }
}

/// What a customer says of a court.
pub struct Draft {
    pub booking: BookingId,
    pub stars: u8,
    pub comment: Option<String>,
}

/// Rates a court after a booking that was played (COURT-43 to COURT-45).
pub async fn rate(state: &AppState, customer: UserId, court: CourtId, draft: Draft) -> Result<Rating, RatingError> {
    show_court(state, court, customer, Role::Customer).await?;
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    if !store::has_played(&mut transaction, customer, court, draft.booking).await? {
        return Err(RatingError::NoCompletedBooking);
    }
    let id = state.env.ids.new_id();
    let rating = NewRating {
        id,
        court,
        booking: draft.booking,
        customer,
        stars: draft.stars,
        comment: draft.comment.as_deref(),
    };
    store::insert_rating(&mut transaction, &rating, now).await.map_err(|error| {
        if is_unique_violation(&error, "court_ratings_once_per_booking") {
            RatingError::AlreadyRated
        } else {
            error.into()
        }
    })?;
    store::add_to_average(&mut transaction, court, draft.stars).await.map_err(CourtError::Store)?;
    let stored = store::rating(&mut transaction, id).await?.ok_or(CourtError::NotFound)?;
    transaction.commit().await?;
    Ok(stored)
}

/// Ratings of a court with their summary.
pub struct RatingPage {
    pub average_hundredths: Option<i32>,
    pub total: i32,
    pub ratings: Vec<Rating>,
}

/// Some ratings of a court that the caller may see, the newest first (COURT-45).
pub async fn list(
    state: &AppState,
    user: UserId,
    role: Role,
    court: CourtId,
    limit: i64,
    offset: i64,
) -> Result<RatingPage, RatingError> {
    show_court(state, court, user, role).await?;
    let mut connection = state.pool.acquire().await?;
    let (average_hundredths, total) = store::summary(&mut connection, court).await?;
    let ratings = store::ratings(&mut connection, court, limit, offset).await?;
    Ok(RatingPage { average_hundredths, total, ratings })
}

/// The newest ratings of a court whose right to be seen has been checked.
pub async fn latest(state: &AppState, court: CourtId, limit: i64) -> Result<Vec<Rating>, RatingError> {
    Ok(store::ratings(&mut *state.pool.acquire().await?, court, limit, 0).await?)
}
