//! The use cases of holidays. Each owns its database transaction; whatever touches blocks takes the calendar locks of its
//! courts before anything else, then the templates, then the subscriptions, so that no two of them wait for each other.

mod apply;
mod blocks;
mod court;
mod custom;
mod national;
mod reminders;
mod renewal;

use contracts::ids::{CourtId, UserId};
use jiff::Timestamp;
use kit::plain_text;
use sqlx::PgConnection;

pub use apply::{Applied, Wanted, apply_holidays};
pub use court::{CourtHoliday, Removal, calendar, court_holidays, remove_court_holiday};
pub use custom::{
    ApplyTo, Changed, CustomChange, CustomDraft, change_custom, create_custom, delete_custom, list_custom,
};
pub use national::{NationalChange, NationalDraft, change_national, create_national, list_national};
pub use reminders::send_reminders;
pub use renewal::renew_subscriptions;

use super::domain::{Conflict, DateProblem, YearsRefused};
use super::store::{self, CourtSite};
use crate::availability::domain::BlockProblem;
use crate::courts::ops::CourtError;
use crate::store_error::StoreError;

/// Why a use case of holidays failed.
#[derive(Debug, thiserror::Error)]
pub enum HolidayError {
    /// A court is the problem.
    #[error(transparent)]
    Court(#[from] CourtError),
    /// HOL-13, HOL-21: unknown, disabled, or another owner's.
    #[error("no such holiday")]
    NotFound,
    /// HOL-12: the owner has one of that name.
    #[error("the name is taken")]
    NameExists,
    /// HOL-09: nothing is left of the name once markup is gone.
    #[error("the name is empty")]
    EmptyName,
    /// HOL-10, HOL-11: the dates make no holiday.
    #[error(transparent)]
    Dates(#[from] DateProblem),
    /// HOL-11: the hours make no block.
    #[error(transparent)]
    Hours(#[from] BlockProblem),
    /// HOL-24: a year beyond the horizon.
    #[error("the year {0:?} is not planned yet")]
    Years(YearsRefused),
    /// More blocks than one call may make.
    #[error("too many blocks at once")]
    TooMany,
    /// HOL-31: bookings are in the way; nothing was changed.
    #[error("bookings are in the way")]
    Conflicts(Vec<NamedConflict>),
    /// HOL-36: bookings that are not settled forbid it; nothing was changed.
    #[error("unsettled bookings are in the way")]
    Pending(Vec<NamedConflict>),
    /// Dates in the wrong order or too far apart.
    #[error("the range of dates makes no sense")]
    Range,
    /// An event or a message could not be written.
    #[error("an event could not be appended")]
    Event(#[source] anyhow::Error),
}

impl From<StoreError> for HolidayError {
    fn from(error: StoreError) -> Self {
        Self::Court(error.into())
    }
}

impl From<sqlx::Error> for HolidayError {
    fn from(error: sqlx::Error) -> Self {
        Self::Court(error.into())
    }
}

/// A conflict with the name of its court.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedConflict {
    /// Greek name of the court.
    pub court_name: String,
    /// What is in the way of what.
    pub conflict: Conflict,
}

/// A name as it is kept: one line of plain text.
fn read_name(text: &str) -> Result<String, HolidayError> {
    let name = plain_text::line(text);
    if name.is_empty() { Err(HolidayError::EmptyName) } else { Ok(name) }
}

/// The courts with these ids, in the order of ids, all of them `owner`'s (HOL-21).
async fn own_courts(
    connection: &mut PgConnection,
    owner: UserId,
    ids: &[CourtId],
    now: Timestamp,
) -> Result<Vec<CourtSite>, HolidayError> {
    let courts = store::find_courts(connection, ids, now).await?;
    if ids.iter().any(|id| !courts.iter().any(|court| court.id == *id)) {
        return Err(CourtError::NotFound.into());
    }
    if courts.iter().any(|court| court.owner != owner) {
        return Err(CourtError::NotOwner.into());
    }
    Ok(courts)
}
