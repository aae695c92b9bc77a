//! What this slice hears from platform: blocks that call bookings off, removed and transferred courts, new prices, deleted
//! accounts. Handles a message in the transaction that remembers it; the work itself is done by jobs.

use std::sync::Arc;

use contracts::events::{EventPayload, Received, Topic};
use kit::Task;
use kit::bus::{Bus, Consumer, Handler, Message, Subscription};
use sqlx::PgConnection;

use super::ops;
use crate::state::AppState;

/// The consumer group.
pub const GROUP: &str = "transaction.bookings";

/// Hands messages to the use cases.
pub struct PlatformNews {
    state: AppState,
}

impl PlatformNews {
    /// A handler over the shared parts.
    #[must_use]
    pub const fn new(state: AppState) -> Self {
        Self { state }
    }
}

impl Handler for PlatformNews {
    async fn handle(&self, connection: &mut PgConnection, message: &Message) -> anyhow::Result<()> {
        let envelope = match Received::read(&message.payload)? {
            Received::Known(envelope) => envelope,
            Received::Unknown(_) => return Ok(()),
        };
        let state = &self.state;
        match &envelope.payload {
            EventPayload::AvailabilityUpdated(event) => ops::availability_updated(state, connection, event).await?,
            EventPayload::CourtUpdated(event) => ops::court_updated(state, connection, event).await?,
            EventPayload::CourtDeleted(event) => ops::court_deleted(state, connection, event).await?,
            EventPayload::PricingUpdated(event) => ops::pricing_updated(state, connection, event).await?,
            EventPayload::AccountDeleted(event) => ops::account_deleted(state, connection, event).await?,
            _ => {}
        }
        Ok(())
    }

    fn committed(&self, _: &[Message]) {
        self.state.jobs_wake.wake();
    }
}

/// The consumer as a background task.
pub fn consumer_task(state: &AppState, bus: Arc<dyn Bus>) -> Task {
    let topics = [Topic::CourtUpdateEvents, Topic::SecurityEvents].map(|topic| topic.as_str().to_owned());
    let subscription = Subscription::new(GROUP, topics);
    let (pool, clock) = (state.pool.clone(), state.env.clock.clone());
    Consumer::new(bus, pool, clock, subscription, PlatformNews::new(state.clone())).into_task("bookings-platform-news")
}
