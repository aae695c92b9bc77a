//! Holidays over HTTP: what requests and answers look like and which status and code a failed use case gets.

mod admin;
mod apply;
mod court;
mod custom;
mod national;

use contracts::codes;
use contracts::court::TimeOfDay;
use contracts::ids::{BookingId, CourtId};
use contracts::local_date::LocalDate;
use kit::ApiError;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;

use super::domain::{DateProblem, Holiday, Skipped};
use super::ops::{HolidayError, NamedConflict, Removal};
use crate::availability::domain::BlockProblem;
use crate::state::AppState;

/// Longest name of a holiday, in characters (HOL-09).
const NAME_LENGTH: usize = 255;
/// HOL-05: the years after the current one whose dates are shown.
const YEARS_SHOWN: i16 = 2;

pub fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(national::router())
        .merge(custom::router())
        .merge(apply::router())
        .merge(court::router())
        .merge(admin::router())
}

/// A holiday's first day in a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpcomingDate {
    year: i16,
    date: LocalDate,
}

/// The dates of a holiday in the current and the next two years, where it has one (HOL-05).
fn upcoming_dates(holiday: &Holiday, current: i16) -> Vec<UpcomingDate> {
    (current..=current + YEARS_SHOWN)
        .filter_map(|year| Some(UpcomingDate { year, date: holiday.pattern.date_in(year)?.into() }))
        .collect()
}

/// What becomes of the blocks of a holiday that ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DeleteOverrides {
    /// They stay and go on blocking.
    Keep,
    /// All of them go.
    DeleteAll,
    /// Those dated after today go.
    DeleteFuture,
}

impl From<DeleteOverrides> for Removal {
    fn from(wanted: DeleteOverrides) -> Self {
        match wanted {
            DeleteOverrides::Keep => Self::Keep,
            DeleteOverrides::DeleteAll => Self::All,
            DeleteOverrides::DeleteFuture => Self::Future,
        }
    }
}

/// A date that stays open.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SkippedDate {
    court_id: CourtId,
    date: LocalDate,
    /// `ALREADY_BLOCKED`, `EXISTING_BOOKINGS` or `PENDING_BOOKINGS`.
    #[schema(example = "EXISTING_BOOKINGS")]
    reason: &'static str,
}

impl From<Skipped> for SkippedDate {
    fn from(skipped: Skipped) -> Self {
        Self { court_id: skipped.block.court, date: skipped.block.date.into(), reason: skipped.reason.as_str() }
    }
}

/// A booking in the way of a holiday.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExistingBooking {
    /// Null while somebody is paying: there is no booking to show yet.
    booking_id: Option<BookingId>,
    customer_name: String,
    start_time: TimeOfDay,
    end_time: TimeOfDay,
    /// Cents.
    amount: i64,
}

/// A date on which customers have booked.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HolidayConflict {
    court_id: CourtId,
    court_name: String,
    date: LocalDate,
    holiday_name: String,
    existing_bookings: Vec<ExistingBooking>,
}

impl From<NamedConflict> for HolidayConflict {
    fn from(named: NamedConflict) -> Self {
        let NamedConflict { court_name, conflict } = named;
        let bookings = conflict.bookings.into_iter().map(|booking| ExistingBooking {
            booking_id: booking.id,
            customer_name: booking.customer_name,
            start_time: TimeOfDay::from_time(booking.start),
            end_time: TimeOfDay::from_time(booking.end),
            amount: booking.amount.0,
        });
        Self {
            court_id: conflict.block.court,
            court_name,
            date: conflict.block.date.into(),
            holiday_name: conflict.block.reason,
            existing_bookings: bookings.collect(),
        }
    }
}

fn conflicts(found: Vec<NamedConflict>) -> Vec<HolidayConflict> {
    found.into_iter().map(HolidayConflict::from).collect()
}

/// A member that was sent, even as null; with `default` an absent one stays `None`.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn not_blank(text: &str, _: &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("length is lower than 1")) } else { Ok(()) }
}

impl From<HolidayError> for ApiError {
    fn from(error: HolidayError) -> Self {
        match error {
            HolidayError::Court(cause) => cause.into(),
            HolidayError::NotFound => Self::new(&codes::HOLIDAY_NOT_FOUND),
            HolidayError::NameExists => Self::new(&codes::HOLIDAY_NAME_EXISTS),
            HolidayError::EmptyName => Self::validation("nameEl", "must not be blank", "δεν πρέπει να είναι κενό"),
            HolidayError::Dates(problem) => wrong_dates(problem),
            HolidayError::Hours(BlockProblem::HalfGiven) => Self::validation(
                "startTime",
                "startTime and endTime belong together",
                "το startTime και το endTime πάνε μαζί",
            ),
            HolidayError::Hours(BlockProblem::EndNotAfterStart) => {
                Self::validation("endTime", "must be later than startTime", "πρέπει να είναι μετά το startTime")
            }
            HolidayError::Years(refused) => Self::validation(
                format!("years[{}]", refused.index),
                format!("must not be later than {}", refused.last),
                format!("δεν πρέπει να είναι μετά το {}", refused.last),
            ),
            HolidayError::TooMany => Self::validation(
                "courtIds",
                format!("would make more than {} blocks at once", super::domain::MOST_BLOCKS),
                format!("θα έκαναν πάνω από {} αποκλεισμούς μαζί", super::domain::MOST_BLOCKS),
            ),
            HolidayError::Conflicts(found) => {
                Self::new(&codes::HOLIDAY_CONFLICTS).with_member("conflicts", conflicts(found))
            }
            HolidayError::Pending(found) => {
                Self::new(&codes::PENDING_BOOKINGS_ON_DATE).with_member("conflicts", conflicts(found))
            }
            HolidayError::Range => Self::validation(
                "toDate",
                "must not be before fromDate, nor more than 400 days after it",
                "δεν πρέπει να είναι πριν το fromDate, ούτε πάνω από 400 ημέρες μετά",
            ),
            HolidayError::Event(cause) => Self::internal(cause),
        }
    }
}

fn wrong_dates(problem: DateProblem) -> ApiError {
    let (field, en, el) = match problem {
        DateProblem::EndBeforeStart => ("endDate", "must not be before date", "δεν πρέπει να είναι πριν το date"),
        DateProblem::TooLong => {
            ("endDate", "must be at most 30 days after date", "πρέπει να είναι έως 30 ημέρες μετά το date")
        }
        DateProblem::TooFarFromEaster => {
            ("easterOffsetDays", "must lie between -90 and 230", "πρέπει να είναι από -90 έως 230")
        }
        DateProblem::EasterEveryYear => (
            "isRecurring",
            "must not be false with easterOffsetDays",
            "δεν μπορεί να είναι false μαζί με easterOffsetDays",
        ),
    };
    ApiError::validation(field, en, el)
}
