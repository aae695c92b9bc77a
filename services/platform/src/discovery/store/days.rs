//! What decides the slots of many courts over a few days, with one statement however many there are.

use std::collections::HashMap;

use contracts::ids::CourtId;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::availability::domain::{Block, BlockedTime, CourtDay, Occupation, Occupied, Window};
use crate::store_error::StoreError;
use crate::weekday::{text_of_weekday, weekday_of_text};

/// What decides the slots of one court on the asked dates.
#[derive(Debug, Clone, Default)]
pub struct CourtParts {
    windows: Vec<Window>,
    blocks: HashMap<Date, Vec<Block>>,
    occupied: HashMap<Date, Vec<Occupied>>,
}

impl CourtParts {
    /// One of the asked dates.
    #[must_use]
    pub fn day(&self, date: Date, zone: TimeZone, session_minutes: u32) -> CourtDay {
        CourtDay {
            date,
            zone,
            session_minutes,
            windows: self.windows.iter().filter(|window| window.weekday == date.weekday()).copied().collect(),
            blocks: self.blocks.get(&date).cloned().unwrap_or_default(),
            occupied: self.occupied.get(&date).cloned().unwrap_or_default(),
        }
    }
}

/// The parts of many courts from `first` to `last`, by court. Courts without any are missing.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn parts_between(
    connection: &mut PgConnection,
    courts: &[CourtId],
    first: Date,
    last: Date,
) -> Result<HashMap<CourtId, CourtParts>, StoreError> {
    let ids: Vec<Uuid> = courts.iter().map(|court| court.0).collect();
    let weekdays: Vec<&str> = first
        .series(1.day())
        .take_while(|date| *date <= last)
        .take(7)
        .map(|date| text_of_weekday(date.weekday()))
        .collect();
    let rows = sqlx::query!(
        r#"SELECT court_id AS "court_id!", 'WINDOW' AS "kind!", day_of_week, NULL::date AS date, start_time, end_time,
                  NULL::timestamptz AS hold_expires_at
           FROM platform.court_windows WHERE court_id = ANY ($1) AND day_of_week = ANY ($4)
           UNION ALL
           SELECT court_id, 'BLOCK', NULL, date, start_time, end_time, NULL
           FROM platform.court_overrides WHERE court_id = ANY ($1) AND date BETWEEN $2 AND $3
           UNION ALL
           SELECT court_id, 'OCCUPIED', NULL, date, start_time, end_time, hold_expires_at
           FROM transaction.v_slot_occupancy WHERE court_id = ANY ($1) AND date BETWEEN $2 AND $3"#,
        &ids,
        first.to_sqlx() as jiff_sqlx::Date,
        last.to_sqlx() as jiff_sqlx::Date,
        &weekdays[..] as &[&str],
    )
    .fetch_all(connection)
    .await?;
    let mut parts: HashMap<CourtId, CourtParts> = HashMap::new();
    for row in rows {
        let inconsistent = || StoreError::Inconsistent { court: CourtId(row.court_id), what: "time" };
        let of_court = parts.entry(CourtId(row.court_id)).or_default();
        let start = row.start_time.map(|time| time.to_jiff());
        let end = row.end_time.map(|time| time.to_jiff());
        if row.kind == "WINDOW" {
            let weekday = row.day_of_week.as_deref().and_then(weekday_of_text).ok_or_else(inconsistent)?;
            let (start, end) = start.zip(end).ok_or_else(inconsistent)?;
            of_court.windows.push(Window { weekday, start, end });
            continue;
        }
        let date = row.date.map(|date| date.to_jiff()).ok_or_else(inconsistent)?;
        if row.kind == "BLOCK" {
            let time = BlockedTime::from_times(start, end).map_err(|_| inconsistent())?;
            of_court.blocks.entry(date).or_default().push(Block { time, reason: String::new() });
            continue;
        }
        let (start, end) = start.zip(end).ok_or_else(inconsistent)?;
        let by = match row.hold_expires_at {
            Some(expires_at) => Occupation::Hold { expires_at: expires_at.to_jiff() },
            None => Occupation::Booking,
        };
        of_court.occupied.entry(date).or_default().push(Occupied { start, end, by });
    }
    Ok(parts)
}
