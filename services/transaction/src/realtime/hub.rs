//! Who listens to what in this process, and how many may.
//!
//! It knows connections and the courts and people they listen to. What they hear, and in which order, is the business of
//! [`super::court`].

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use contracts::ids::{CourtId, UserId};
use dashmap::DashMap;
use jiff::Timestamp;
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::court::Court;
use super::link::Link;
use crate::platform_port::PlatformPort;
use crate::state::AppState;

/// Everything the connections of this process share.
#[derive(Clone)]
pub struct Gateway(Arc<Shared>);

struct Shared {
    courts: DashMap<CourtId, Arc<Court>>,
    bookings: DashMap<UserId, HashMap<Uuid, Link>>,
    notifications: DashMap<UserId, HashMap<Uuid, Link>>,
    /// Told when somebody begins or ceases to hear of messages.
    listeners_changed: Notify,
    /// Every connection of a person, to be shut out with it.
    people: DashMap<UserId, HashMap<Uuid, CancellationToken>>,
    /// Microseconds of the last stamp.
    last_stamp: AtomicI64,
    open: AtomicUsize,
    capacity: usize,
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

/// What ends a connection when its person is shut out; the gateway forgets it when this is dropped.
pub struct Presence {
    gateway: Gateway,
    user: UserId,
    connection: Uuid,
    shut_out: CancellationToken,
}

impl Presence {
    /// Cancelled when the person is shut out.
    #[must_use]
    pub const fn shut_out(&self) -> &CancellationToken {
        &self.shut_out
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let people = &self.gateway.0.people;
        if let Some(mut connections) = people.get_mut(&self.user) {
            connections.remove(&self.connection);
        }
        people.remove_if(&self.user, |_, connections| connections.is_empty());
    }
}

impl Gateway {
    /// A gateway for at most `capacity` connections (LIVE-26).
    #[must_use]
    pub fn new(capacity: usize, shutdown: CancellationToken) -> Self {
        Self(Arc::new(Shared {
            courts: DashMap::new(),
            bookings: DashMap::new(),
            notifications: DashMap::new(),
            listeners_changed: Notify::new(),
            people: DashMap::new(),
            last_stamp: AtomicI64::new(i64::MIN),
            open: AtomicUsize::new(0),
            capacity,
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
        if self.0.shutdown.is_cancelled() {
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

    /// A time for a message that is later than that of any message of this process before it, even when the clock stands
    /// still or is set back: clients drop what looks older than what they have (LIVE-43).
    #[must_use]
    pub fn stamp(&self, now: Timestamp) -> Timestamp {
        let later = |last: i64| now.as_microsecond().max(last.saturating_add(1));
        let update = |last| Some(later(last));
        let last = self.0.last_stamp.fetch_update(Ordering::SeqCst, Ordering::SeqCst, update);
        // Never refused, and never out of the range of times.
        last.ok().and_then(|last| Timestamp::from_microsecond(later(last)).ok()).unwrap_or(now)
    }

    /// A court to be watched, known from now on.
    #[must_use]
    pub fn court_to_watch(&self, court: CourtId) -> Arc<Court> {
        self.0.courts.entry(court).or_default().clone()
    }

    /// A court that is watched.
    #[must_use]
    pub fn watched(&self, court: CourtId) -> Option<Arc<Court>> {
        self.0.courts.get(&court).map(|entry| entry.clone())
    }

    /// Every court that is watched.
    #[must_use]
    pub fn all_watched(&self) -> Vec<(CourtId, Arc<Court>)> {
        self.0.courts.iter().map(|entry| (*entry.key(), entry.value().clone())).collect()
    }

    /// Takes a reader from a court.
    pub fn leave_court(&self, court: CourtId, connection: Uuid) {
        if let Some(watched) = self.watched(court) {
            watched.remove(connection);
        }
        self.forget_if_unwatched(court);
    }

    /// Forgets a court without readers. Whoever has held one calls this after letting go of it.
    pub fn forget_if_unwatched(&self, court: CourtId) {
        // Nobody can be joining: that would be a second owner of the Arc, and new ones wait for this map's lock.
        self.0.courts.remove_if(&court, |_, watched| Arc::strong_count(watched) == 1 && watched.is_empty());
    }

    /// Makes a connection known as one of its person's.
    #[must_use]
    pub fn enter(&self, user: UserId, connection: Uuid) -> Presence {
        let shut_out = CancellationToken::new();
        self.0.people.entry(user).or_default().insert(connection, shut_out.clone());
        Presence { gateway: self.clone(), user, connection, shut_out }
    }

    /// Ends every connection of a person (LIVE-61).
    pub fn shut_out(&self, user: UserId) {
        if let Some(connections) = self.0.people.get(&user) {
            connections.values().for_each(CancellationToken::cancel);
        }
    }

    /// Lets a connection hear of the bookings of its person, who is a customer or an owner (LIVE-33).
    pub fn join_bookings(&self, link: Link) {
        self.0.bookings.entry(link.user).or_default().insert(link.connection, link);
    }

    /// Ends it.
    pub fn leave_bookings(&self, user: UserId, connection: Uuid) {
        if let Some(mut links) = self.0.bookings.get_mut(&user) {
            links.remove(&connection);
        }
        self.0.bookings.remove_if(&user, |_, links| links.is_empty());
    }

    /// Whether anybody in this process hears of bookings at all: if not, nothing has to be read for them.
    #[must_use]
    pub fn anyone_hears_of_bookings(&self) -> bool {
        !self.0.bookings.is_empty()
    }

    /// Lets a connection hear of the messages of its person (LIVE-34).
    pub fn join_notifications(&self, link: Link) {
        self.0.notifications.entry(link.user).or_default().insert(link.connection, link);
        self.0.listeners_changed.notify_one();
    }

    /// Ends it.
    pub fn leave_notifications(&self, user: UserId, connection: Uuid) {
        if let Some(mut links) = self.0.notifications.get_mut(&user) {
            links.remove(&connection);
        }
        self.0.notifications.remove_if(&user, |_, links| links.is_empty());
        self.0.listeners_changed.notify_one();
    }

    /// Whether anybody in this process hears of messages.
    #[must_use]
    pub fn anyone_hears_of_notifications(&self) -> bool {
        !self.0.notifications.is_empty()
    }

    /// The connections on which `user` hears of messages.
    #[must_use]
    pub fn notification_links(&self, user: UserId) -> Vec<Link> {
        self.0.notifications.get(&user).map(|links| links.values().cloned().collect()).unwrap_or_default()
    }

    /// Everybody who hears of messages in this process.
    #[must_use]
    pub fn notification_listeners(&self) -> HashSet<UserId> {
        self.0.notifications.iter().map(|entry| *entry.key()).collect()
    }

    /// Waits until somebody begins or ceases to hear of messages.
    pub async fn listeners_changed(&self) {
        self.0.listeners_changed.notified().await;
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
    use contracts::identity::Language;

    use super::*;

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

    /// LIVE-53: a process that stops takes nobody in.
    #[test]
    fn a_stopping_process_has_no_seats() {
        let shutdown = CancellationToken::new();
        let gateway = Gateway::new(1, shutdown.clone());
        shutdown.cancel();
        assert!(gateway.take_seat().is_none());
    }

    /// LIVE-43: messages carry rising times even when the clock stands still or is set back.
    #[test]
    fn stamps_rise() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let now = Timestamp::UNIX_EPOCH;
        let first = gateway.stamp(now);
        let second = gateway.stamp(now);
        let third = gateway.stamp(now - jiff::SignedDuration::from_secs(5));
        assert!(now <= first && first < second && second < third);
        let much_later = now + jiff::SignedDuration::from_secs(5);
        assert_eq!(gateway.stamp(much_later), much_later);
    }

    /// LIVE-61: all connections of the person end and nobody else's; a person without connections is forgotten.
    #[test]
    fn shutting_out_ends_every_connection_of_one_person() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let (banned, other) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        let phone = gateway.enter(banned, Uuid::from_u128(11));
        let laptop = gateway.enter(banned, Uuid::from_u128(12));
        let bystander = gateway.enter(other, Uuid::from_u128(13));
        gateway.shut_out(banned);
        assert!(phone.shut_out().is_cancelled() && laptop.shut_out().is_cancelled());
        assert!(!bystander.shut_out().is_cancelled());
        drop((phone, laptop, bystander));
        assert!(gateway.0.people.is_empty());
    }

    #[test]
    fn a_court_is_forgotten_with_its_last_reader() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let court = CourtId(Uuid::from_u128(9));
        let user = UserId(Uuid::from_u128(2));
        let (link, _parcels) = Link::new(Uuid::from_u128(1), user, Language::En, CancellationToken::new());
        gateway.court_to_watch(court).add(link);
        let held = gateway.watched(court).expect("watched");
        gateway.leave_court(court, Uuid::from_u128(1));
        assert!(gateway.watched(court).is_some(), "somebody may be joining");
        drop(held);
        gateway.forget_if_unwatched(court);
        assert!(gateway.watched(court).is_none());
    }
}
