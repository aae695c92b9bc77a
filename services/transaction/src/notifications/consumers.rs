//! What this slice hears: requests for messages of both services, and accounts that are gone.

use std::sync::Arc;

use contracts::events::{EventPayload, Received, Topic};
use kit::Task;
use kit::bus::{Bus, Consumer, Handler, Message, Subscription};
use sqlx::PgConnection;
use tracing::Instrument as _;

use super::ops;
use crate::state::AppState;

/// The consumer group.
pub const GROUP: &str = "transaction.notifications";

/// Hands messages to the use cases.
pub struct Requests {
    state: AppState,
}

impl Requests {
    /// A handler over the shared parts.
    #[must_use]
    pub const fn new(state: AppState) -> Self {
        Self { state }
    }
}

impl Handler for Requests {
    async fn handle(&self, connection: &mut PgConnection, message: &Message) -> anyhow::Result<()> {
        if message.topic() == Topic::NotificationEvents.as_str() {
            return ops::accept(&self.state, connection, message).await;
        }
        if let Received::Known(envelope) = Received::read(&message.payload)?
            && let EventPayload::AccountDeleted(event) = &envelope.payload
        {
            ops::account_deleted(connection, event.user_id).await?;
        }
        Ok(())
    }

    fn committed(&self, _: &[Message]) {
        self.state.notifications.wake();
        // Told apart from the transaction, which would otherwise hold up all that commits beside it until it is on disk.
        let state = self.state.clone();
        tokio::spawn(async move { ops::call_others(&state).await }.in_current_span());
    }
}

/// The consumer as a background task.
pub fn consumer_task(state: &AppState, bus: Arc<dyn Bus>) -> Task {
    let topics = [Topic::NotificationEvents, Topic::SecurityEvents].map(|topic| topic.as_str().to_owned());
    let subscription = Subscription::new(GROUP, topics);
    let (pool, clock) = (state.pool.clone(), state.env.clock.clone());
    Consumer::new(bus, pool, clock, subscription, Requests::new(state.clone())).into_task("notification-requests")
}
