//! Turns events into messages for the readers of this process (LIVE-17, LIVE-18, EVT-17).
//!
//! Follows the bus from its end: what happened while this process was away is in the snapshots that readers get when they
//! come back. An event is only a hint that something changed; what is sent is read anew.

use std::sync::Arc;
use std::time::Duration;

use contracts::events::{Envelope, EventPayload, Received, Topic};
use contracts::identity::Language;
use contracts::ids::{BookingId, CourtId, UserId};
use contracts::socket::{BookingStatusUpdate, ServerMessage};
use kit::Task;
use kit::bus::{Broadcast, Bus, Message};
use kit::trace::TraceContext;
use tokio_util::sync::CancellationToken;

use super::court::{Change, Days};
use super::days;
use super::hub::Surroundings;
use super::link::Parcel;
use super::presence;
use super::store;
use super::telling::Teller;
use crate::state::AppState;

/// How often the end of a stopping process looks whether all readers have gone.
const DRAIN_LOOK: Duration = Duration::from_millis(50);

/// The background work of this slice.
#[must_use]
pub fn tasks(state: &AppState, bus: Arc<dyn Bus>) -> Vec<Task> {
    describe_metrics();
    let surroundings = Surroundings::of(state);
    let gateway = state.gateway.clone();
    vec![
        Task::new("realtime-presence", {
            let surroundings = surroundings.clone();
            move |shutdown| presence::keep(surroundings.clone(), shutdown)
        }),
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

fn describe_metrics() {
    metrics::describe_gauge!("socket_connections", "Open live connections");
    metrics::describe_counter!("socket_errors_total", "Errors told to live connections by code");
    metrics::describe_counter!("socket_slow_readers_total", "Live connections cut off because they fell behind");
    metrics::describe_histogram!(
        "availability_update_latency_seconds",
        metrics::Unit::Seconds,
        "From an event to the queues of a court's readers"
    );
}

async fn follow(surroundings: Surroundings, bus: Arc<dyn Bus>, shutdown: CancellationToken) -> anyhow::Result<()> {
    let topics = [Topic::BookingEvents, Topic::CourtUpdateEvents, Topic::SecurityEvents];
    let topics = topics.map(|topic| topic.as_str().to_owned());
    let broadcast = Broadcast::start(&bus, &topics).await?;
    let teller = Teller::new(surroundings.clone());
    // After a break of this task: what happened meanwhile was heard by nobody here.
    teller.tell_everything(&TraceContext::start().trace_id());
    broadcast
        .run(shutdown, move |message| {
            let (surroundings, teller) = (surroundings.clone(), teller.clone());
            async move { tell(&surroundings, &teller, &message).await }
        })
        .await;
    Ok(())
}

async fn tell(surroundings: &Surroundings, teller: &Teller, message: &Message) {
    let envelope = match Received::read(&message.payload) {
        Ok(Received::Known(envelope)) => envelope,
        Ok(Received::Unknown(_)) => return,
        Err(error) => {
            tracing::warn!(%error, event = %message.event_id, "an event for the sockets cannot be read");
            return;
        }
    };
    let heard = Heard::of(&envelope);
    if let Some(person) = heard.shut_out {
        // Forgotten first, so that whoever comes back from here on is asked about anew.
        surroundings.state.auth.accounts.forget(person);
        surroundings.gateway.shut_out(person);
    }
    // Courts nobody watches cost nothing.
    if let Some((court, days)) = heard.court
        && let Some(watched) = surroundings.gateway.watched(court)
    {
        let change = Change { days, trace_id: envelope.trace_id.clone(), caused_at: envelope.timestamp };
        teller.tell(court, &watched, change);
        drop(watched);
        surroundings.gateway.forget_if_unwatched(court);
    }
    if let Some(booking) = heard.booking
        && surroundings.gateway.anyone_hears_of_bookings()
        && let Err(error) = tell_of_booking(surroundings, booking, &envelope).await
    {
        tracing::error!(%booking, %error, "a booking's people could not be told of a change");
    }
}

async fn tell_of_booking(
    surroundings: &Surroundings,
    booking: BookingId,
    envelope: &Envelope<EventPayload>,
) -> Result<(), sqlx::Error> {
    let Some(told) = store::told(&surroundings.pool, booking).await? else { return Ok(()) };
    let Some(status) = told.status else { return Ok(()) };
    // What goes back is on the event; the payment only knows what has been asked of Stripe so far.
    let refund = match &envelope.payload {
        EventPayload::BookingCancelled(event) => event.refund_amount_cents,
        _ => told.refund,
    };
    let people = told.customer.filter(|&customer| customer != told.owner).into_iter().chain([told.owner]);
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
            refund_amount_cents: refund,
            payment_status: Some(told.payment_status),
            no_show: false,
            timestamp: envelope.timestamp,
            trace_id: envelope.trace_id.clone(),
        });
        link.send(Parcel::Message(days::body(&message)));
    }
    Ok(())
}

/// What an event says has changed.
struct Heard {
    court: Option<(CourtId, Days)>,
    booking: Option<BookingId>,
    /// Somebody who may not be here any more (LIVE-61).
    shut_out: Option<UserId>,
}

impl Heard {
    fn of(envelope: &Envelope<EventPayload>) -> Self {
        let day =
            |court, date, booking| Self { court: Some((court, Days::These(vec![date]))), booking, shut_out: None };
        let all = |court| Self { court: Some((court, Days::All)), booking: None, shut_out: None };
        let gone = |person| Self { court: None, booking: None, shut_out: Some(person) };
        match &envelope.payload {
            EventPayload::SlotHeld(event) => day(event.court_id, event.slot.date, None),
            EventPayload::SlotReleased(event) => day(event.court_id, event.slot.date, None),
            EventPayload::BookingCreated(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingConfirmed(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingCancelled(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingCompleted(event) => day(event.court_id, event.slot.date, Some(event.booking_id)),
            EventPayload::BookingModified(event) => Self {
                court: Some((event.court_id, Days::These(vec![event.previous_date, event.new_date]))),
                booking: Some(event.booking_id),
                shut_out: None,
            },
            EventPayload::AvailabilityUpdated(event) => all(event.court_id),
            EventPayload::CourtUpdated(event) => all(event.court_id),
            EventPayload::AccountSuspended(event) => gone(event.user_id),
            EventPayload::AccountDeleted(event) => gone(event.user_id),
            _ => Self { court: None, booking: None, shut_out: None },
        }
    }
}
