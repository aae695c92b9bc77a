//! Which courts follow which holidays: rows of `court_holidays` (HOL-28, HOL-38).

use contracts::ids::{CourtId, HolidayId, UserId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::store_error::StoreError;

/// A court that follows a holiday.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The holiday.
    pub holiday: HolidayId,
    /// Whether later years are generated.
    pub auto_renew: bool,
    /// Since when.
    pub created_at: Timestamp,
}

/// A subscription that the yearly job has to see to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The court.
    pub court: CourtId,
    /// The holiday.
    pub holiday: HolidayId,
    /// Years whose dates the court has been given already.
    pub covered: Vec<i16>,
}

/// The text form of a list of years, which the database takes for a list of integers.
fn list(years: &[i16]) -> String {
    format!("{{{}}}", years.iter().map(i16::to_string).collect::<Vec<_>>().join(","))
}

/// Lets courts follow holidays from now on, or adds the years to what is known of those that do (HOL-28). Each entry is
/// court, holiday, the years it is given now, and the court-local year of today.
///
/// # Errors
/// When the database does.
pub async fn follow(
    connection: &mut PgConnection,
    wanted: &[(CourtId, HolidayId, Vec<i16>, i16)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let courts: Vec<Uuid> = wanted.iter().map(|(court, ..)| court.0).collect();
    let holidays: Vec<Uuid> = wanted.iter().map(|(_, holiday, ..)| holiday.0).collect();
    let years: Vec<String> = wanted.iter().map(|(.., years, _)| list(years)).collect();
    let current: Vec<i32> = wanted.iter().map(|(.., year)| i32::from(*year)).collect();
    sqlx::query!(
        "INSERT INTO platform.court_holidays AS known (court_id, holiday_id, auto_renew, covered_years, renewed_in_year,
             created_at)
         SELECT wanted.court_id, wanted.holiday_id, true, wanted.years::integer[], wanted.current_year, $5
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[])
             AS wanted (court_id, holiday_id, years, current_year)
         ON CONFLICT (court_id, holiday_id) DO UPDATE
         SET auto_renew = true,
             covered_years = (SELECT coalesce(array_agg(DISTINCT year ORDER BY year), '{}')
                              FROM unnest(known.covered_years || excluded.covered_years) AS year)",
        &courts,
        &holidays,
        &years,
        &current,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Switches renewal off where courts follow one of the holidays; everything else stays (HOL-41).
///
/// # Errors
/// When the database does.
pub async fn unfollow(
    connection: &mut PgConnection,
    courts: &[CourtId],
    holidays: &[HolidayId],
) -> Result<(), StoreError> {
    let courts: Vec<Uuid> = courts.iter().map(|court| court.0).collect();
    let holidays: Vec<Uuid> = holidays.iter().map(|holiday| holiday.0).collect();
    sqlx::query!(
        "UPDATE platform.court_holidays SET auto_renew = false WHERE court_id = ANY ($1) AND holiday_id = ANY ($2)",
        &courts,
        &holidays
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What a court follows, oldest first.
///
/// # Errors
/// When the database does.
pub async fn subscriptions_of_court(
    connection: &mut PgConnection,
    court: CourtId,
) -> Result<Vec<Subscription>, StoreError> {
    Ok(sqlx::query!(
        "SELECT holiday_id, auto_renew, created_at FROM platform.court_holidays WHERE court_id = $1
         ORDER BY created_at, holiday_id",
        court.0
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| Subscription {
        holiday: HolidayId(row.holiday_id),
        auto_renew: row.auto_renew,
        created_at: row.created_at.to_jiff(),
    })
    .collect())
}

/// Ends a subscription and answers whether there was one.
///
/// # Errors
/// When the database does.
pub async fn end_subscription(
    connection: &mut PgConnection,
    court: CourtId,
    holiday: HolidayId,
) -> Result<bool, StoreError> {
    let ended =
        sqlx::query!("DELETE FROM platform.court_holidays WHERE court_id = $1 AND holiday_id = $2", court.0, holiday.0)
            .execute(connection)
            .await?;
    Ok(ended.rows_affected() == 1)
}

/// Owners with a court whose year has begun since its subscriptions were last seen to (HOL-38), beginning behind `after`.
///
/// # Errors
/// When the database does.
pub async fn owners_to_renew(
    connection: &mut PgConnection,
    now: Timestamp,
    after: Option<UserId>,
    most: i64,
) -> Result<Vec<UserId>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT court.owner_id
         FROM platform.court_holidays followed
         JOIN platform.courts court ON court.id = followed.court_id
         JOIN platform.users owner ON owner.id = court.owner_id
         JOIN platform.holiday_templates holiday ON holiday.id = followed.holiday_id
         WHERE followed.auto_renew AND court.deleted_at IS NULL AND owner.status <> 'DELETED' AND holiday.is_active
           AND (holiday.owner_id IS NULL OR holiday.owner_id = court.owner_id)
           AND followed.renewed_in_year < extract(year FROM $1::timestamptz AT TIME ZONE court.timezone)
           AND ($2::uuid IS NULL OR court.owner_id > $2)
         ORDER BY court.owner_id
         LIMIT $3",
        now.to_sqlx() as jiff_sqlx::Timestamp,
        after.map(|owner| owner.0),
        most,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(UserId)
    .collect())
}

/// The subscriptions of one owner that are to be seen to, locked against another run of the job.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn due_of_owner(
    connection: &mut PgConnection,
    owner: UserId,
    now: Timestamp,
) -> Result<Vec<Due>, StoreError> {
    sqlx::query!(
        "SELECT followed.court_id, followed.holiday_id, followed.covered_years
         FROM platform.court_holidays followed
         JOIN platform.courts court ON court.id = followed.court_id
         JOIN platform.holiday_templates holiday ON holiday.id = followed.holiday_id
         WHERE followed.auto_renew AND court.owner_id = $1 AND court.deleted_at IS NULL AND holiday.is_active
           AND (holiday.owner_id IS NULL OR holiday.owner_id = court.owner_id)
           AND followed.renewed_in_year < extract(year FROM $2::timestamptz AT TIME ZONE court.timezone)
         ORDER BY followed.court_id, followed.holiday_id
         FOR UPDATE OF followed",
        owner.0,
        now.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let court = CourtId(row.court_id);
        let covered = row.covered_years.into_iter().map(i16::try_from).collect::<Result<_, _>>();
        let covered = covered.map_err(|_| StoreError::Inconsistent { court, what: "list of years" })?;
        Ok(Due { court, holiday: HolidayId(row.holiday_id), covered })
    })
    .collect()
}

/// Notes which years courts have been given now and that this year has been seen to (HOL-38).
///
/// # Errors
/// When the database does.
pub async fn mark_renewed(
    connection: &mut PgConnection,
    renewed: &[(CourtId, HolidayId, Vec<i16>, i16)],
) -> Result<(), StoreError> {
    let courts: Vec<Uuid> = renewed.iter().map(|(court, ..)| court.0).collect();
    let holidays: Vec<Uuid> = renewed.iter().map(|(_, holiday, ..)| holiday.0).collect();
    let years: Vec<String> = renewed.iter().map(|(.., years, _)| list(years)).collect();
    let current: Vec<i32> = renewed.iter().map(|(.., year)| i32::from(*year)).collect();
    sqlx::query!(
        "UPDATE platform.court_holidays followed
         SET covered_years = (SELECT coalesce(array_agg(DISTINCT year ORDER BY year), '{}')
                              FROM unnest(followed.covered_years || renewed.years::integer[]) AS year),
             renewed_in_year = renewed.current_year
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[])
             AS renewed (court_id, holiday_id, years, current_year)
         WHERE followed.court_id = renewed.court_id AND followed.holiday_id = renewed.holiday_id",
        &courts,
        &holidays,
        &years,
        &current,
    )
    .execute(connection)
    .await?;
    Ok(())
}
