//! What the rest of the world hears of holidays: one event per court and call (HOL-52), one message per person.

use std::collections::BTreeMap;

use contracts::court::TimeOfDay;
use contracts::events::{
    AvailabilityChange, AvailabilityUpdated, BlockedTime, DateRange, NotificationData, NotificationType, Urgency,
};
use contracts::ids::{BookingId, CourtId, OverrideId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use kit::Env;
use sqlx::PgConnection;

use super::domain::Block;
use super::texts::Text;
use crate::notices::{self, Notice};
use crate::outbox;

/// Bookings of one court that its owner gives up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cancellation {
    /// The bookings.
    pub bookings: Vec<BookingId>,
    /// The holidays, by name.
    pub reasons: Vec<String>,
}

/// Appends `OVERRIDE_CREATED` for one court: from the first to the last of its new blocks, with the first one itself, and
/// the bookings given up for them (HOL-34). Their customers have been told already.
pub async fn append_blocks_created(
    connection: &mut PgConnection,
    env: &Env,
    owner: UserId,
    created: &[(OverrideId, Block)],
    cancellation: Cancellation,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Some((id, first)) = created.iter().min_by_key(|(_, block)| block.date) else { return Ok(()) };
    let last = created.iter().map(|(_, block)| block.date).max().unwrap_or(first.date);
    let (start, end) = first.time.times();
    let cancels = !cancellation.bookings.is_empty();
    let event = AvailabilityUpdated {
        court_id: first.court,
        court_owner_id: owner,
        change_type: AvailabilityChange::OverrideCreated,
        affected_date_range: Some(DateRange { from: first.date, to: last }),
        blocked: Some(BlockedTime {
            override_id: *id,
            date: first.date,
            start_time: start.map(TimeOfDay::from_time),
            end_time: end.map(TimeOfDay::from_time),
            reason: first.reason.clone(),
        }),
        cancel_booking_ids: cancels.then_some(cancellation.bookings),
        cancellation_reason: cancels.then(|| cancellation.reasons.join(", ")),
        customers_told: cancels.then_some(true),
    };
    outbox::append(env, connection, event, now).await
}

/// Appends `OVERRIDE_DELETED` for each court among removed blocks.
pub async fn append_blocks_deleted(
    connection: &mut PgConnection,
    env: &Env,
    owner: UserId,
    removed: &[(CourtId, Date)],
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut ranges: BTreeMap<CourtId, DateRange> = BTreeMap::new();
    for (court, date) in removed {
        let range = ranges.entry(*court).or_insert(DateRange { from: *date, to: *date });
        range.from = range.from.min(*date);
        range.to = range.to.max(*date);
    }
    for (court, range) in ranges {
        let event = AvailabilityUpdated {
            court_id: court,
            court_owner_id: owner,
            change_type: AvailabilityChange::OverrideDeleted,
            affected_date_range: Some(range),
            blocked: None,
            cancel_booking_ids: None,
            cancellation_reason: None,
            customers_told: None,
        };
        outbox::append(env, connection, event, now).await?;
    }
    Ok(())
}

/// Tells a customer that bookings are called off. CRITICAL: somebody may be on the way already.
pub async fn tell_customer(
    connection: &mut PgConnection,
    env: &Env,
    to: UserId,
    text: Text,
    only: Option<BookingId>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let deep_link = only.map_or_else(|| "/bookings".to_owned(), |booking| format!("/bookings/{booking}"));
    let notice = Notice {
        to,
        kind: NotificationType::BookingCancelled,
        urgency: Urgency::Critical,
        title: text.title,
        body: text.body,
        data: NotificationData { booking_id: only, deep_link: Some(deep_link), ..NotificationData::default() },
        channels: None,
    };
    notices::request(connection, env, notice, now).await
}

/// Tells an owner about holidays (NOTE-02).
pub async fn tell_owner(
    connection: &mut PgConnection,
    env: &Env,
    to: UserId,
    text: Text,
    now: Timestamp,
) -> anyhow::Result<()> {
    let notice = Notice {
        to,
        kind: NotificationType::ReminderAlert,
        urgency: Urgency::Standard,
        title: text.title,
        body: text.body,
        data: NotificationData { deep_link: Some("/holidays".to_owned()), ..NotificationData::default() },
        channels: None,
    };
    notices::request(connection, env, notice, now).await
}
