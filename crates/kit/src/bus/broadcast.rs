//! Follows topics live, for the fan-out to sockets. Every process sees every message; nothing is remembered.
//!
//! It never touches the database of a service: what must happen once belongs to a [`super::Consumer`].

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Bus, BusError, Message, Tail};
use crate::dead_letters;

/// The wait before the next attempt when the bus is away.
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);

/// A live view of some topics that survives outages of the bus.
pub struct Broadcast {
    tail: Box<dyn Tail>,
}

impl Broadcast {
    /// Begins to watch: whatever is published after this returns reaches [`Broadcast::run`].
    ///
    /// # Errors
    /// When the bus is away.
    pub async fn start(bus: &Arc<dyn Bus>, topics: &[String]) -> Result<Self, BusError> {
        Ok(Self { tail: bus.tail(topics).await? })
    }

    /// Hands each message to `on_message`, in order per key, until `shutdown`.
    pub async fn run<F, Done>(mut self, shutdown: CancellationToken, mut on_message: F)
    where
        F: FnMut(Message) -> Done + Send,
        Done: Future<Output = ()> + Send,
    {
        loop {
            let batch = tokio::select! {
                () = shutdown.cancelled() => return,
                batch = self.tail.next_batch() => batch,
            };
            match batch {
                Ok(batch) => {
                    // A replay is for one consumer group: a live view has seen the message when it was new.
                    for message in batch.into_iter().filter(|message| !dead_letters::is_replay(&message.headers)) {
                        on_message(message).await;
                    }
                }
                Err(BusError::Closed) => return,
                Err(error) => {
                    tracing::warn!(%error, "the live view of the bus waits out an outage");
                    tokio::select! {
                        () = shutdown.cancelled() => return,
                        () = tokio::time::sleep(OUTAGE_PAUSE) => {}
                    }
                }
            }
        }
    }
}
