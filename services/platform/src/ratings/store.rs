//! All SQL of ratings, the view of the other service's bookings included. Decides nothing.

use contracts::ids::{BookingId, CourtId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::Rating;
use crate::store_error::StoreError;

/// Whether the customer has played this booking on this court.
pub async fn has_played(
    connection: &mut PgConnection,
    customer: UserId,
    court: CourtId,
    booking: BookingId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM transaction.v_court_bookings
                          WHERE booking_id = $1 AND court_id = $2 AND customer_id = $3 AND status = 'COMPLETED')
           AS "played!""#,
        booking.0,
        court.0,
        customer.0,
    )
    .fetch_one(connection)
    .await
}

/// A rating to be stored.
pub struct NewRating<'a> {
    pub id: Uuid,
    pub court: CourtId,
    pub booking: BookingId,
    pub customer: UserId,
    pub stars: u8,
    pub comment: Option<&'a str>,
}

/// Adds a rating. The constraint `court_ratings_once_per_booking` guards it.
pub async fn insert_rating(
    connection: &mut PgConnection,
    rating: &NewRating<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO platform.court_ratings (id, court_id, booking_id, customer_id, rating, comment, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        rating.id,
        rating.court.0,
        rating.booking.0,
        rating.customer.0,
        i16::from(rating.stars),
        rating.comment,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds the stars to what is stored of the court: of two ratings at once, the second one waits and adds to the first.
pub async fn add_to_average(connection: &mut PgConnection, court: CourtId, stars: u8) -> Result<(), StoreError> {
    let added = sqlx::query!(
        "UPDATE platform.courts
         SET rating_sum = rating_sum + $2, total_reviews = total_reviews + 1,
             average_rating = round((rating_sum + $2)::numeric / (total_reviews + 1), 2)
         WHERE id = $1 AND deleted_at IS NULL",
        court.0,
        i64::from(stars),
    )
    .execute(connection)
    .await?;
    match added.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court, rows }),
    }
}

/// Average in hundredths, if there is any, and number of the ratings of a court.
pub async fn summary(connection: &mut PgConnection, court: CourtId) -> Result<(Option<i32>, i32), sqlx::Error> {
    let row = sqlx::query!(
        "SELECT (average_rating * 100)::integer AS average_hundredths, total_reviews
         FROM platform.courts WHERE id = $1",
        court.0
    )
    .fetch_one(connection)
    .await?;
    Ok((row.average_hundredths, row.total_reviews))
}

/// Some ratings of a court, the newest first (COURT-45).
pub async fn ratings(
    connection: &mut PgConnection,
    court: CourtId,
    limit: i64,
    offset: i64,
) -> Result<Vec<Rating>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT rating.id, rating.rating, rating.comment, rating.created_at, customer.name, customer.status
         FROM platform.court_ratings rating
         JOIN platform.users customer ON customer.id = rating.customer_id
         WHERE rating.court_id = $1
         ORDER BY rating.created_at DESC, rating.id DESC
         LIMIT $2 OFFSET $3",
        court.0,
        limit,
        offset,
    )
    .fetch_all(connection)
    .await?;
    let ratings = rows.into_iter().map(|row| Rating {
        id: row.id,
        author: (row.status != "DELETED").then_some(row.name),
        // The constraint `court_ratings_range` allows nothing else.
        stars: u8::try_from(row.rating).unwrap_or(1),
        comment: row.comment,
        created_at: row.created_at.to_jiff(),
    });
    Ok(ratings.collect())
}

/// One rating, as others see it.
pub async fn rating(connection: &mut PgConnection, id: Uuid) -> Result<Option<Rating>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT rating.id, rating.rating, rating.comment, rating.created_at, customer.name
         FROM platform.court_ratings rating
         JOIN platform.users customer ON customer.id = rating.customer_id
         WHERE rating.id = $1",
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Rating {
        id: row.id,
        author: Some(row.name),
        stars: u8::try_from(row.rating).unwrap_or(1),
        comment: row.comment,
        created_at: row.created_at.to_jiff(),
    }))
}
