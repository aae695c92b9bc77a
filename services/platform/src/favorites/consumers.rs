//! Hears what happens to courts and tells those who like them, once per event (FIND-36). What is told commits together
//! with the memory that the event is handled.

use std::sync::Arc;

use contracts::events::{Received, Topic};
use kit::bus::{Bus, Consumer, Handler, Message, StartAt, Subscription};
use kit::outbox::Wake;
use kit::{Env, Task};
use sqlx::PgConnection;

use super::domain::news_of;
use super::ops;
use crate::state::AppState;

/// The consumer group; several processes share its work.
const GROUP: &str = "platform.favorite-alerts";

/// Follows `booking-events` and `court-update-events`.
pub fn alert_task(state: &AppState, bus: Arc<dyn Bus>) -> Task {
    let topics = [Topic::BookingEvents, Topic::CourtUpdateEvents].map(Topic::as_str);
    // What happened before anybody followed is no news any more.
    let subscription = Subscription { start_at: StartAt::End, ..Subscription::new(GROUP, topics) };
    let handler = Alerts { env: state.env.clone(), wake: state.wake.clone() };
    Consumer::new(bus, state.pool.clone(), state.env.clock.clone(), subscription, handler)
        .into_task("platform-favorite-alerts")
}

struct Alerts {
    env: Env,
    wake: Wake,
}

impl Handler for Alerts {
    async fn handle(&self, connection: &mut PgConnection, message: &Message) -> anyhow::Result<()> {
        let Received::Known(envelope) = Received::read(&message.payload)? else { return Ok(()) };
        if let Some(news) = news_of(&envelope.payload) {
            ops::tell(connection, &self.env, news).await?;
        }
        Ok(())
    }

    fn committed(&self, _messages: &[Message]) {
        self.wake.wake();
    }
}
