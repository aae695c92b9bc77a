//! The days of a court as its readers see them: asked from the platform, without prices and without people.

use std::sync::Arc;
use std::time::Duration;

use contracts::ids::CourtId;
use contracts::internal::DayAvailability;
use contracts::socket::{AvailabilitySnapshot, AvailabilityUpdate, LiveDay, LiveSlot, SNAPSHOT_DAYS, ServerMessage};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::court::Order;
use crate::platform_port::{self, PlatformError, PlatformPort};

/// How long one read may hold up a court's readers. The platform's client tries again within it.
const READ_TIME: Duration = Duration::from_secs(3);

/// Why slots could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The platform has no such court.
    #[error("there is no such court")]
    NoSuchCourt,
    /// The platform took too long.
    #[error("the platform did not answer in time")]
    Late,
    /// The platform could not be asked.
    #[error(transparent)]
    Platform(PlatformError),
}

impl From<PlatformError> for ReadError {
    fn from(error: PlatformError) -> Self {
        match error {
            PlatformError::NotFound => Self::NoSuchCourt,
            other => Self::Platform(other),
        }
    }
}

impl From<sqlx::Error> for ReadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Platform(error.into())
    }
}

/// The first and the last day that readers of a court in `timezone` see (LIVE-42).
#[must_use]
pub fn horizon(timezone: &str, now: Timestamp) -> (Date, Date) {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let today = now.to_zoned(zone).date();
    (today, today.saturating_add((i64::from(SNAPSHOT_DAYS) - 1).days()))
}

/// All visible days of `court`. `at` was taken before: what is read is never older than its stamp.
///
/// # Errors
/// See [`ReadError`].
pub async fn snapshot(
    platform: &PlatformPort,
    order: &mut Order,
    court: &platform_port::Court,
    at: Timestamp,
    trace_id: String,
) -> Result<Arc<str>, ReadError> {
    let (first, last) = horizon(&court.timezone, at);
    order.timezone = Some(court.timezone.clone());
    let days = read(platform, court.id, first, last).await?;
    Ok(body(&ServerMessage::AvailabilitySnapshot(AvailabilitySnapshot {
        court_id: court.id,
        dates: days.into_iter().map(live_day).collect(),
        timestamp: at,
        trace_id,
    })))
}

/// One day of a court; none when readers do not see that day. `at` is as for [`snapshot`].
///
/// # Errors
/// See [`ReadError`].
pub async fn update(
    platform: &PlatformPort,
    order: &Order,
    court: CourtId,
    date: Date,
    at: Timestamp,
    trace_id: String,
) -> Result<Option<Arc<str>>, ReadError> {
    let unseen = order.timezone.as_deref().is_some_and(|timezone| {
        let (first, last) = horizon(timezone, at);
        date < first || date > last
    });
    if unseen {
        return Ok(None);
    }
    let days = read(platform, court, date, date).await?;
    let slots = days.into_iter().next().map(live_day).map(|day| day.slots).unwrap_or_default();
    let update = AvailabilityUpdate { court_id: court, date, slots, timestamp: at, trace_id };
    Ok(Some(body(&ServerMessage::AvailabilityUpdate(update))))
}

async fn read(
    platform: &PlatformPort,
    court: CourtId,
    first: Date,
    last: Date,
) -> Result<Vec<DayAvailability>, ReadError> {
    let answer = tokio::time::timeout(READ_TIME, platform.availability(court, first, last, None)).await;
    Ok(answer.map_err(|_| ReadError::Late)??.days)
}

fn live_day(day: DayAvailability) -> LiveDay {
    let slots = day
        .slots
        .into_iter()
        .map(|slot| LiveSlot {
            start_time: slot.start_time,
            end_time: slot.end_time,
            status: slot.status,
            hold_expires_at: slot.hold_expires_at,
        })
        .collect();
    LiveDay { date: day.date, slots }
}

/// The JSON of a message. Our own types always print.
#[must_use]
pub fn body(message: &ServerMessage) -> Arc<str> {
    serde_json::to_string(message).unwrap_or_default().into()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// LIVE-42: fourteen days from today, and today is the court's: late in the evening in UTC it is tomorrow in Athens.
    #[test]
    fn the_horizon_is_in_the_courts_days() {
        let late = "2026-05-04T21:30:00Z".parse().expect("a literal instant");
        assert_eq!(horizon("Europe/Athens", late), (date(2026, 5, 5), date(2026, 5, 18)));
        assert_eq!(horizon("Europe/London", late), (date(2026, 5, 4), date(2026, 5, 17)));
        assert_eq!(horizon("nowhere", late), (date(2026, 5, 4), date(2026, 5, 17)));
    }
}
