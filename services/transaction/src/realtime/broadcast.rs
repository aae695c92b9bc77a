//! Turns events into messages for the readers of this process (LIVE-17, LIVE-18, EVT-17).
//!
//! Follows the bus from its end: what happened while this process was away is in the snapshots that readers get when they
//! come back. An event is only a hint that something changed; what is sent is read anew.

use std::sync::Arc;
use std::time::Duration;

use contracts::events::{Envelope, EventPayload, Received, Topic};
use contracts::identity::Language;
use contracts::ids::{BookingId, CourtId};
use contracts::socket::{BookingStatusUpdate, Destination, ServerMessage};
use jiff::Timestamp;
use jiff::civil::Date;
use kit::Task;
use kit::bus::{Broadcast, Bus, Message};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::days;
use super::hub::{Parcel, Surroundings};
use super::store;
use crate::platform_port::{self, PlatformError};
use crate::state::AppState;

/// Courts whose slots are read at the same time.
const PARALLEL_READS: usize = 16;
/// How often the end of a stopping process looks whether all readers have gone.
const DRAIN_LOOK: Duration = Duration::from_millis(50);

/// The background work of this slice.
#[must_use]
pub fn tasks(state: &AppState, bus: Arc<dyn Bus>) -> Vec<Task> {
    let surroundings = Surroundings::of(state);
    let gateway = state.gateway.clone();
    vec![
        Task::new("realtime-broadcast", move |shutdown| follow(surroundings.clone(), bus.clone(), shutdown)),
        // Upgraded connections are no requests in flight, so the process has to be told to wait for their goodbye.
        Task::new("realtime-drain", move |shutdown| {
            let gateway = gateway.clone();
            async move {
                shutdown.cancelled().await;
                while gateway.open() > 0 {
                    tokio::time::sleep(DRAIN_LOOK).await;
                }
                Ok(())
            }
        }),
    ]
}

async fn follow(surroundings: Surroundings, bus: Arc<dyn Bus>, shutdown: CancellationToken) -> anyhow::Result<()> {
    let topics = [Topic::BookingEvents.as_str().to_owned(), Topic::CourtUpdateEvents.as_str().to_owned()];
    let broadcast = Broadcast::start(&bus, &topics).await?;
    let reads = Arc::new(Semaphore::new(PARALLEL_READS));
    broadcast
        .run(shutdown, move |message| {
            let (surroundings, reads) = (surroundings.clone(), reads.clone());
            async move { tell(&surroundings, &reads, &message).await }
        })
        .await;
    Ok(())
}

async fn tell(surroundings: &Surroundings, reads: &Arc<Semaphore>, message: &Message) {
    let envelope = match Received::read(&message.payload) {
        Ok(Received::Known(envelope)) => envelope,
        Ok(Received::Unknown(_)) => return,
        Err(error) => {
            tracing::warn!(%error, event = %message.event_id, "an event for the sockets cannot be read");
            return;
        }
    };
    let change = Change::of(&envelope);
    if let Some(court) = change.court {
        // Courts nobody watches cost nothing. The others are read side by side; a court's own lock keeps their order.
        if let Some(readers) = surroundings.gateway.readers(court) {
            let surroundings = surroundings.clone();
            let Ok(permit) = reads.clone().acquire_owned().await else { return };
            let (trace_id, caused_at) = (envelope.trace_id.clone(), envelope.timestamp);
            tokio::spawn(async move {
                let mut readers = readers.lock().await;
                if readers.is_empty() {
                    return;
                }
                let told = match &change.days {
                    Days::All => resend_all(&surroundings, &mut readers, court, &trace_id).await,
                    Days::These(dates) => resend(&surroundings, &mut readers, court, dates, &trace_id).await,
                };
                drop(permit);
                match told {
                    Ok(()) => record_latency(caused_at, surroundings.state.env.clock.now()),
                    Err(error) => tracing::error!(%court, %error, "readers of a court could not be told of a change"),
                }
            });
        }
    }
    if let Some(booking) = change.booking
        && let Err(error) = tell_of_booking(surroundings, booking, &envelope).await
    {
        tracing::error!(%booking, %error, "a booking's people could not be told of a change");
    }
}

/// LIVE-21: from the event to the queues of its readers.
fn record_latency(caused_at: Timestamp, now: Timestamp) {
    let seconds = now.duration_since(caused_at).as_secs_f64().max(0.0);
    metrics::histogram!("availability_update_latency_seconds").record(seconds);
}

async fn resend(
    surroundings: &Surroundings,
    readers: &mut super::hub::Readers,
    court: CourtId,
    dates: &[Date],
    trace_id: &str,
) -> Result<(), PlatformError> {
    for &date in dates {
        let now = surroundings.state.env.clock.now();
        let parcel = days::update(&surroundings.platform, readers, court, date, now, trace_id.to_owned()).await?;
        readers.send(&parcel);
    }
    Ok(())
}

async fn resend_all(
    surroundings: &Surroundings,
    readers: &mut super::hub::Readers,
    court: CourtId,
    trace_id: &str,
) -> Result<(), PlatformError> {
    let mut connection = surroundings.pool.acquire().await?;
    let stored = platform_port::court(&mut connection, court).await?;
    drop(connection);
    let stored = stored.ok_or(PlatformError::NotFound)?;
    let now = surroundings.state.env.clock.now();
    let parcel =
        days::snapshot(&surroundings.platform, readers, court, &stored.timezone, now, trace_id.to_owned()).await?;
    readers.send(&parcel);
    Ok(())
}

async fn tell_of_booking(
    surroundings: &Surroundings,
    booking: BookingId,
    envelope: &Envelope<EventPayload>,
) -> Result<(), sqlx::Error> {
    let Some(told) = store::told(&surroundings.pool, booking).await? else { return Ok(()) };
    let Some(status) = told.status else { return Ok(()) };
    let people = told.customer.into_iter().chain([told.owner]);
    for link in people.flat_map(|person| surroundings.gateway.booking_links(person)) {
        let english = told.court_name_en.as_ref().filter(|_| link.language == Language::En);
        let message = ServerMessage::BookingStatusUpdate(BookingStatusUpdate {
            booking_id: booking,
            court_id: told.court,
            court_name: Some(english.unwrap_or(&told.court_name_el).clone()),
            date: Some(told.date),
            start_time: Some(told.start_time),
            end_time: Some(told.end_time),
            status,
            previous_status: told.previous_status,
            cancelled_by: told.cancelled_by,
            cancellation_reason: told.reason.clone(),
            refund_amount_cents: told.refund,
            payment_status: Some(told.payment_status),
            no_show: false,
            timestamp: envelope.timestamp,
            trace_id: envelope.trace_id.clone(),
        });
        link.send(Parcel { destination: Destination::Bookings, body: days::body(&message) });
    }
    Ok(())
}

/// What an event says has changed.
struct Change {
    court: Option<CourtId>,
    days: Days,
    booking: Option<BookingId>,
}

enum Days {
    These(Vec<Date>),
    All,
}

impl Change {
    fn of(envelope: &Envelope<EventPayload>) -> Self {
        let day = |court, date, booking| Self { court: Some(court), days: Days::These(vec![date]), booking };
        let all = |court| Self { court: Some(court), days: Days::All, booking: None };
        match &envelope.payload {
            EventPayload::SlotHeld(event) => day(event.court_id, event.slot.date, None),
            EventPayload::SlotReleased(event) => day(event.court_id, event.slot.date, None),
            EventPayload::BookingCreated(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingConfirmed(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingCancelled(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingCompleted(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingModified(event) => Self {
                court: Some(event.court_id),
                days: Days::These(vec![event.previous_date, event.new_date]),
                booking: Some(event.booking_id),
            },
            EventPayload::AvailabilityUpdated(event) => all(event.court_id),
            EventPayload::CourtUpdated(event) => all(event.court_id),
            _ => Self { court: None, days: Days::These(Vec::new()), booking: None },
        }
    }
}
