//! The courts that holidays are applied to: whose they are, what they are called and what day it is there.

use contracts::ids::{CourtId, HolidayId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::holidays::domain::Site;
use crate::store_error::StoreError;

/// A court as far as holidays are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourtSite {
    /// The court.
    pub id: CourtId,
    /// Its owner.
    pub owner: UserId,
    /// Its Greek name.
    pub name_el: String,
    /// Its English name, if any.
    pub name_en: Option<String>,
    /// Today by its own clock.
    pub today: Date,
}

impl CourtSite {
    /// The court without its names.
    #[must_use]
    pub fn site(&self) -> Site {
        Site { court: self.id, today: self.today }
    }
}

struct CourtRow {
    id: Uuid,
    owner_id: Uuid,
    name_el: String,
    name_en: Option<String>,
    timezone: String,
}

/// The one list of columns behind every read of courts here; only the condition differs.
macro_rules! select_courts {
    ($condition:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            CourtRow,
            "SELECT court.id, court.owner_id, court.name_el, court.name_en, court.timezone
             FROM platform.courts court
             WHERE court.deleted_at IS NULL AND " + $condition
            $(, $argument)*
        )
    };
}

fn read(rows: Vec<CourtRow>, now: Timestamp) -> Result<Vec<CourtSite>, StoreError> {
    rows.into_iter()
        .map(|row| {
            let id = CourtId(row.id);
            let zone =
                TimeZone::get(&row.timezone).map_err(|_| StoreError::Inconsistent { court: id, what: "time zone" })?;
            let today = now.to_zoned(zone).date();
            Ok(CourtSite { id, owner: UserId(row.owner_id), name_el: row.name_el, name_en: row.name_en, today })
        })
        .collect()
}

/// The courts with these ids, in the order of ids. Unknown and deleted ones are missing.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn find_courts(
    connection: &mut PgConnection,
    ids: &[CourtId],
    now: Timestamp,
) -> Result<Vec<CourtSite>, StoreError> {
    let wanted: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    read(select_courts!("court.id = ANY ($1) ORDER BY court.id", &wanted).fetch_all(connection).await?, now)
}

/// All courts of an owner.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn courts_of_owner(
    connection: &mut PgConnection,
    owner: UserId,
    now: Timestamp,
) -> Result<Vec<CourtSite>, StoreError> {
    read(select_courts!("court.owner_id = $1 ORDER BY court.id", owner.0).fetch_all(connection).await?, now)
}

/// The courts of an owner that follow a holiday or have its blocks.
///
/// # Errors
/// When the database does or a stored value is not understood.
pub async fn courts_with_holiday(
    connection: &mut PgConnection,
    owner: UserId,
    holiday: HolidayId,
    now: Timestamp,
) -> Result<Vec<CourtSite>, StoreError> {
    let rows = select_courts!(
        "court.owner_id = $1
           AND (EXISTS (SELECT FROM platform.court_overrides WHERE holiday_template_id = $2 AND court_id = court.id)
                OR EXISTS (SELECT FROM platform.court_holidays WHERE holiday_id = $2 AND court_id = court.id))
         ORDER BY court.id",
        owner.0,
        holiday.0
    );
    read(rows.fetch_all(connection).await?, now)
}
