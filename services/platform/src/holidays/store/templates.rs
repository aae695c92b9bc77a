//! Templates: rows of `holiday_templates`.

use contracts::ids::{HolidayId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::availability::domain::BlockedTime;
use crate::holidays::domain::{Holiday, Names};
use crate::store_error::StoreError;

struct HolidayRow {
    id: Uuid,
    owner_id: Option<Uuid>,
    name_el: String,
    name_en: Option<String>,
    date_pattern: String,
    first_date: Option<jiff_sqlx::Date>,
    day_count: i32,
    start_time: Option<jiff_sqlx::Time>,
    end_time: Option<jiff_sqlx::Time>,
    is_active: bool,
    created_at: jiff_sqlx::Timestamp,
}

/// The one list of columns behind every read of templates; only the condition differs.
macro_rules! select_holidays {
    ($condition:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            HolidayRow,
            "SELECT holiday.id, holiday.owner_id, holiday.name_el, holiday.name_en, holiday.date_pattern,
                    holiday.first_date, holiday.day_count, holiday.start_time, holiday.end_time, holiday.is_active,
                    holiday.created_at
             FROM platform.holiday_templates holiday
             WHERE " + $condition
            $(, $argument)*
        )
    };
}

impl TryFrom<HolidayRow> for Holiday {
    type Error = StoreError;

    fn try_from(row: HolidayRow) -> Result<Self, Self::Error> {
        let id = HolidayId(row.id);
        let inconsistent = |what| StoreError::InconsistentHoliday { holiday: id, what };
        let times = (row.start_time.map(|time| time.to_jiff()), row.end_time.map(|time| time.to_jiff()));
        Ok(Self {
            id,
            owner: row.owner_id.map(UserId),
            names: Names { el: row.name_el, en: row.name_en },
            pattern: row.date_pattern.parse().map_err(|_| inconsistent("date pattern"))?,
            first_date: row.first_date.map(|date| date.to_jiff()),
            day_count: u8::try_from(row.day_count).map_err(|_| inconsistent("number of days"))?,
            time: BlockedTime::from_times(times.0, times.1).map_err(|_| inconsistent("time"))?,
            active: row.is_active,
            created_at: row.created_at.to_jiff(),
        })
    }
}

fn read(rows: Vec<HolidayRow>) -> Result<Vec<Holiday>, StoreError> {
    rows.into_iter().map(Holiday::try_from).collect()
}

/// National templates by their place in the year; the disabled ones only when `all` are asked for.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn national_holidays(connection: &mut PgConnection, all: bool) -> Result<Vec<Holiday>, StoreError> {
    read(
        select_holidays!(
            "holiday.is_national AND (holiday.is_active OR $1) ORDER BY holiday.created_at, holiday.id",
            all
        )
        .fetch_all(connection)
        .await?,
    )
}

/// An owner's own templates, oldest first, each with the number of the owner's courts that follow it or have its blocks.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn custom_holidays(
    connection: &mut PgConnection,
    owner: UserId,
    all: bool,
) -> Result<Vec<(Holiday, i64)>, StoreError> {
    let holidays = read(
        select_holidays!(
            "holiday.owner_id = $1 AND (holiday.is_active OR $2) ORDER BY holiday.created_at, holiday.id",
            owner.0,
            all
        )
        .fetch_all(&mut *connection)
        .await?,
    )?;
    let ids: Vec<Uuid> = holidays.iter().map(|holiday| holiday.id.0).collect();
    let counts = sqlx::query!(
        r#"SELECT applied.holiday_id AS "holiday_id!", count(DISTINCT applied.court_id) AS "courts!"
           FROM (SELECT holiday_id, court_id FROM platform.court_holidays WHERE holiday_id = ANY ($1)
                 UNION ALL
                 SELECT holiday_template_id, court_id FROM platform.court_overrides WHERE holiday_template_id = ANY ($1)
                ) applied
           JOIN platform.courts court ON court.id = applied.court_id
           WHERE court.deleted_at IS NULL AND court.owner_id = $2
           GROUP BY applied.holiday_id"#,
        &ids,
        owner.0
    )
    .fetch_all(connection)
    .await?;
    let count_of = |id: HolidayId| counts.iter().find(|row| row.holiday_id == id.0).map_or(0, |row| row.courts);
    let counted = holidays.into_iter().map(|holiday| {
        let count = count_of(holiday.id);
        (holiday, count)
    });
    Ok(counted.collect())
}

/// The template with this id.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn find_holiday(connection: &mut PgConnection, id: HolidayId) -> Result<Option<Holiday>, StoreError> {
    select_holidays!("holiday.id = $1", id.0).fetch_optional(connection).await?.map(Holiday::try_from).transpose()
}

/// Like [`find_holiday`], and nobody else can change it or make blocks of it until the transaction ends.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn lock_holiday(connection: &mut PgConnection, id: HolidayId) -> Result<Option<Holiday>, StoreError> {
    select_holidays!("holiday.id = $1 FOR UPDATE", id.0)
        .fetch_optional(connection)
        .await?
        .map(Holiday::try_from)
        .transpose()
}

/// The templates with these ids, in their order. Unknown ones are missing.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn find_holidays(connection: &mut PgConnection, ids: &[HolidayId]) -> Result<Vec<Holiday>, StoreError> {
    let wanted: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = select_holidays!("holiday.id = ANY ($1) ORDER BY holiday.id", &wanted).fetch_all(connection).await?;
    Ok(in_order(read(rows)?, ids))
}

/// Like [`find_holidays`], and nobody can change them until the transaction ends.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn keep_holidays(connection: &mut PgConnection, ids: &[HolidayId]) -> Result<Vec<Holiday>, StoreError> {
    let wanted: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = select_holidays!("holiday.id = ANY ($1) ORDER BY holiday.id FOR SHARE", &wanted);
    Ok(in_order(read(rows.fetch_all(connection).await?)?, ids))
}

fn in_order(mut holidays: Vec<Holiday>, ids: &[HolidayId]) -> Vec<Holiday> {
    holidays.sort_by_key(|holiday| ids.iter().position(|id| *id == holiday.id));
    holidays
}

/// Stores a new template.
///
/// # Errors
/// When the database does; `holiday_templates_name_per_owner` when the name is taken (HOL-12).
pub async fn insert_holiday(
    connection: &mut PgConnection,
    holiday: &Holiday,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let (start, end) = holiday.time.times();
    sqlx::query!(
        "INSERT INTO platform.holiday_templates (id, owner_id, is_national, name_el, name_en, date_pattern, first_date,
             day_count, start_time, end_time, is_active, created_at, updated_at)
         VALUES ($1, $2, $2::uuid IS NULL, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        holiday.id.0,
        holiday.owner.map(|owner| owner.0),
        &holiday.names.el,
        holiday.names.en.as_deref(),
        holiday.pattern.to_string(),
        holiday.first_date.map(|date| date.to_sqlx()) as Option<jiff_sqlx::Date>,
        i32::from(holiday.day_count),
        start.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        end.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        holiday.active,
        holiday.created_at.to_sqlx() as jiff_sqlx::Timestamp,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes a locked template as it is now.
///
/// # Errors
/// When the database does; `holiday_templates_name_per_owner` when the name is taken (HOL-12).
pub async fn save_holiday(connection: &mut PgConnection, holiday: &Holiday, now: Timestamp) -> Result<(), sqlx::Error> {
    let (start, end) = holiday.time.times();
    let saved = sqlx::query!(
        "UPDATE platform.holiday_templates
         SET name_el = $2, name_en = $3, date_pattern = $4, first_date = $5, day_count = $6, start_time = $7,
             end_time = $8, is_active = $9, updated_at = $10
         WHERE id = $1",
        holiday.id.0,
        &holiday.names.el,
        holiday.names.en.as_deref(),
        holiday.pattern.to_string(),
        holiday.first_date.map(|date| date.to_sqlx()) as Option<jiff_sqlx::Date>,
        i32::from(holiday.day_count),
        start.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        end.map(|time| time.to_sqlx()) as Option<jiff_sqlx::Time>,
        holiday.active,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    if saved.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}

/// Removes a locked template; its remaining blocks forget it and its subscriptions end (HOL-17, HOL-18).
///
/// # Errors
/// When the database does.
pub async fn delete_holiday(connection: &mut PgConnection, id: HolidayId) -> Result<(), sqlx::Error> {
    let removed =
        sqlx::query!("DELETE FROM platform.holiday_templates WHERE id = $1", id.0).execute(connection).await?;
    if removed.rows_affected() == 1 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
}
