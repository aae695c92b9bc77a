//! All SQL of the discovery slice: one statement per search, whatever the filters. Nothing here reads a cache.

mod days;
mod matches;

pub use days::parts_between;
pub use matches::{OpenMatch, open_matches_on};

use contracts::court::{CourtType, LocationType};
use contracts::ids::{CourtId, UserId};
use contracts::money::Cents;
use jiff::Timestamp;
use jiff::civil::Time;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{Criteria, Page, When};
use crate::store_error::StoreError;
use crate::weekday::text_of_weekday;

/// One court of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The court.
    pub id: CourtId,
    /// Greek name.
    pub name_el: String,
    /// English name, if there is one.
    pub name_en: Option<String>,
    /// Sport.
    pub court_type: CourtType,
    /// Roof or not.
    pub location_type: LocationType,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// IANA name of its zone.
    pub timezone: String,
    /// Length of one session.
    pub session_minutes: u32,
    /// Price of one session.
    pub base_price: Cents,
    /// Metres from the origin of the search, where there is one.
    pub distance_metres: Option<f64>,
    /// Mean rating in hundredths, if rated.
    pub average_rating_hundredths: Option<u32>,
    /// Keys of its images.
    pub image_keys: Vec<String>,
    /// Postal address.
    pub address: String,
    /// Whether a full court takes waiting customers.
    pub waitlist_enabled: bool,
    /// Whether it is one of the caller's favourites.
    pub is_favorite: bool,
}

struct HitRow {
    id: Uuid,
    name_el: String,
    name_en: Option<String>,
    court_type: String,
    location_type: String,
    latitude: f64,
    longitude: f64,
    timezone: String,
    duration_minutes: i32,
    base_price_cents: i64,
    distance_metres: f64,
    average_rating_hundredths: Option<i32>,
    image_keys: Vec<String>,
    address: String,
    waitlist_enabled: bool,
    is_favorite: bool,
    total: i64,
}

/// The parameters $1 to $14 of [`courts_at`], in column types.
struct Parameters<'a> {
    centre_longitude: f64,
    centre_latitude: f64,
    circle_metres: f64,
    south: Option<f64>,
    north: Option<f64>,
    west: Option<f64>,
    east: Option<f64>,
    court_type: Option<&'static str>,
    location_type: Option<&'static str>,
    text_pattern: Option<&'a str>,
    date: Option<jiff_sqlx::Date>,
    weekday: Option<&'static str>,
    start: Option<jiff_sqlx::Time>,
    now: jiff_sqlx::Timestamp,
}

impl<'a> Parameters<'a> {
    fn of(criteria: &'a Criteria, now: Timestamp) -> Self {
        let area = criteria.area;
        let start = match criteria.when {
            When::FreeAt(_, start) => Some(start),
            When::AnyTime | When::OpenOn(_) => None,
        };
        Self {
            centre_longitude: area.circle_centre.longitude(),
            centre_latitude: area.circle_centre.latitude(),
            circle_metres: area.circle_metres,
            south: area.map_box.map(|map_box| map_box.south_west.latitude()),
            north: area.map_box.map(|map_box| map_box.north_east.latitude()),
            west: area.map_box.map(|map_box| map_box.south_west.longitude()),
            east: area.map_box.map(|map_box| map_box.north_east.longitude()),
            court_type: criteria.court_type.map(CourtType::as_str),
            location_type: criteria.location_type.map(LocationType::as_str),
            text_pattern: criteria.text_pattern.as_deref(),
            date: criteria.when.date().map(|date| date.to_sqlx()),
            weekday: criteria.when.date().map(|date| text_of_weekday(date.weekday())),
            start: start.map(|start: Time| start.to_sqlx()),
            now: now.to_sqlx(),
        }
    }
}

/// Runs a statement over the courts that meet all criteria but time and that the condition `$time` lets pass. All
/// conditions on time take the same parameters; the place is compared with the indexed geography column.
///
/// What is near is settled first and by itself: to the planner a comparison of places costs so much that beside it every
/// way to read windows and bookings looks equally cheap, and it has taken the one that reads all of them.
macro_rules! courts_at {
    ($query:ident!($($row:ident,)? $columns:literal, $select:literal, $time:literal, $order:literal),
     $parameters:expr $(, $more:expr)*) => {{
        let parameters = $parameters;
        sqlx::$query!(
            $($row,)?
            "WITH near AS MATERIALIZED (SELECT " + $columns + r#"
                FROM platform.courts court
                WHERE court.deleted_at IS NULL AND court.enabled AND court.owner_may_show
                  AND ST_DWithin(court.location, ST_SetSRID(ST_MakePoint($1, $2), 4326)::geography, $3)
                  AND ($4::float8 IS NULL
                       OR (ST_Y(court.location::geometry) BETWEEN $4 AND $5::float8
                           AND ST_X(court.location::geometry) BETWEEN $6::float8 AND $7::float8))
                  AND ($8::text IS NULL OR court.court_type = $8)
                  AND ($9::text IS NULL OR court.location_type = $9)
                  AND ($10::text IS NULL OR court.search_text LIKE $10))
            SELECT "# + $select + r#"
            FROM near court
            LEFT JOIN platform.favorite_courts favorite
                ON favorite.court_id = court.id AND favorite.user_id = $15
            WHERE "# + $time + $order,
            parameters.centre_longitude,
            parameters.centre_latitude,
            parameters.circle_metres,
            parameters.south,
            parameters.north,
            parameters.west,
            parameters.east,
            parameters.court_type,
            parameters.location_type,
            parameters.text_pattern,
            parameters.date as Option<jiff_sqlx::Date>,
            parameters.weekday,
            parameters.start as Option<jiff_sqlx::Time>,
            parameters.now as jiff_sqlx::Timestamp,
            $($more),*
        )
    }};
}

/// Chooses the condition on time and runs the statement with it. Three statements instead of one keep each plan simple:
/// the planner sees which index answers, whatever the parameters. `OFFSET 0` keeps each condition a question about one
/// court; turned into a join it could read the windows or bookings of all courts.
///
/// A free session lies in one window, on its grid, meets no block, no booking and no live hold, has not begun, and
/// neither begins nor ends in an hour that the clock skips.
macro_rules! matching_courts {
    ($query:ident!($($row:ident,)? $columns:literal, $select:literal, $order:literal), $fetch:ident($connection:expr),
     $criteria:expr, $now:expr, $($more:expr),+) => {{
        let parameters = Parameters::of($criteria, $now);
        match $criteria.when {
            When::AnyTime => courts_at!(
                $query!(
                    $($row,)?
                    $columns,
                    $select,
                    r#"$11::date IS NULL AND $12::text IS NULL AND $13::time IS NULL
                       AND $14::timestamptz IS NOT NULL "#,
                    $order
                ),
                parameters, $($more),+
            )
            .$fetch($connection)
            .await?,
            When::OpenOn(_) => courts_at!(
                $query!(
                    $($row,)?
                    $columns,
                    $select,
                    r#"$13::time IS NULL AND $14::timestamptz IS NOT NULL
                       AND EXISTS (
                           SELECT FROM platform.court_windows opening
                           WHERE opening.court_id = court.id AND opening.day_of_week = $12 OFFSET 0)
                       AND NOT EXISTS (
                           SELECT FROM platform.court_overrides block
                           WHERE block.court_id = court.id AND block.date = $11 AND block.start_time IS NULL OFFSET 0) "#,
                    $order
                ),
                parameters, $($more),+
            )
            .$fetch($connection)
            .await?,
            When::FreeAt(..) => courts_at!(
                $query!(
                    $($row,)?
                    $columns,
                    $select,
                    r#"EXISTS (
                           SELECT FROM platform.court_windows opening
                           WHERE opening.court_id = court.id
                             AND opening.day_of_week = $12
                             AND opening.start_time <= $13
                             AND opening.end_time - $13 >= make_interval(mins => court.duration_minutes)
                             AND mod((extract(epoch FROM $13 - opening.start_time) / 60)::integer,
                                     court.duration_minutes) = 0
                           OFFSET 0)
                       AND NOT EXISTS (
                           SELECT FROM transaction.v_slot_occupancy taken
                           WHERE taken.court_id = court.id
                             AND taken.date = $11
                             AND taken.start_time - $13 < make_interval(mins => court.duration_minutes)
                             AND taken.end_time > $13
                             AND (taken.hold_expires_at IS NULL OR taken.hold_expires_at > $14)
                           OFFSET 0)
                       AND NOT EXISTS (
                           SELECT FROM platform.court_overrides block
                           WHERE block.court_id = court.id
                             AND block.date = $11
                             AND (block.start_time IS NULL
                                  OR (block.start_time - $13 < make_interval(mins => court.duration_minutes)
                                      AND block.end_time > $13))
                           OFFSET 0)
                       AND ($11::date + $13::time) AT TIME ZONE court.timezone > $14::timestamptz
                       AND ($11 + $13) AT TIME ZONE court.timezone AT TIME ZONE court.timezone = $11 + $13
                       AND ($11 + $13 + make_interval(mins => court.duration_minutes))
                               AT TIME ZONE court.timezone AT TIME ZONE court.timezone
                           = $11 + $13 + make_interval(mins => court.duration_minutes) "#,
                    $order
                ),
                parameters, $($more),+
            )
            .$fetch($connection)
            .await?,
        }
    }};
}

/// One page of the courts that meet all criteria, favourites first, then by distance, then by id (FIND-10), and how many
/// there are on all pages.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn search(
    connection: &mut PgConnection,
    criteria: &Criteria,
    caller: UserId,
    page: Page,
    now: Timestamp,
) -> Result<(Vec<Hit>, u64), StoreError> {
    let offset = i64::from(page.number) * i64::from(page.size);
    let rows = matching_courts!(
        query_as!(
            HitRow,
            r#"court.id, court.name_el, court.name_en, court.court_type, court.location_type,
               ST_Y(court.location::geometry) AS latitude, ST_X(court.location::geometry) AS longitude,
               court.timezone, court.duration_minutes, court.base_price_cents,
               ST_Distance(court.location, ST_SetSRID(ST_MakePoint($16, $17), 4326)::geography) AS distance_metres,
               (court.average_rating * 100)::integer AS average_rating_hundredths, court.image_keys, court.address,
               court.waitlist_enabled"#,
            r#"court.id AS "id!", court.name_el AS "name_el!", court.name_en AS "name_en?",
               court.court_type AS "court_type!", court.location_type AS "location_type!",
               court.latitude AS "latitude!", court.longitude AS "longitude!", court.timezone AS "timezone!",
               court.duration_minutes AS "duration_minutes!", court.base_price_cents AS "base_price_cents!",
               court.distance_metres AS "distance_metres!",
               court.average_rating_hundredths AS "average_rating_hundredths?", court.image_keys AS "image_keys!",
               court.address AS "address!", court.waitlist_enabled AS "waitlist_enabled!",
               favorite.user_id IS NOT NULL AS "is_favorite!", count(*) OVER () AS "total!""#,
            r#"ORDER BY favorite.user_id IS NULL, court.distance_metres, court.id LIMIT $18 OFFSET $19"#
        ),
        fetch_all(&mut *connection),
        criteria,
        now,
        caller.0,
        criteria.area.origin.longitude(),
        criteria.area.origin.latitude(),
        i64::from(page.size),
        offset
    );
    let total = match rows.first() {
        Some(row) => u64::try_from(row.total).unwrap_or(0),
        // Behind the last page there is no row to carry the number.
        None if page.number > 0 => count(connection, criteria, caller, now).await?,
        None => 0,
    };
    Ok((rows.into_iter().map(Hit::try_from).collect::<Result<_, _>>()?, total))
}

/// How many courts meet all criteria.
///
/// # Errors
/// When the database does.
pub async fn count(
    connection: &mut PgConnection,
    criteria: &Criteria,
    caller: UserId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let count = matching_courts!(
        query_scalar!("court.id, court.duration_minutes, court.timezone", r#"count(*) AS "count!""#, ""),
        fetch_one(&mut *connection),
        criteria,
        now,
        caller.0
    );
    Ok(u64::try_from(count).unwrap_or(0))
}

impl TryFrom<HitRow> for Hit {
    type Error = StoreError;

    fn try_from(row: HitRow) -> Result<Self, Self::Error> {
        let id = CourtId(row.id);
        let inconsistent = |what| StoreError::Inconsistent { court: id, what };
        Ok(Self {
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
            distance_metres: Some(row.distance_metres),
            average_rating_hundredths: row.average_rating_hundredths.and_then(|hundredths| hundredths.try_into().ok()),
            image_keys: row.image_keys,
            address: row.address,
            waitlist_enabled: row.waitlist_enabled,
            is_favorite: row.is_favorite,
        })
    }
}
