//! Customers hear of bookings that are near (NOTE-22, NOTE-23).

use contracts::ids::BookingId;
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::ReminderError;
use crate::bookings::domain::state::State;
use crate::bookings::store as bookings;
use crate::outgoing::Outgoing;
use crate::platform_port;
use crate::reminders::domain::upcoming::{due, start_by_the_clock};
use crate::reminders::{events, store};
use crate::state::AppState;

/// Bookings that are looked up at once.
const PAGE: i64 = 500;
/// A court that moves to another zone moves the starts of its bookings by less than this.
const ZONE_SLACK: SignedDuration = SignedDuration::from_hours(26);

/// Looks at all bookings that are near and sends what is due; answers how many reminders. A booking that fails is logged and
/// left for the next look, so that one cannot hold up the others.
///
/// # Errors
/// When the database is away.
pub async fn remind_customers(state: &AppState) -> Result<usize, ReminderError> {
    let now = state.env.clock.now();
    let hours = &state.config.bookings.customer_reminder_hours;
    let Some(longest) = hours.iter().max() else { return Ok(0) };
    let until = now + SignedDuration::from_hours(i64::from(*longest)) + ZONE_SLACK;
    let all = i64::try_from(hours.len()).unwrap_or(i64::MAX);
    let (mut sent, mut after) = (0, None);
    loop {
        let mut connection = state.pool.acquire().await?;
        let page = store::near(&mut connection, now, until, all, after, PAGE).await?;
        drop(connection);
        let Some(last) = page.last() else { return Ok(sent) };
        after = Some(*last);
        for id in page {
            match remind(state, id, hours).await {
                Ok(told) => sent += usize::from(told),
                Err(error) => tracing::error!(booking = %id, %error, "a reminder could not be sent"),
            }
        }
    }
}

/// Settles the reminders of one booking that are due, under its lock: whoever calls it off or moves it comes before or
/// after. Answers whether one was sent.
async fn remind(state: &AppState, id: BookingId, hours: &[u32]) -> Result<bool, ReminderError> {
    let now = state.env.clock.now();
    let mut transaction = kit::db::begin(&state.pool).await?;
    let Some(booking) = bookings::lock(&mut transaction, id).await? else { return Ok(false) };
    let Some(customer) = booking.customer().filter(|_| booking.state == State::Confirmed) else { return Ok(false) };
    // NOTE-22: by the clock of the court as it is now, not as it was when the slot was booked.
    let court = platform_port::court(&mut transaction, booking.court.id).await?;
    let zone = court.map_or_else(|| booking.slot.timezone.clone(), |court| court.timezone);
    let starts_at = TimeZone::get(&zone)
        .ok()
        .and_then(|zone| start_by_the_clock(booking.slot.date, booking.slot.start, &zone))
        .unwrap_or(booking.slot.starts_at);
    let settled = store::settled(&mut transaction, id, booking.slot.starts_at).await?;
    let known_since = store::slot_known_since(&mut transaction, id, booking.created_at).await?;
    let due = due(starts_at, hours, known_since, &settled, now);
    if due.settle.is_empty() {
        return Ok(false);
    }
    store::settle(&mut transaction, id, booking.slot.starts_at, &due.settle, due.send, now).await?;
    if let Some(hours) = due.send {
        let mut out = Outgoing::new(now).about(id);
        events::near(&mut out, &state.env, &booking, customer, hours)?;
        out.append(&mut transaction).await?;
    }
    transaction.commit().await?;
    if due.send.is_some() {
        state.events_wake.wake();
    }
    Ok(due.send.is_some())
}
