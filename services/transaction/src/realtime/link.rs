//! The way to one connection: a bounded queue that is never waited for (LIVE-55).

use std::sync::Arc;

use contracts::identity::Language;
use contracts::ids::UserId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Messages that may wait for one reader.
pub const QUEUE: usize = 256;

/// Something for one subscription of a connection.
#[derive(Debug, Clone)]
pub enum Parcel {
    /// The JSON of a server message.
    Message(Arc<str>),
    /// The same, and whoever sent it is told when the client's socket has taken it.
    Certified(Arc<str>, mpsc::Sender<()>),
    /// There is nothing to hear there any more.
    Ended,
}

/// A parcel and the subscription it is for. A subscription that has ended meanwhile does not hear of it, not even when the
/// client has subscribed to the same destination again.
#[derive(Debug, Clone)]
pub struct Addressed {
    /// Number of the subscription within its connection.
    pub ticket: u64,
    /// What is sent.
    pub parcel: Parcel,
}

/// The way to one subscription of one connection.
#[derive(Debug, Clone)]
pub struct Link {
    /// The connection.
    pub connection: Uuid,
    /// Who listens.
    pub user: UserId,
    /// The person's language.
    pub language: Language,
    ticket: u64,
    queue: mpsc::Sender<Addressed>,
    cut: CancellationToken,
}

impl Link {
    /// A link and the end its connection reads from. `cut` is cancelled when the reader falls behind.
    #[must_use]
    pub fn new(
        connection: Uuid,
        user: UserId,
        language: Language,
        cut: CancellationToken,
    ) -> (Self, mpsc::Receiver<Addressed>) {
        let (queue, parcels) = mpsc::channel(QUEUE);
        (Self { connection, user, language, ticket: 0, queue, cut }, parcels)
    }

    /// The way to another subscription of the same connection.
    #[must_use]
    pub fn to(&self, ticket: u64) -> Self {
        Self { ticket, ..self.clone() }
    }

    /// Queues a parcel, or cuts the reader off.
    pub fn send(&self, parcel: Parcel) {
        let addressed = Addressed { ticket: self.ticket, parcel };
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(addressed) {
            if !self.cut.is_cancelled() {
                metrics::counter!("socket_slow_readers_total").increment(1);
            }
            self.cut.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// LIVE-55: a reader that does not read is cut off, and nobody waited for it.
    #[test]
    fn a_full_queue_cuts_the_reader_off() {
        let cut = CancellationToken::new();
        let user = UserId(Uuid::from_u128(2));
        let (link, parcels) = Link::new(Uuid::from_u128(1), user, Language::En, cut.clone());
        for _ in 0..QUEUE {
            link.send(Parcel::Ended);
        }
        assert!(!cut.is_cancelled());
        link.send(Parcel::Ended);
        assert!(cut.is_cancelled());
        drop(parcels);
    }
}
