//! The places between the steps of a checkout where a process may die. Nothing happens there unless whoever built the
//! service put a [`Checkpoint`] in: tests do, to stop exactly there; production passes none.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

/// A place between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The slot is held, Stripe was not asked.
    AfterHold,
    /// Stripe has answered, nothing of it is stored.
    AfterCharge,
    /// Everything is ready to be written: booking, payment and event in one statement.
    BeforeEvent,
}

/// Is told when a checkout passes a place. A future that never ends keeps it there.
pub trait Checkpoint: Send + Sync + 'static {
    /// Called at `place`; the checkout goes on when the future ends.
    fn pass(&self, place: Place) -> BoxFuture<'_, ()>;
}

/// The checkpoint of a service, if it was built with one.
#[derive(Clone, Default)]
pub struct Checkpoints(Option<Arc<dyn Checkpoint>>);

impl Checkpoints {
    /// All checkouts report to `checkpoint`.
    #[must_use]
    pub fn new(checkpoint: Arc<dyn Checkpoint>) -> Self {
        Self(Some(checkpoint))
    }

    /// Passes `place`.
    pub async fn pass(&self, place: Place) {
        if let Some(checkpoint) = &self.0 {
            checkpoint.pass(place).await;
        }
    }
}

impl fmt::Debug for Checkpoints {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Checkpoints(observed)" } else { "Checkpoints(none)" })
    }
}
