//! Blocks that holidays make: rows of `court_overrides` with a template. Blocks made by hand are read, never written
//! (HOL-43).

use std::collections::HashSet;

use contracts::court::BlockSource;
use contracts::ids::{CourtId, HolidayId, OverrideId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use kit::ids::Ids;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::availability::domain::BlockedTime;
use crate::holidays::domain::{Block, BlockKey, CalendarRow, StoredBlock};
use crate::store_error::StoreError;

fn read_time(
    court: CourtId,
    start: Option<jiff_sqlx::Time>,
    end: Option<jiff_sqlx::Time>,
) -> Result<BlockedTime, StoreError> {
    BlockedTime::from_times(start.map(|time| time.to_jiff()), end.map(|time| time.to_jiff()))
        .map_err(|_| StoreError::Inconsistent { court, what: "block" })
}

fn uuids(courts: &[CourtId]) -> Vec<Uuid> {
    courts.iter().map(|court| court.0).collect()
}

/// The blocks of whatever source on some courts between two dates.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn stored_keys(
    connection: &mut PgConnection,
    courts: &[CourtId],
    first: Date,
    last: Date,
) -> Result<HashSet<BlockKey>, StoreError> {
    sqlx::query!(
        "SELECT court_id, date, start_time, end_time FROM platform.court_overrides
         WHERE court_id = ANY ($1) AND date BETWEEN $2 AND $3",
        &uuids(courts),
        first.to_sqlx() as jiff_sqlx::Date,
        last.to_sqlx() as jiff_sqlx::Date,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let court = CourtId(row.court_id);
        Ok(BlockKey::of(court, row.date.to_jiff(), read_time(court, row.start_time, row.end_time)?))
    })
    .collect()
}

/// Stores blocks with one statement and answers their ids in their order; a block that is there already gets none
/// (HOL-27).
///
/// # Errors
/// When the database does.
pub async fn insert_blocks(
    connection: &mut PgConnection,
    blocks: &[Block],
    created_by: UserId,
    ids: &dyn Ids,
    now: Timestamp,
) -> Result<Vec<Option<OverrideId>>, StoreError> {
    if blocks.is_empty() {
        return Ok(Vec::new());
    }
    let new_ids: Vec<Uuid> = blocks.iter().map(|_| ids.new_id()).collect();
    let courts: Vec<Uuid> = blocks.iter().map(|block| block.court.0).collect();
    let dates: Vec<jiff_sqlx::Date> = blocks.iter().map(|block| block.date.to_sqlx()).collect();
    let times = blocks.iter().map(|block| block.time.times());
    let (starts, ends): (Vec<Option<jiff_sqlx::Time>>, Vec<Option<jiff_sqlx::Time>>) =
        times.map(|(start, end)| (start.map(|time| time.to_sqlx()), end.map(|time| time.to_sqlx()))).unzip();
    let reasons: Vec<&str> = blocks.iter().map(|block| block.reason.as_str()).collect();
    let sources: Vec<&str> = blocks.iter().map(|block| block.source.as_str()).collect();
    let holidays: Vec<Uuid> = blocks.iter().map(|block| block.holiday.0).collect();
    let stored: HashSet<Uuid> = sqlx::query_scalar!(
        "INSERT INTO platform.court_overrides (id, court_id, date, start_time, end_time, reason, source,
             holiday_template_id, created_by, created_at)
         SELECT wanted.id, wanted.court_id, wanted.date, wanted.start_time, wanted.end_time, wanted.reason,
                wanted.source, wanted.holiday_id, $9, $10
         FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::time[], $5::time[], $6::text[], $7::text[], $8::uuid[])
             AS wanted (id, court_id, date, start_time, end_time, reason, source, holiday_id)
         ON CONFLICT (court_id, date, start_time, end_time) DO NOTHING
         RETURNING id",
        &new_ids,
        &courts,
        &dates as &[jiff_sqlx::Date],
        &starts as &[Option<jiff_sqlx::Time>],
        &ends as &[Option<jiff_sqlx::Time>],
        &reasons as &[&str],
        &sources as &[&str],
        &holidays,
        created_by.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .collect();
    Ok(new_ids.into_iter().map(|id| stored.contains(&id).then_some(OverrideId(id))).collect())
}

/// The blocks that a holiday still answers for on some courts, by court and date (HOL-42).
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn stored_of_holiday(
    connection: &mut PgConnection,
    holiday: HolidayId,
    courts: &[CourtId],
) -> Result<Vec<StoredBlock>, StoreError> {
    sqlx::query!(
        "SELECT id, court_id, date, start_time, end_time FROM platform.court_overrides
         WHERE holiday_template_id = $1 AND court_id = ANY ($2)
         ORDER BY court_id, date, start_time NULLS FIRST",
        holiday.0,
        &uuids(courts),
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let court = CourtId(row.court_id);
        let time = read_time(court, row.start_time, row.end_time)?;
        Ok(StoredBlock { id: OverrideId(row.id), court, date: row.date.to_jiff(), time })
    })
    .collect()
}

/// Gives blocks another reason.
///
/// # Errors
/// When the database does.
pub async fn rename_blocks(
    connection: &mut PgConnection,
    blocks: &[OverrideId],
    reason: &str,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = blocks.iter().map(|block| block.0).collect();
    sqlx::query!(
        "UPDATE platform.court_overrides SET reason = $2 WHERE id = ANY ($1) AND source <> 'MANUAL'",
        &ids,
        reason
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Removes blocks.
///
/// # Errors
/// When the database does.
pub async fn delete_blocks(connection: &mut PgConnection, blocks: &[OverrideId]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = blocks.iter().map(|block| block.0).collect();
    sqlx::query!("DELETE FROM platform.court_overrides WHERE id = ANY ($1) AND source <> 'MANUAL'", &ids)
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes the blocks of a holiday on some courts, those dated after `after` only when it is given, and answers court and
/// date of each.
///
/// # Errors
/// When the database does.
pub async fn delete_blocks_of_holiday(
    connection: &mut PgConnection,
    holiday: HolidayId,
    courts: &[(CourtId, Option<Date>)],
) -> Result<Vec<(CourtId, Date)>, StoreError> {
    let ids: Vec<Uuid> = courts.iter().map(|(court, _)| court.0).collect();
    let after: Vec<Option<jiff_sqlx::Date>> =
        courts.iter().map(|(_, after)| after.map(|date| date.to_sqlx())).collect();
    Ok(sqlx::query!(
        "DELETE FROM platform.court_overrides block
         USING unnest($2::uuid[], $3::date[]) AS wanted (court_id, after)
         WHERE block.holiday_template_id = $1 AND block.court_id = wanted.court_id
           AND (wanted.after IS NULL OR block.date > wanted.after)
         RETURNING block.court_id, block.date",
        holiday.0,
        &ids,
        &after as &[Option<jiff_sqlx::Date>],
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| (CourtId(row.court_id), row.date.to_jiff()))
    .collect())
}

/// The dates of one court between two dates that holidays have blocked, by template.
///
/// # Errors
/// When the database does.
pub async fn blocks_of_court(
    connection: &mut PgConnection,
    court: CourtId,
    first: Date,
    last: Date,
) -> Result<Vec<(HolidayId, Date, Timestamp)>, StoreError> {
    Ok(sqlx::query!(
        r#"SELECT holiday_template_id AS "holiday_id!", date, created_at FROM platform.court_overrides
           WHERE court_id = $1 AND holiday_template_id IS NOT NULL AND date BETWEEN $2 AND $3
           ORDER BY date"#,
        court.0,
        first.to_sqlx() as jiff_sqlx::Date,
        last.to_sqlx() as jiff_sqlx::Date,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| (HolidayId(row.holiday_id), row.date.to_jiff(), row.created_at.to_jiff()))
    .collect())
}

/// All blocks of whatever source on the courts of an owner between two dates, or of one court only (HOL-45).
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn blocks_between(
    connection: &mut PgConnection,
    owner: UserId,
    court: Option<CourtId>,
    first: Date,
    last: Date,
) -> Result<Vec<CalendarRow>, StoreError> {
    sqlx::query!(
        r#"SELECT block.court_id, court.name_el, block.date, block.start_time, block.end_time, block.reason, block.source,
                  block.holiday_template_id,
                  EXISTS (SELECT FROM transaction.v_slot_occupancy taken
                          WHERE taken.court_id = block.court_id AND taken.date = block.date AND taken.kind = 'BOOKED')
                      AS "has_bookings!"
           FROM platform.court_overrides block
           JOIN platform.courts court ON court.id = block.court_id
           WHERE court.owner_id = $1 AND court.deleted_at IS NULL AND ($2::uuid IS NULL OR court.id = $2)
             AND block.date BETWEEN $3 AND $4"#,
        owner.0,
        court.map(|court| court.0),
        first.to_sqlx() as jiff_sqlx::Date,
        last.to_sqlx() as jiff_sqlx::Date,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let court = CourtId(row.court_id);
        Ok(CalendarRow {
            date: row.date.to_jiff(),
            court,
            court_name: row.name_el,
            holiday: row.holiday_template_id.map(HolidayId),
            reason: row.reason,
            source: row
                .source
                .parse::<BlockSource>()
                .map_err(|_| StoreError::Inconsistent { court, what: "source of a block" })?,
            time: read_time(court, row.start_time, row.end_time)?,
            has_bookings: row.has_bookings,
        })
    })
    .collect()
}
