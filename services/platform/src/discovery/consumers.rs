//! Drops what is kept for the map and for details when something happens to a court or a match. Every process follows the
//! topics by itself, because each keeps its own; nothing is decided or stored here.

use std::sync::Arc;

use contracts::events::{EventPayload, Received, Topic};
use contracts::ids::CourtId;
use kit::Task;
use kit::bus::{Broadcast, Bus, Message};

use super::cache::OpenMatches;
use crate::courts::CourtSheets;

/// What an event makes old.
#[derive(Debug, PartialEq, Eq)]
enum Outdated {
    Nothing,
    Matches,
    /// A hidden or renamed court changes the matches on it too (FIND-51).
    Courts(Vec<CourtId>),
    Everything,
}

/// Follows `match-events` and `court-update-events` until the shutdown.
pub fn cache_task(matches: OpenMatches, sheets: CourtSheets, bus: Arc<dyn Bus>) -> Task {
    Task::new("platform-discovery", move |shutdown| {
        let (matches, sheets, bus) = (matches.clone(), sheets.clone(), bus.clone());
        async move {
            let topics = [Topic::MatchEvents, Topic::CourtUpdateEvents].map(|topic| topic.as_str().to_owned());
            let broadcast = Broadcast::start(&bus, &topics).await?;
            // What was kept before the topics were followed may have missed an event.
            matches.forget_all();
            sheets.forget_all();
            broadcast
                .run(shutdown, move |message| {
                    drop_outdated(&matches, &sheets, &message);
                    std::future::ready(())
                })
                .await;
            Ok(())
        }
    })
}

fn drop_outdated(matches: &OpenMatches, sheets: &CourtSheets, message: &Message) {
    let outdated = match Received::read(&message.payload) {
        Ok(Received::Known(envelope)) => outdated_by(&envelope.payload),
        Ok(Received::Unknown(_)) => Outdated::Nothing,
        Err(error) => {
            // Nothing is lost by reading everything again, whatever the message meant.
            tracing::warn!(%error, topic = message.topic(), "an unreadable event drops everything kept for details");
            Outdated::Everything
        }
    };
    match outdated {
        Outdated::Nothing => {}
        Outdated::Matches => matches.forget_all(),
        Outdated::Courts(courts) => {
            matches.forget_all();
            courts.into_iter().for_each(|court| sheets.forget(court));
        }
        Outdated::Everything => {
            matches.forget_all();
            sheets.forget_all();
        }
    }
}

fn outdated_by(event: &EventPayload) -> Outdated {
    match event {
        EventPayload::MatchCreated(_) | EventPayload::MatchUpdated(_) | EventPayload::MatchClosed(_) => {
            Outdated::Matches
        }
        EventPayload::CourtUpdated(event) => Outdated::Courts(vec![event.court_id]),
        EventPayload::PricingUpdated(event) => Outdated::Courts(vec![event.court_id]),
        EventPayload::CancellationPolicyUpdated(event) => Outdated::Courts(vec![event.court_id]),
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
    use contracts::events::{CourtDeleted, MatchClosed};
    use contracts::ids::{MatchId, UserId};
    use uuid::Uuid;

    use super::*;

    const COURT: CourtId = CourtId(Uuid::from_u128(7));

    /// FIND-49, FIND-51: a match makes matches old, a court what is known of it.
    #[test]
    fn events_make_old_what_they_touch() {
        let closed = MatchClosed {
            match_id: MatchId(Uuid::from_u128(1)),
            court_id: COURT,
            close_reason: contracts::events::MatchCloseReason::Full,
        };
        assert_eq!(outdated_by(&closed.into()), Outdated::Matches);
        let deleted = CourtDeleted { court_id: COURT, court_owner_id: UserId(Uuid::from_u128(2)) };
        assert_eq!(outdated_by(&deleted.into()), Outdated::Courts(vec![COURT]));
    }
}
