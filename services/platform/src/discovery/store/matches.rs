//! Open matches of the transaction service, with the court they are on and the name of whoever opened them.

use contracts::court::{CourtType, LocationType};
use contracts::ids::{CourtId, MatchId};
use contracts::money::Cents;
use jiff::civil::{Date, Time};
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::courts::domain::Place;
use crate::store_error::StoreError;

/// Matches of one day that are read at most.
const MOST_MATCHES: i64 = 5_000;

/// A match that still takes players.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenMatch {
    /// The match.
    pub id: MatchId,
    /// Where it is played.
    pub court_id: CourtId,
    /// Greek name of the court.
    pub court_name_el: String,
    /// English name of the court, if there is one.
    pub court_name_en: Option<String>,
    /// Sport.
    pub court_type: CourtType,
    /// Roof or not.
    pub location_type: LocationType,
    /// Where the court is.
    pub place: Place,
    /// Display name of whoever opened it.
    pub creator_name: String,
    /// 1 to 7, if known.
    pub creator_skill_level: Option<i32>,
    /// Lowest level that may join.
    pub skill_range_min: Option<i32>,
    /// Highest level that may join.
    pub skill_range_max: Option<i32>,
    /// Players so far.
    pub current_players: i32,
    /// Players at most.
    pub max_players: i32,
    /// What one player pays.
    pub cost_per_player: Option<Cents>,
    /// Court-local date.
    pub date: Date,
    /// Court-local start.
    pub start: Time,
    /// Whether joining needs nobody's consent.
    pub auto_accept: bool,
}

/// The open matches of a date on visible courts, by start (FIND-22).
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn open_matches_on(connection: &mut PgConnection, date: Date) -> Result<Vec<OpenMatch>, StoreError> {
    sqlx::query!(
        r#"SELECT open_match.match_id AS "match_id!", court.id AS court_id, court.name_el, court.name_en,
                  court.court_type, court.location_type, ST_Y(court.location::geometry) AS "latitude!",
                  ST_X(court.location::geometry) AS "longitude!", creator.name AS creator_name,
                  open_match.creator_skill_level, open_match.skill_range_min, open_match.skill_range_max,
                  open_match.current_players AS "current_players!", open_match.max_players AS "max_players!",
                  open_match.cost_per_player_cents, open_match.date AS "date!", open_match.start_time AS "start_time!",
                  open_match.auto_accept AS "auto_accept!"
           FROM transaction.v_open_matches open_match
           JOIN platform.courts court ON court.id = open_match.court_id
           JOIN platform.users creator ON creator.id = open_match.creator_id
           WHERE open_match.date = $1 AND court.deleted_at IS NULL AND court.enabled AND court.owner_may_show
           ORDER BY open_match.start_time, open_match.match_id
           LIMIT $2"#,
        date.to_sqlx() as jiff_sqlx::Date,
        MOST_MATCHES,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let court_id = CourtId(row.court_id);
        let inconsistent = |what| StoreError::Inconsistent { court: court_id, what };
        Ok(OpenMatch {
            id: MatchId(row.match_id),
            court_id,
            court_name_el: row.name_el,
            court_name_en: row.name_en,
            court_type: row.court_type.parse().map_err(|_| inconsistent("court_type"))?,
            location_type: row.location_type.parse().map_err(|_| inconsistent("location_type"))?,
            place: Place::new(row.latitude, row.longitude).map_err(|_| inconsistent("location"))?,
            creator_name: row.creator_name,
            creator_skill_level: row.creator_skill_level,
            skill_range_min: row.skill_range_min,
            skill_range_max: row.skill_range_max,
            current_players: row.current_players,
            max_players: row.max_players,
            cost_per_player: row.cost_per_player_cents.map(Cents),
            date: row.date.to_jiff(),
            start: row.start_time.to_jiff(),
            auto_accept: row.auto_accept,
        })
    })
    .collect()
}
