//! All SQL of the availability slice: `court_windows`, `court_overrides`, and the transaction service's view of what is
//! taken. Reads are direct and consistent; the cache stands in front of this module, never inside it.

use std::collections::HashMap;

use contracts::court::{DayOfWeek, calendar_lock_key};
use contracts::ids::{CourtId, OverrideId, UserId};
use contracts::money::{Cents, Multiplier};
use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx as _;
use kit::ids::Ids;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::domain::{Block, BlockedTime, CourtDay, Occupation, Occupied, Window};
use crate::court_bookings::domain::DatedBlock;
use crate::pricing::domain::{PriceList, PriceRule, SpecialDate};
use crate::store_error::StoreError;
use crate::weekday::{text_of_weekday, weekday_of_text};

/// Everything that decides slots and prices of one court over a range of dates, read at one moment.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The court.
    pub court_id: CourtId,
    /// Its owner.
    pub owner_id: UserId,
    /// IANA name of its zone.
    pub timezone: String,
    /// The zone itself.
    pub zone: TimeZone,
    /// Length of one session.
    pub session_minutes: u32,
    /// Whether customers see it (COURT-32).
    pub visible: bool,
    /// Whether its owner is verified.
    pub owner_verified: bool,
    /// Grows with every change of windows and blocks, see [`lock_calendar`].
    pub version: i64,
    /// Its prices; rules and special dates of other days than the asked ones may be missing.
    pub prices: PriceList,
    windows: Vec<Window>,
    blocks: HashMap<Date, Vec<Block>>,
    occupied: HashMap<Date, Vec<Occupied>>,
}

impl Calendar {
    /// One of the dates this calendar was read for.
    #[must_use]
    pub fn day(&self, date: Date) -> CourtDay {
        CourtDay {
            date,
            zone: self.zone.clone(),
            session_minutes: self.session_minutes,
            windows: self.windows.iter().filter(|window| window.weekday == date.weekday()).copied().collect(),
            blocks: self.blocks.get(&date).cloned().unwrap_or_default(),
            occupied: self.occupied.get(&date).cloned().unwrap_or_default(),
        }
    }
}

type WindowColumns = (String, Time, Time);
type BlockColumns = (Date, Option<Time>, Option<Time>, String);
type OccupiedColumns = (Date, Time, Time, Option<Timestamp>);
type RuleColumns = (String, Time, Time, i64, Option<String>);
type SpecialDateColumns = (Date, i64, Option<String>);

/// A court and the dates whose calendar is wanted, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Which court.
    pub court: CourtId,
    /// First date.
    pub first: Date,
    /// Last date.
    pub last: Date,
}

/// Reads the calendar of one court. `None` when there is no such court.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn load_calendar(
    connection: &mut PgConnection,
    court: CourtId,
    first: Date,
    last: Date,
) -> Result<Option<Calendar>, StoreError> {
    let mut loaded = load_calendars(connection, &[Wanted { court, first, last }]).await?;
    loaded.pop().unwrap_or(Ok(None))
}

/// Reads calendars of courts with one statement, so that all parts of each are of the same moment, and answers in the order
/// of the questions. `None` when there is no such court; an error of its own for one whose rows are not understood.
///
/// # Errors
/// When the database does.
pub async fn load_calendars(
    connection: &mut PgConnection,
    wanted: &[Wanted],
) -> Result<Vec<Result<Option<Calendar>, StoreError>>, sqlx::Error> {
    let courts: Vec<Uuid> = wanted.iter().map(|one| one.court.0).collect();
    let firsts: Vec<jiff_sqlx::Date> = wanted.iter().map(|one| one.first.to_sqlx()).collect();
    let lasts: Vec<jiff_sqlx::Date> = wanted.iter().map(|one| one.last.to_sqlx()).collect();
    let weekdays: Vec<String> = wanted.iter().map(|one| weekdays_between(one.first, one.last).join(",")).collect();
    let rows = sqlx::query_as!(
        CalendarRow,
        r#"SELECT court.id AS "court_id?", court.owner_id AS "owner_id?", court.timezone AS "timezone?",
                  court.duration_minutes AS "duration_minutes?", court.base_price_cents AS "base_price_cents?",
                  court.calendar_version AS "calendar_version?",
                  (court.enabled AND court.owner_may_show) AS "visible?",
                  owner.verified AS "owner_verified?",
                  (SELECT coalesce(json_agg(json_build_array(day_of_week, start_time, end_time)), '[]')
                   FROM platform.court_windows
                   WHERE court_id = court.id AND day_of_week = ANY (string_to_array(asked.weekdays, ',')))
                      AS "windows!: Json<Vec<WindowColumns>>",
                  (SELECT coalesce(json_agg(json_build_array(date, start_time, end_time, reason)), '[]')
                   FROM platform.court_overrides
                   WHERE court_id = court.id AND date BETWEEN asked.first AND asked.last)
                      AS "blocks!: Json<Vec<BlockColumns>>",
                  (SELECT coalesce(json_agg(json_build_array(date, start_time, end_time, hold_expires_at)), '[]')
                   FROM transaction.v_slot_occupancy
                   WHERE court_id = court.id AND date BETWEEN asked.first AND asked.last)
                      AS "occupied!: Json<Vec<OccupiedColumns>>",
                  (SELECT coalesce(json_agg(json_build_array(
                              day_of_week, start_time, end_time, multiplier_hundredths, label)), '[]')
                   FROM platform.pricing_rules
                   WHERE court_id = court.id AND day_of_week = ANY (string_to_array(asked.weekdays, ',')))
                      AS "rules!: Json<Vec<RuleColumns>>",
                  (SELECT coalesce(json_agg(json_build_array(date, multiplier_hundredths, label)), '[]')
                   FROM platform.pricing_special_dates
                   WHERE court_id = court.id AND date BETWEEN asked.first AND asked.last)
                      AS "special_dates!: Json<Vec<SpecialDateColumns>>"
           FROM unnest($1::uuid[], $2::date[], $3::date[], $4::text[])
                WITH ORDINALITY AS asked (court_id, first, last, weekdays, place)
           LEFT JOIN platform.courts court ON court.id = asked.court_id AND court.deleted_at IS NULL
           LEFT JOIN platform.users owner ON owner.id = court.owner_id
           ORDER BY asked.place"#,
        &courts,
        &firsts as &[jiff_sqlx::Date],
        &lasts as &[jiff_sqlx::Date],
        &weekdays,
    )
    .fetch_all(connection)
    .await?;
    Ok(wanted.iter().zip(rows).map(|(one, row)| read_calendar(one.court, row)).collect())
}

/// What [`load_calendars`] reads of one court; all of it is null where there is none.
struct CalendarRow {
    court_id: Option<Uuid>,
    owner_id: Option<Uuid>,
    timezone: Option<String>,
    duration_minutes: Option<i32>,
    base_price_cents: Option<i64>,
    calendar_version: Option<i64>,
    visible: Option<bool>,
    owner_verified: Option<bool>,
    windows: Json<Vec<WindowColumns>>,
    blocks: Json<Vec<BlockColumns>>,
    occupied: Json<Vec<OccupiedColumns>>,
    rules: Json<Vec<RuleColumns>>,
    special_dates: Json<Vec<SpecialDateColumns>>,
}

fn read_calendar(court: CourtId, row: CalendarRow) -> Result<Option<Calendar>, StoreError> {
    if row.court_id.is_none() {
        return Ok(None);
    }
    let missing = |what| StoreError::Inconsistent { court, what };
    let timezone = row.timezone.ok_or_else(|| missing("time zone"))?;
    let duration_minutes = row.duration_minutes.ok_or_else(|| missing("duration"))?;
    let base_price_cents = row.base_price_cents.ok_or_else(|| missing("base price"))?;
    let owner_id = row.owner_id.ok_or_else(|| missing("owner"))?;
    let inconsistent = |what| StoreError::Inconsistent { court, what };

    let mut blocks: HashMap<Date, Vec<Block>> = HashMap::new();
    for (date, start, end, reason) in row.blocks.0 {
        let time = BlockedTime::from_times(start, end).map_err(|_| inconsistent("block"))?;
        blocks.entry(date).or_default().push(Block { time, reason });
    }
    let mut occupied: HashMap<Date, Vec<Occupied>> = HashMap::new();
    for (date, start, end, hold_expires_at) in row.occupied.0 {
        occupied.entry(date).or_default().push(Occupied { start, end, by: occupation(hold_expires_at) });
    }
    let multiplier = |hundredths| Multiplier::from_hundredths(hundredths).ok_or_else(|| inconsistent("price factor"));
    let rules = row
        .rules
        .0
        .into_iter()
        .map(|(day, start, end, hundredths, label)| {
            let weekday = weekday_of_text(&day).ok_or_else(|| inconsistent("weekday"))?;
            Ok(PriceRule { weekday, start, end, multiplier: multiplier(hundredths)?, label })
        })
        .collect::<Result<_, StoreError>>()?;
    let special_dates = row
        .special_dates
        .0
        .into_iter()
        .map(|(date, hundredths, label)| Ok(SpecialDate { date, multiplier: multiplier(hundredths)?, label }))
        .collect::<Result<_, StoreError>>()?;
    Ok(Some(Calendar {
        court_id: court,
        owner_id: UserId(owner_id),
        zone: TimeZone::get(&timezone).map_err(|_| inconsistent("time zone"))?,
        timezone,
        session_minutes: u32::try_from(duration_minutes).map_err(|_| inconsistent("duration"))?,
        visible: row.visible.unwrap_or(false),
        owner_verified: row.owner_verified.unwrap_or(false),
        version: row.calendar_version.unwrap_or(0),
        prices: PriceList { base: Cents(base_price_cents), rules, special_dates },
        windows: row
            .windows
            .0
            .into_iter()
            .map(|(day, start, end)| Some(Window { weekday: weekday_of_text(&day)?, start, end }))
            .collect::<Option<_>>()
            .ok_or_else(|| inconsistent("weekday"))?,
        blocks,
        occupied,
    }))
}

/// Keeps everybody else from changing the court's calendar, and bookings from being placed against the old one, until the
/// caller's transaction ends (HOL-37, COURT-30). Bookings take the same lock in shared mode and compare the number this
/// raises. Call it before anything is locked or written; read the bookings in the way in a later statement, which then sees all of
/// them. Callers that lock several courts do so in the order of their ids.
///
/// # Errors
/// When the database does.
pub async fn lock_calendar(connection: &mut PgConnection, court: CourtId) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1) AS \"locked: ()\"", calendar_lock_key(court))
        .execute(&mut *connection)
        .await?;
    sqlx::query!("UPDATE platform.courts SET calendar_version = calendar_version + 1 WHERE id = $1", court.0)
        .execute(connection)
        .await?;
    Ok(())
}

/// [`lock_calendar`] for several courts at once, in the order of their ids.
///
/// # Errors
/// When the database does.
pub async fn lock_calendars(connection: &mut PgConnection, courts: &[CourtId]) -> Result<(), sqlx::Error> {
    let mut ordered = courts.to_vec();
    ordered.sort_unstable();
    ordered.dedup();
    let keys: Vec<i64> = ordered.iter().map(|court| calendar_lock_key(*court)).collect();
    let ids: Vec<Uuid> = ordered.into_iter().map(Uuid::from).collect();
    sqlx::query!(
        "SELECT count(pg_advisory_xact_lock(key)) FROM (SELECT key FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (key, place) ORDER BY place) ordered",
        &keys
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "WITH ordered AS (SELECT id FROM platform.courts WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE)
         UPDATE platform.courts court SET calendar_version = calendar_version + 1 FROM ordered WHERE court.id = ordered.id",
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The weekday texts that occur between two dates, each once.
fn weekdays_between(first: Date, last: Date) -> Vec<&'static str> {
    let mut texts: Vec<&'static str> = Vec::with_capacity(7);
    for date in first.series(jiff::Span::new().days(1)).take_while(|date| *date <= last).take(7) {
        texts.push(text_of_weekday(date.weekday()));
    }
    texts
}

fn occupation(hold_expires_at: Option<Timestamp>) -> Occupation {
    match hold_expires_at {
        Some(expires_at) => Occupation::Hold { expires_at },
        None => Occupation::Booking,
    }
}

/// A stored window with its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredWindow {
    /// Its id; a new set gets new ids.
    pub id: Uuid,
    /// The window.
    pub window: Window,
}

/// All windows of a court from Monday to Sunday, by start.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn windows_of_court(connection: &mut PgConnection, court: CourtId) -> Result<Vec<StoredWindow>, StoreError> {
    let mut windows = sqlx::query!(
        "SELECT id, day_of_week, start_time, end_time FROM platform.court_windows WHERE court_id = $1",
        court.0
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let weekday = weekday_of_text(&row.day_of_week)?;
        let window = Window { weekday, start: row.start_time.to_jiff(), end: row.end_time.to_jiff() };
        Some(StoredWindow { id: row.id, window })
    })
    .collect::<Option<Vec<_>>>()
    .ok_or(StoreError::Inconsistent { court, what: "weekday" })?;
    windows.sort_by_key(|stored| (monday_first(stored.window.weekday), stored.window.start));
    Ok(windows)
}

fn monday_first(weekday: Weekday) -> i8 {
    weekday.to_monday_zero_offset()
}

/// Puts a set of windows in the place of the stored one (COURT-26). The exclusion constraint has the last word on
/// overlaps.
///
/// # Errors
/// When the database does.
pub async fn replace_windows(
    connection: &mut PgConnection,
    court: CourtId,
    windows: &[Window],
    ids: &dyn Ids,
) -> Result<(), StoreError> {
    sqlx::query!("DELETE FROM platform.court_windows WHERE court_id = $1", court.0).execute(&mut *connection).await?;
    for window in windows {
        sqlx::query!(
            "INSERT INTO platform.court_windows (id, court_id, day_of_week, start_time, end_time)
             VALUES ($1, $2, $3, $4, $5)",
            ids.new_id(),
            court.0,
            DayOfWeek::from(window.weekday).as_str(),
            window.start.to_sqlx() as jiff_sqlx::Time,
            window.end.to_sqlx() as jiff_sqlx::Time,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// A stored override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOverride {
    /// Its id.
    pub id: OverrideId,
    /// Local date of the court.
    pub date: Date,
    /// What it covers and why.
    pub block: Block,
    /// `MANUAL`, `HOLIDAY_NATIONAL` or `HOLIDAY_CUSTOM`.
    pub source: String,
    /// The holiday it was made from, if any.
    pub holiday_template_id: Option<Uuid>,
}

/// Overrides of a court between two dates, oldest first.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn overrides_of_court(
    connection: &mut PgConnection,
    court: CourtId,
    first: Option<Date>,
    last: Option<Date>,
) -> Result<Vec<StoredOverride>, StoreError> {
    sqlx::query!(
        r#"SELECT id, date, start_time, end_time, reason, source, holiday_template_id
           FROM platform.court_overrides
           WHERE court_id = $1 AND ($2::date IS NULL OR date >= $2) AND ($3::date IS NULL OR date <= $3)
           ORDER BY date, start_time NULLS FIRST, id"#,
        court.0,
        first.map(|date| date.to_sqlx()) as Option<jiff_sqlx::Date>,
        last.map(|date| date.to_sqlx()) as Option<jiff_sqlx::Date>,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let times = (row.start_time.map(|time| time.to_jiff()), row.end_time.map(|time| time.to_jiff()));
        let time =
            BlockedTime::from_times(times.0, times.1).map_err(|_| StoreError::Inconsistent { court, what: "block" })?;
        Ok(StoredOverride {
            id: OverrideId(row.id),
            date: row.date.to_jiff(),
            block: Block { time, reason: row.reason },
            source: row.source,
            holiday_template_id: row.holiday_template_id,
        })
    })
    .collect()
}

/// One override of a court.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn find_override(
    connection: &mut PgConnection,
    court: CourtId,
    id: OverrideId,
) -> Result<Option<StoredOverride>, StoreError> {
    let date =
        sqlx::query_scalar!("SELECT date FROM platform.court_overrides WHERE id = $1 AND court_id = $2", id.0, court.0)
            .fetch_optional(&mut *connection)
            .await?;
    let Some(date) = date.map(|date| date.to_jiff()) else { return Ok(None) };
    let of_date = overrides_of_court(connection, court, Some(date), Some(date)).await?;
    Ok(of_date.into_iter().find(|stored| stored.id == id))
}

/// Whether any block of that court and date, of whatever source, meets the wanted one (COURT-29). The block that is being
/// changed does not count.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn overlaps_override(
    connection: &mut PgConnection,
    court: CourtId,
    wanted: DatedBlock,
    except: Option<OverrideId>,
) -> Result<bool, StoreError> {
    let stored = overrides_of_court(connection, court, Some(wanted.date), Some(wanted.date)).await?;
    Ok(stored.iter().filter(|existing| Some(existing.id) != except).any(|existing| match wanted.time {
        BlockedTime::WholeDay => true,
        BlockedTime::Part { start, end } => existing.block.time.covers_any_of(start, end),
    }))
}

/// Writes a changed override as the owner's own, with no holiday behind it (HOL-43).
///
/// # Errors
/// When the database does; `court_overrides_no_manual_overlap` when another one is in its place.
pub async fn make_override_manual(
    connection: &mut PgConnection,
    court: CourtId,
    changed: &StoredOverride,
) -> Result<(), StoreError> {
    let (start, end) = changed.block.time.times();
    let written = sqlx::query!(
        "UPDATE platform.court_overrides
         SET date = $3, start_time = $4, end_time = $5, reason = $6, source = 'MANUAL', holiday_template_id = NULL
         WHERE id = $1 AND court_id = $2",
        changed.id.0,
        court.0,
        changed.date.to_sqlx() as jiff_sqlx::Date,
        start.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        end.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        &changed.block.reason,
    )
    .execute(connection)
    .await?;
    match written.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court, rows }),
    }
}

/// Stores a manual override.
///
/// # Errors
/// When the database does; `court_overrides_no_manual_overlap` when another one was faster.
pub async fn insert_manual_override(
    connection: &mut PgConnection,
    court: CourtId,
    created: &StoredOverride,
    created_by: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (start, end) = created.block.time.times();
    sqlx::query!(
        "INSERT INTO platform.court_overrides (id, court_id, date, start_time, end_time, reason, source, created_by,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'MANUAL', $7, $8)",
        created.id.0,
        court.0,
        created.date.to_sqlx() as jiff_sqlx::Date,
        start.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        end.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        &created.block.reason,
        created_by.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes an override.
///
/// # Errors
/// When the database does, or when the court has no such one.
pub async fn delete_override(connection: &mut PgConnection, court: CourtId, id: OverrideId) -> Result<(), StoreError> {
    let removed = sqlx::query!("DELETE FROM platform.court_overrides WHERE id = $1 AND court_id = $2", id.0, court.0)
        .execute(connection)
        .await?;
    match removed.rows_affected() {
        1 => Ok(()),
        rows => Err(StoreError::RowCount { court, rows }),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_range_names_each_of_its_weekdays_once() {
        assert_eq!(weekdays_between(date(2026, 11, 21), date(2026, 11, 21)), ["SATURDAY"]);
        assert_eq!(weekdays_between(date(2026, 11, 21), date(2026, 11, 22)), ["SATURDAY", "SUNDAY"]);
        assert_eq!(weekdays_between(date(2026, 11, 1), date(2027, 11, 1)).len(), 7);
        assert!(weekdays_between(date(2026, 11, 22), date(2026, 11, 21)).is_empty());
    }
}
