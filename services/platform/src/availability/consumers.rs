//! Drops kept days when something happens to a court. Every process follows the topics by itself, because each keeps its
//! own days; nothing is decided or stored here.

use std::sync::Arc;

use contracts::events::{EventPayload, Received, Topic};
use contracts::ids::CourtId;
use jiff::civil::Date;
use kit::Task;
use kit::bus::{Broadcast, Bus, Message};

use super::cache::Availability;

/// What an event makes old.
#[derive(Debug, PartialEq, Eq)]
enum Outdated {
    Nothing,
    Days(CourtId, Vec<Date>),
    Courts(Vec<CourtId>),
    Everything,
}

/// Follows `booking-events` and `court-update-events` until the shutdown.
pub fn cache_task(availability: Availability, bus: Arc<dyn Bus>) -> Task {
    Task::new("platform-availability", move |shutdown| {
        let (availability, bus) = (availability.clone(), bus.clone());
        async move {
            let topics = [Topic::BookingEvents, Topic::CourtUpdateEvents].map(|topic| topic.as_str().to_owned());
            let broadcast = Broadcast::start(&bus, &topics).await?;
            // What was kept before the topics were followed may have missed an event.
            availability.forget_all();
            broadcast
                .run(shutdown, move |message| {
                    drop_outdated(&availability, &message);
                    std::future::ready(())
                })
                .await;
            Ok(())
        }
    })
}

fn drop_outdated(availability: &Availability, message: &Message) {
    let outdated = match Received::read(&message.payload) {
        Ok(Received::Known(envelope)) => outdated_by(&envelope.payload),
        Ok(Received::Unknown(_)) => Outdated::Nothing,
        Err(error) => {
            // Nothing is lost by reading everything again, whatever the message meant.
            tracing::warn!(%error, topic = message.topic(), "an unreadable event drops all kept days");
            Outdated::Everything
        }
    };
    match outdated {
        Outdated::Nothing => {}
        Outdated::Days(court, dates) => dates.into_iter().for_each(|date| availability.forget_day(court, date)),
        Outdated::Courts(courts) => courts.into_iter().for_each(|court| availability.forget_court(court)),
        Outdated::Everything => availability.forget_all(),
    }
}

/// LIVE-16, EVT-17: a booking or hold touches its date, a move both dates; a change of the court touches all of its days.
fn outdated_by(event: &EventPayload) -> Outdated {
    match event {
        EventPayload::BookingCreated(event) => Outdated::Days(event.court_id, vec![event.slot.date]),
        EventPayload::BookingConfirmed(event) => Outdated::Days(event.court_id, vec![event.slot.date]),
        EventPayload::BookingCancelled(event) => Outdated::Days(event.court_id, vec![event.slot.date]),
        EventPayload::BookingCompleted(event) => Outdated::Days(event.court_id, vec![event.slot.date]),
        EventPayload::SlotHeld(event) => Outdated::Days(event.court_id, vec![event.slot.date]),
        EventPayload::SlotReleased(event) => Outdated::Days(event.court_id, vec![event.slot.date]),
        EventPayload::BookingModified(event) => {
            Outdated::Days(event.court_id, vec![event.previous_date, event.new_date])
        }
        EventPayload::CourtUpdated(event) => Outdated::Courts(vec![event.court_id]),
        EventPayload::PricingUpdated(event) => Outdated::Courts(vec![event.court_id]),
        EventPayload::AvailabilityUpdated(event) => Outdated::Courts(vec![event.court_id]),
        EventPayload::CourtDeleted(event) => Outdated::Courts(vec![event.court_id]),
        EventPayload::StripeConnectStatusChanged(event) => match &event.affected_court_ids {
            Some(courts) => Outdated::Courts(courts.clone()),
            None => Outdated::Everything,
        },
        _ => Outdated::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use contracts::booking::Slot;
    use contracts::court::TimeOfDay;
    use contracts::events::{BookingModified, SlotHeld};
    use contracts::ids::{BookingId, UserId};
    use jiff::Timestamp;
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    const COURT: CourtId = CourtId(Uuid::from_u128(7));

    /// LIVE-16: the day of a hold, and both days of a move.
    #[test]
    fn bookings_make_their_days_old() {
        let hold = SlotHeld {
            court_id: COURT,
            slot: Slot { date: date(2026, 11, 21), start_time: TimeOfDay::MIDNIGHT, end_time: TimeOfDay::LAST },
            hold_expires_at: Timestamp::UNIX_EPOCH,
            held_by_user_id: None,
        };
        assert_eq!(outdated_by(&hold.into()), Outdated::Days(COURT, vec![date(2026, 11, 21)]));
        let moved = BookingModified {
            booking_id: BookingId(Uuid::from_u128(1)),
            court_id: COURT,
            user_id: UserId(Uuid::from_u128(2)),
            previous_date: date(2026, 11, 21),
            previous_start_time: TimeOfDay::MIDNIGHT,
            previous_end_time: TimeOfDay::LAST,
            new_date: date(2026, 11, 28),
            new_start_time: TimeOfDay::MIDNIGHT,
            new_end_time: TimeOfDay::LAST,
            price_difference_cents: None,
        };
        assert_eq!(outdated_by(&moved.into()), Outdated::Days(COURT, vec![date(2026, 11, 21), date(2026, 11, 28)]));
    }
}
