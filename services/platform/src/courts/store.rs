//! All SQL of the courts slice: tables `courts`, and `users` for what a court shows of its owner.

use contracts::court::{ConfirmationMode, CourtType, LocationType};
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Court, NewCourt, Place, Texts, search_text};
use crate::store_error::StoreError;

struct CourtRow {
    id: Uuid,
    owner_id: Uuid,
    owner_name: String,
    name_el: String,
    name_en: Option<String>,
    description_el: Option<String>,
    description_en: Option<String>,
    court_type: String,
    location_type: String,
    address: String,
    latitude: f64,
    longitude: f64,
    timezone: String,
    duration_minutes: i32,
    max_capacity: i32,
    base_price_cents: i64,
    confirmation_mode: String,
    confirmation_timeout_hours: i32,
    waitlist_enabled: bool,
    amenities: Vec<String>,
    image_keys: Vec<String>,
    enabled: bool,
    visible: bool,
    owner_verified: bool,
    average_rating_hundredths: Option<i32>,
    total_reviews: i32,
    version: i64,
    created_at: jiff_sqlx::Timestamp,
}

/// The one list of columns behind every read of whole courts; only the condition differs.
macro_rules! select_courts {
    ($condition:literal, $($argument:expr),+) => {
        sqlx::query_as!(
            CourtRow,
            r#"SELECT court.id, court.owner_id, owner.name AS owner_name, court.name_el, court.name_en,
                      court.description_el, court.description_en, court.court_type, court.location_type,
                      court.address, ST_Y(court.location::geometry) AS "latitude!",
                      ST_X(court.location::geometry) AS "longitude!", court.timezone, court.duration_minutes,
                      court.max_capacity, court.base_price_cents, court.confirmation_mode,
                      court.confirmation_timeout_hours, court.waitlist_enabled, court.amenities, court.image_keys,
                      court.enabled,
                      (court.enabled AND court.owner_may_show) AS "visible!",
                      owner.verified AS owner_verified,
                      (court.average_rating * 100)::integer AS average_rating_hundredths,
                      court.total_reviews, court.version, court.created_at
               FROM platform.courts court
               JOIN platform.users owner ON owner.id = court.owner_id
               WHERE court.deleted_at IS NULL AND "# + $condition,
            $($argument),+
        )
    };
}

/// The court with this id, deleted ones excepted.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn find_court(connection: &mut PgConnection, id: CourtId) -> Result<Option<Court>, StoreError> {
    select_courts!("court.id = $1", id.0).fetch_optional(connection).await?.map(Court::try_from).transpose()
}

/// Like [`find_court`], and nobody else can change the court until the transaction ends.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn lock_court(connection: &mut PgConnection, id: CourtId) -> Result<Option<Court>, StoreError> {
    select_courts!("court.id = $1 FOR UPDATE OF court", id.0)
        .fetch_optional(connection)
        .await?
        .map(Court::try_from)
        .transpose()
}

/// All courts of an owner, hidden ones too, oldest first (COURT-25).
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn courts_of_owner(connection: &mut PgConnection, owner: UserId) -> Result<Vec<Court>, StoreError> {
    select_courts!("court.owner_id = $1 ORDER BY court.created_at, court.id", owner.0)
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(Court::try_from)
        .collect()
}

/// Stores a new court at version 1.
///
/// # Errors
/// When the database does.
pub async fn insert_court(
    connection: &mut PgConnection,
    id: CourtId,
    owner: UserId,
    court: &NewCourt,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO platform.courts (id, owner_id, name_el, name_en, description_el, description_en, court_type,
             location_type, address, location, timezone, duration_minutes, max_capacity, base_price_cents,
             confirmation_mode, confirmation_timeout_hours, waitlist_enabled, amenities, enabled, search_text,
             created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ST_SetSRID(ST_MakePoint($10, $11), 4326)::geography, $12, $13, $14,
             $15, $16, $17, $18, $19, $20, $21, $22, $22)",
        id.0,
        owner.0,
        court.name.el.as_deref().unwrap_or_default(),
        court.name.en.as_deref(),
        court.description.el.as_deref(),
        court.description.en.as_deref(),
        court.court_type.as_str(),
        court.location_type.as_str(),
        &court.address,
        court.place.longitude(),
        court.place.latitude(),
        &court.timezone,
        to_column(court.duration_minutes),
        to_column(court.max_capacity),
        court.base_price.0,
        court.confirmation_mode.as_str(),
        to_column(court.confirmation_timeout_hours),
        court.waitlist_enabled,
        &court.amenities,
        court.enabled,
        search_text(&court.name, &court.address),
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes the changeable columns of a locked court, version included.
///
/// # Errors
/// When the database does, or when the stored version is not the one before `court.version`.
pub async fn save_court(connection: &mut PgConnection, court: &Court, now: Timestamp) -> Result<(), StoreError> {
    let saved = sqlx::query!(
        "UPDATE platform.courts
         SET name_el = $2, name_en = $3, description_el = $4, description_en = $5, court_type = $6, location_type = $7,
             address = $8, location = ST_SetSRID(ST_MakePoint($9, $10), 4326)::geography, duration_minutes = $11,
             max_capacity = $12, base_price_cents = $13, confirmation_mode = $14, confirmation_timeout_hours = $15,
             waitlist_enabled = $16, amenities = $17, enabled = $18, search_text = $19, version = $20::bigint, updated_at = $21
         WHERE id = $1 AND version = $20::bigint - 1 AND deleted_at IS NULL",
        court.id.0,
        court.name.el.as_deref().unwrap_or_default(),
        court.name.en.as_deref(),
        court.description.el.as_deref(),
        court.description.en.as_deref(),
        court.court_type.as_str(),
        court.location_type.as_str(),
        &court.address,
        court.place.longitude(),
        court.place.latitude(),
        to_column(court.duration_minutes),
        to_column(court.max_capacity),
        court.base_price.0,
        court.confirmation_mode.as_str(),
        to_column(court.confirmation_timeout_hours),
        court.waitlist_enabled,
        &court.amenities,
        court.enabled,
        search_text(&court.name, &court.address),
        court.version,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    match saved.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court: court.id, rows }),
    }
}

/// Takes a locked court out of everyone's sight; it names no pictures any more.
///
/// # Errors
/// When the database does, or when it is gone already.
pub async fn mark_deleted(connection: &mut PgConnection, id: CourtId, now: Timestamp) -> Result<(), StoreError> {
    let marked = sqlx::query!(
        "UPDATE platform.courts SET deleted_at = $2, updated_at = $2, image_keys = '{}', version = version + 1
         WHERE id = $1 AND deleted_at IS NULL",
        id.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    match marked.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court: id, rows }),
    }
}

/// Whether an owner is verified; `None` when there is no such account.
///
/// # Errors
/// When the database does.
pub async fn owner_is_verified(connection: &mut PgConnection, owner: UserId) -> Result<Option<bool>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT verified FROM platform.users WHERE id = $1", owner.0)
        .fetch_optional(connection)
        .await?)
}

/// Whether the database knows a zone by this name. Searches compute with it, so an unknown one must never be stored.
///
/// # Errors
/// When the database does.
pub async fn knows_timezone(connection: &mut PgConnection, name: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1) AS "known!""#, name)
        .fetch_one(connection)
        .await?)
}

/// Whether a court is among a user's favourites.
///
/// # Errors
/// When the database does.
pub async fn is_favorite(connection: &mut PgConnection, user: UserId, court: CourtId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM platform.favorite_courts WHERE user_id = $1 AND court_id = $2) AS "favorite!""#,
        user.0,
        court.0
    )
    .fetch_one(connection)
    .await?)
}

/// What must be fresh in the details of a court.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    /// The account it belongs to.
    pub owner_id: UserId,
    /// Whether customers see it.
    pub visible: bool,
    /// Changes whenever the row of the court or of its owner does.
    pub row_version: String,
    /// Whether it is one of the user's favourites.
    pub is_favorite: bool,
    /// From the place that was asked about, if there was one.
    pub distance_metres: Option<f64>,
}

/// A glance at a court as `user` sees it; `None` when there is no such court.
///
/// # Errors
/// When the database does.
pub async fn glance(
    connection: &mut PgConnection,
    court: CourtId,
    user: UserId,
    origin: Option<Place>,
) -> Result<Option<Glance>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT court.owner_id, (court.enabled AND court.owner_may_show) AS "visible!",
                  court.xmin::text || '.' || owner.xmin::text AS "row_version!",
                  favorite.user_id IS NOT NULL AS "is_favorite!",
                  ST_Distance(court.location, ST_SetSRID(ST_MakePoint($3, $4), 4326)::geography) AS distance_metres
           FROM platform.courts court
           JOIN platform.users owner ON owner.id = court.owner_id
           LEFT JOIN platform.favorite_courts favorite ON favorite.court_id = court.id AND favorite.user_id = $2
           WHERE court.id = $1 AND court.deleted_at IS NULL"#,
        court.0,
        user.0,
        origin.map(Place::longitude),
        origin.map(Place::latitude),
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Glance {
        owner_id: UserId(row.owner_id),
        visible: row.visible,
        row_version: row.row_version,
        is_favorite: row.is_favorite,
        distance_metres: row.distance_metres,
    }))
}

/// Small numbers that passed the bounds of the domain fit the column.
fn to_column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl TryFrom<CourtRow> for Court {
    type Error = StoreError;

    fn try_from(row: CourtRow) -> Result<Self, Self::Error> {
        let id = CourtId(row.id);
        let inconsistent = |what| StoreError::Inconsistent { court: id, what };
        Ok(Self {
            id,
            owner_id: UserId(row.owner_id),
            owner_name: row.owner_name,
            name: Texts { el: Some(row.name_el), en: row.name_en },
            description: Texts { el: row.description_el, en: row.description_en },
            court_type: row.court_type.parse::<CourtType>().map_err(|_| inconsistent("court_type"))?,
            location_type: row.location_type.parse::<LocationType>().map_err(|_| inconsistent("location_type"))?,
            address: row.address,
            place: Place::new(row.latitude, row.longitude).map_err(|_| inconsistent("location"))?,
            timezone: row.timezone,
            duration_minutes: u32::try_from(row.duration_minutes).map_err(|_| inconsistent("duration_minutes"))?,
            max_capacity: u32::try_from(row.max_capacity).map_err(|_| inconsistent("max_capacity"))?,
            base_price: Cents(row.base_price_cents),
            confirmation_mode: row
                .confirmation_mode
                .parse::<ConfirmationMode>()
                .map_err(|_| inconsistent("confirmation_mode"))?,
            confirmation_timeout_hours: u32::try_from(row.confirmation_timeout_hours)
                .map_err(|_| inconsistent("confirmation_timeout_hours"))?,
            waitlist_enabled: row.waitlist_enabled,
            amenities: row.amenities,
            image_keys: row.image_keys,
            enabled: row.enabled,
            visible: row.visible,
            owner_verified: row.owner_verified,
            average_rating_hundredths: row.average_rating_hundredths.and_then(|hundredths| hundredths.try_into().ok()),
            total_reviews: u32::try_from(row.total_reviews).map_err(|_| inconsistent("total_reviews"))?,
            version: row.version,
            created_at: row.created_at.to_jiff(),
        })
    }
}
