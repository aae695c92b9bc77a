//! Who listens to what in this process, and the order in which they hear it.
//!
//! Each court has one lock. A snapshot or an update is read from the platform and put into the readers' queues while it
//! is held, so whatever a reader gets later was read later (LIVE-43). Queues are bounded and never waited for: a reader
//! whose queue is full is cut off (LIVE-55).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use contracts::identity::Language;
use contracts::ids::{CourtId, UserId};
use contracts::socket::Destination;
use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};
use sqlx::PgPool;
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::platform_port::PlatformPort;
use crate::state::AppState;

/// Messages that may wait for one reader.
pub const QUEUE: usize = 256;

/// Something to be sent to a reader.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Where it comes from.
    pub destination: Destination,
    /// The JSON of a server message.
    pub body: Arc<str>,
}

/// The way to one connection.
#[derive(Debug, Clone)]
pub struct Link {
    /// The connection.
    pub id: Uuid,
    /// The person's language.
    pub language: Language,
    queue: mpsc::Sender<Parcel>,
    cut: CancellationToken,
}

impl Link {
    /// A link and the end its connection reads from. `cut` is cancelled when the reader falls behind.
    pub fn new(id: Uuid, language: Language, cut: CancellationToken) -> (Self, mpsc::Receiver<Parcel>) {
        let (queue, parcels) = mpsc::channel(QUEUE);
        (Self { id, language, queue, cut }, parcels)
    }

    /// Queues a parcel, or cuts the reader off.
    pub fn send(&self, parcel: Parcel) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.queue.try_send(parcel) {
            metrics::counter!("socket_slow_readers_total").increment(1);
            self.cut.cancel();
        }
    }
}

/// The readers of one court's availability.
#[derive(Debug, Default)]
pub struct Readers {
    links: HashMap<Uuid, Link>,
    last: Option<Timestamp>,
}

impl Readers {
    /// A time for a message that is later than that of any message before it.
    pub fn stamp(&mut self, now: Timestamp) -> Timestamp {
        let after_last = self.last.and_then(|last| last.checked_add(SignedDuration::from_micros(1)).ok());
        let stamp = after_last.map_or(now, |earliest| now.max(earliest));
        self.last = Some(stamp);
        stamp
    }

    /// Adds a reader.
    pub fn add(&mut self, link: Link) {
        self.links.insert(link.id, link);
    }

    /// Sends to all readers.
    pub fn send(&self, parcel: &Parcel) {
        for link in self.links.values() {
            link.send(parcel.clone());
        }
    }

    /// Whether anybody reads.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }
}

/// A court's readers behind its lock.
pub type CourtReaders = Arc<Mutex<Readers>>;

/// Everything the connections of this process share.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

struct Shared {
    courts: DashMap<CourtId, CourtReaders>,
    bookings: DashMap<UserId, HashMap<Uuid, Link>>,
    open: AtomicUsize,
    capacity: usize,
    closing: AtomicBool,
    shutdown: CancellationToken,
}

/// The place of a connection among those that are allowed; given back when dropped.
pub struct Seat(Gateway);

impl Drop for Seat {
    fn drop(&mut self) {
        let open = self.0.0.open.fetch_sub(1, Ordering::SeqCst) - 1;
        metrics::gauge!("socket_connections").set(open as f64);
    }
}

impl Gateway {
    /// A gateway for at most `capacity` connections (LIVE-26).
    #[must_use]
    pub fn new(capacity: usize, shutdown: CancellationToken) -> Self {
        Self(Arc::new(Shared {
            courts: DashMap::new(),
            bookings: DashMap::new(),
            open: AtomicUsize::new(0),
            capacity,
            closing: AtomicBool::new(false),
            shutdown,
        }))
    }

    /// Cancelled when the process stops.
    #[must_use]
    pub fn shutdown(&self) -> &CancellationToken {
        &self.0.shutdown
    }

    /// How many connections are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.open.load(Ordering::SeqCst)
    }

    /// Takes a seat unless all are taken or the process stops (LIVE-26, LIVE-53).
    #[must_use]
    pub fn take_seat(&self) -> Option<Seat> {
        if self.0.shutdown.is_cancelled() || self.0.closing.load(Ordering::SeqCst) {
            return None;
        }
        let taken = self
            .0
            .open
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |open| (open < self.0.capacity).then_some(open + 1));
        let open = taken.ok()? + 1;
        metrics::gauge!("socket_connections").set(open as f64);
        Some(Seat(self.clone()))
    }

    /// The readers of a court, made if there are none yet.
    #[must_use]
    pub fn readers_to_join(&self, court: CourtId) -> CourtReaders {
        self.0.courts.entry(court).or_default().clone()
    }

    /// The readers of a court, if there ever were some.
    #[must_use]
    pub fn readers(&self, court: CourtId) -> Option<CourtReaders> {
        self.0.courts.get(&court).map(|entry| entry.clone())
    }

    /// Takes a reader from a court, and forgets the court with its last reader.
    pub async fn leave_court(&self, court: CourtId, connection: Uuid) {
        let Some(readers) = self.readers(court) else { return };
        readers.lock().await.links.remove(&connection);
        drop(readers);
        // Nobody can be joining: that would be a second owner of the Arc, and new ones wait for this map's lock.
        self.0.courts.remove_if(&court, |_, readers| {
            Arc::strong_count(readers) == 1 && readers.try_lock().is_ok_and(|readers| readers.is_empty())
        });
    }

    /// Lets a connection hear of the bookings of `user`, who is a customer or an owner (LIVE-33).
    pub fn join_bookings(&self, user: UserId, link: Link) {
        self.0.bookings.entry(user).or_default().insert(link.id, link);
    }

    /// Ends it.
    pub fn leave_bookings(&self, user: UserId, connection: Uuid) {
        if let Some(mut links) = self.0.bookings.get_mut(&user) {
            links.remove(&connection);
        }
        self.0.bookings.remove_if(&user, |_, links| links.is_empty());
    }

    /// The connections on which `user` hears of bookings.
    #[must_use]
    pub fn booking_links(&self, user: UserId) -> Vec<Link> {
        self.0.bookings.get(&user).map(|links| links.values().cloned().collect()).unwrap_or_default()
    }
}

/// What a connection needs from the rest of the service.
#[derive(Clone)]
pub struct Surroundings {
    /// The other connections.
    pub gateway: Gateway,
    /// Where slots are read.
    pub platform: PlatformPort,
    /// Where bookings and people are read.
    pub pool: PgPool,
    /// Clock, ids and sign-in.
    pub state: AppState,
}

impl Surroundings {
    /// From what all slices share.
    #[must_use]
    pub fn of(state: &AppState) -> Self {
        Self {
            gateway: state.gateway.clone(),
            platform: state.platform.clone(),
            pool: state.pool.clone(),
            state: state.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(cut: &CancellationToken) -> (Link, mpsc::Receiver<Parcel>) {
        Link::new(Uuid::from_u128(1), Language::En, cut.clone())
    }

    fn parcel() -> Parcel {
        Parcel { destination: Destination::System, body: "{}".into() }
    }

    /// LIVE-55: a reader that does not read is cut off, and nobody waited for it.
    #[test]
    fn a_full_queue_cuts_the_reader_off() {
        let cut = CancellationToken::new();
        let (link, parcels) = link(&cut);
        for _ in 0..QUEUE {
            link.send(parcel());
        }
        assert!(!cut.is_cancelled());
        link.send(parcel());
        assert!(cut.is_cancelled());
        drop(parcels);
    }

    /// LIVE-26: the seat after the last is refused, and a seat that was given back is free.
    #[test]
    fn seats_are_counted() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let seat = gateway.take_seat();
        assert!(seat.is_some());
        assert!(gateway.take_seat().is_none());
        drop(seat);
        assert!(gateway.take_seat().is_some());
    }

    /// LIVE-43: messages of a court carry rising times even when the clock stands still or is set back.
    #[test]
    fn stamps_rise() {
        let mut readers = Readers::default();
        let now = Timestamp::UNIX_EPOCH;
        let first = readers.stamp(now);
        let second = readers.stamp(now);
        let third = readers.stamp(now - SignedDuration::from_secs(5));
        assert!(first < second && second < third);
    }

    #[tokio::test]
    async fn a_court_is_forgotten_with_its_last_reader() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let court = CourtId(Uuid::from_u128(9));
        let (link, _parcels) = link(&CancellationToken::new());
        let id = link.id;
        gateway.readers_to_join(court).lock().await.add(link);
        assert!(gateway.readers(court).is_some());
        gateway.leave_court(court, id).await;
        assert!(gateway.readers(court).is_none());
    }
}
