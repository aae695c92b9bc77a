//! All SQL of the favourites slice: `favorite_courts`, `favorite_alerts`, and what a list shows of courts.

use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::FreeSlot;
use crate::discovery::Hit;
use crate::store_error::StoreError;
use crate::weekday::text_of_weekday;

/// Keeps other changes of the same person's favourites waiting, and counts them.
///
/// # Errors
/// When the database does.
pub async fn lock_and_count(connection: &mut PgConnection, user: UserId) -> Result<i64, StoreError> {
    sqlx::query_scalar!("SELECT id FROM platform.users WHERE id = $1 FOR NO KEY UPDATE", user.0)
        .fetch_optional(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM platform.favorite_courts WHERE user_id = $1"#, user.0)
        .fetch_one(connection)
        .await?)
}

/// Whether a court is among a user's favourites.
///
/// # Errors
/// When the database does.
pub async fn is_favorite(connection: &mut PgConnection, user: UserId, court: CourtId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM platform.favorite_courts WHERE user_id = $1 AND court_id = $2) AS "known!""#,
        user.0,
        court.0
    )
    .fetch_one(connection)
    .await?)
}

/// Adds a court that customers see; answers whether there is one.
///
/// # Errors
/// When the database does.
pub async fn add(
    connection: &mut PgConnection,
    user: UserId,
    court: CourtId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let added = sqlx::query!(
        "INSERT INTO platform.favorite_courts (user_id, court_id, created_at)
         SELECT $1, court.id, $3 FROM platform.courts court
         WHERE court.id = $2 AND court.deleted_at IS NULL AND court.enabled AND court.owner_may_show
         ON CONFLICT (user_id, court_id) DO NOTHING",
        user.0,
        court.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Removes a court, if it is there.
///
/// # Errors
/// When the database does.
pub async fn remove(connection: &mut PgConnection, user: UserId, court: CourtId) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM platform.favorite_courts WHERE user_id = $1 AND court_id = $2", user.0, court.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// A favourite as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedCourt {
    /// The court.
    pub hit: Hit,
    /// Whether customers see it still.
    pub visible: bool,
}

/// All favourites of a user, newest first, those that customers do not see any more too.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn of_user(connection: &mut PgConnection, user: UserId) -> Result<Vec<ListedCourt>, StoreError> {
    sqlx::query!(
        r#"SELECT court.id, court.name_el, court.name_en, court.court_type, court.location_type,
                  ST_Y(court.location::geometry) AS "latitude!", ST_X(court.location::geometry) AS "longitude!",
                  court.timezone, court.duration_minutes, court.base_price_cents,
                  (court.average_rating * 100)::integer AS average_rating_hundredths, court.image_keys,
                  court.address, court.waitlist_enabled,
                  (court.deleted_at IS NULL AND court.enabled AND court.owner_may_show) AS "visible!"
           FROM platform.favorite_courts favorite
           JOIN platform.courts court ON court.id = favorite.court_id
           WHERE favorite.user_id = $1
           ORDER BY favorite.created_at DESC, favorite.court_id"#,
        user.0
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let id = CourtId(row.id);
        let inconsistent = |what| StoreError::Inconsistent { court: id, what };
        let hit = Hit {
            id,
            name_el: row.name_el,
            name_en: row.name_en,
            court_type: row.court_type.parse().map_err(|_| inconsistent("court_type"))?,
            location_type: row.location_type.parse().map_err(|_| inconsistent("location_type"))?,
            latitude: row.latitude,
            longitude: row.longitude,
            timezone: row.timezone,
            session_minutes: u32::try_from(row.duration_minutes).map_err(|_| inconsistent("duration_minutes"))?,
            base_price: Cents(row.base_price_cents),
            distance_metres: None,
            average_rating_hundredths: row.average_rating_hundredths.and_then(|hundredths| hundredths.try_into().ok()),
            image_keys: row.image_keys,
            address: row.address,
            waitlist_enabled: row.waitlist_enabled,
            is_favorite: true,
        };
        Ok(ListedCourt { hit, visible: row.visible })
    })
    .collect()
}

/// The names of a court that customers see, and its zone.
///
/// # Errors
/// When the database does.
pub async fn shown_court(
    connection: &mut PgConnection,
    court: CourtId,
) -> Result<Option<(String, Option<String>, String)>, StoreError> {
    Ok(sqlx::query!(
        "SELECT name_el, name_en, timezone FROM platform.courts
         WHERE id = $1 AND deleted_at IS NULL AND enabled AND owner_may_show",
        court.0
    )
    .fetch_optional(connection)
    .await?
    .map(|row| (row.name_el, row.name_en, row.timezone)))
}

/// Remembers that those who like a court and want to hear of one of `free` are told today, and answers who they are: who
/// was told today already, or is the one who caused it, is not among them (FIND-36).
///
/// # Errors
/// When the database does.
pub async fn claim_alerts_about_slots(
    connection: &mut PgConnection,
    court: CourtId,
    today: Date,
    by: Option<UserId>,
    free: &[FreeSlot],
    now: Timestamp,
) -> Result<Vec<UserId>, StoreError> {
    let days: Vec<&str> = free.iter().map(|slot| text_of_weekday(slot.date.weekday())).collect();
    let starts: Vec<String> = free.iter().map(|slot| slot.start.to_string()).collect();
    let ends: Vec<String> = free.iter().map(|slot| slot.end.to_string()).collect();
    let told = sqlx::query_scalar!(
        "INSERT INTO platform.favorite_alerts (user_id, court_id, day, created_at)
         SELECT favorite.user_id, favorite.court_id, $2, $3
         FROM platform.favorite_courts favorite
         JOIN platform.users person ON person.id = favorite.user_id AND person.status = 'ACTIVE'
         LEFT JOIN platform.customer_notification_preferences messages ON messages.user_id = favorite.user_id
         LEFT JOIN platform.search_preferences wish ON wish.user_id = favorite.user_id
         WHERE favorite.court_id = $1
           AND favorite.user_id IS DISTINCT FROM $4
           AND coalesce(messages.favorite_court_alerts AND messages.promotional_notifications, true)
           AND EXISTS (
               SELECT FROM unnest($5::text[], $6::text[], $7::text[]) AS slot (day_of_week, start_time, end_time)
               WHERE (coalesce(cardinality(wish.preferred_days), 0) = 0 OR slot.day_of_week = ANY (wish.preferred_days))
                 AND (wish.preferred_start_time IS NULL
                      OR (slot.start_time::time >= wish.preferred_start_time
                          AND slot.end_time::time <= wish.preferred_end_time)))
         ON CONFLICT ON CONSTRAINT favorite_alerts_once_a_day DO NOTHING
         RETURNING user_id",
        court.0,
        today.to_sqlx() as jiff_sqlx::Date,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        by.map(|user| user.0),
        &days[..] as &[&str],
        &starts,
        &ends,
    )
    .fetch_all(connection)
    .await?;
    Ok(people(told))
}

/// As [`claim_alerts_about_slots`], for a price, which is news whenever one likes to play.
///
/// # Errors
/// When the database does.
pub async fn claim_alerts_about_price(
    connection: &mut PgConnection,
    court: CourtId,
    today: Date,
    now: Timestamp,
) -> Result<Vec<UserId>, StoreError> {
    let told = sqlx::query_scalar!(
        "INSERT INTO platform.favorite_alerts (user_id, court_id, day, created_at)
         SELECT favorite.user_id, favorite.court_id, $2, $3
         FROM platform.favorite_courts favorite
         JOIN platform.users person ON person.id = favorite.user_id AND person.status = 'ACTIVE'
         LEFT JOIN platform.customer_notification_preferences messages ON messages.user_id = favorite.user_id
         WHERE favorite.court_id = $1
           AND coalesce(messages.favorite_court_alerts AND messages.promotional_notifications, true)
         ON CONFLICT ON CONSTRAINT favorite_alerts_once_a_day DO NOTHING
         RETURNING user_id",
        court.0,
        today.to_sqlx() as jiff_sqlx::Date,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(connection)
    .await?;
    Ok(people(told))
}

fn people(ids: Vec<Uuid>) -> Vec<UserId> {
    ids.into_iter().map(UserId).collect()
}

/// Forgets who was told before `day`; answers how many rows that were.
///
/// # Errors
/// When the database does.
pub async fn forget_alerts_before(connection: &mut PgConnection, day: Date) -> Result<u64, StoreError> {
    Ok(sqlx::query!("DELETE FROM platform.favorite_alerts WHERE day < $1", day.to_sqlx() as jiff_sqlx::Date)
        .execute(connection)
        .await?
        .rows_affected())
}
