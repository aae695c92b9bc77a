//! The days of a court as its readers see them: asked from the platform, without prices and without people.

use std::sync::Arc;
use std::time::Duration;

use contracts::ids::CourtId;
use contracts::internal::DayAvailability;
use contracts::socket::{
    AvailabilitySnapshot, AvailabilityUpdate, Destination, LiveDay, LiveSlot, SNAPSHOT_DAYS, ServerMessage,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::hub::{Parcel, Readers};
use crate::platform_port::{PlatformError, PlatformPort};

/// How often a read is tried before readers are left with what they have, and the first wait between two tries.
const TRIES: u32 = 5;
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The first and the last day that readers of a court in `timezone` see (LIVE-42).
#[must_use]
pub fn horizon(timezone: &str, now: Timestamp) -> (Date, Date) {
    let zone = TimeZone::get(timezone).unwrap_or(TimeZone::UTC);
    let today = now.to_zoned(zone).date();
    (today, today.saturating_add((i64::from(SNAPSHOT_DAYS) - 1).days()))
}

/// All visible days, stamped after `readers`' last message. Call it with the court's lock held.
///
/// # Errors
/// When the platform does not know the court or cannot be asked.
pub async fn snapshot(
    platform: &PlatformPort,
    readers: &mut Readers,
    court: CourtId,
    timezone: &str,
    now: Timestamp,
    trace_id: String,
) -> Result<Parcel, PlatformError> {
    let (first, last) = horizon(timezone, now);
    let timestamp = readers.stamp(now);
    let days = read(platform, court, first, last).await?;
    let message = ServerMessage::AvailabilitySnapshot(AvailabilitySnapshot {
        court_id: court,
        dates: days.into_iter().map(live_day).collect(),
        timestamp,
        trace_id,
    });
    Ok(Parcel { destination: Destination::CourtAvailability(court), body: body(&message) })
}

/// One day, stamped after `readers`' last message. Call it with the court's lock held.
///
/// # Errors
/// As for [`snapshot`].
pub async fn update(
    platform: &PlatformPort,
    readers: &mut Readers,
    court: CourtId,
    date: Date,
    now: Timestamp,
    trace_id: String,
) -> Result<Parcel, PlatformError> {
    let timestamp = readers.stamp(now);
    let days = read(platform, court, date, date).await?;
    let slots = days.into_iter().next().map(live_day).map(|day| day.slots).unwrap_or_default();
    let message =
        ServerMessage::AvailabilityUpdate(AvailabilityUpdate { court_id: court, date, slots, timestamp, trace_id });
    Ok(Parcel { destination: Destination::CourtAvailability(court), body: body(&message) })
}

async fn read(
    platform: &PlatformPort,
    court: CourtId,
    first: Date,
    last: Date,
) -> Result<Vec<DayAvailability>, PlatformError> {
    let mut wait = FIRST_WAIT;
    for _ in 1..TRIES {
        match platform.availability(court, first, last, None).await {
            Ok(answer) => return Ok(answer.days),
            Err(PlatformError::NotFound) => return Err(PlatformError::NotFound),
            Err(error) => tracing::debug!(%court, %error, "slots could not be read, trying again"),
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    platform.availability(court, first, last, None).await.map(|answer| answer.days)
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
