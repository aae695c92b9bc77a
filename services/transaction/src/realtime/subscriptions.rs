//! What one connection has subscribed to. Everything is given back when it is dropped, however the connection ended.

use std::collections::HashMap;

use contracts::identity::Role;
use contracts::ids::UserId;
use contracts::socket::Destination;
use uuid::Uuid;

use super::hub::Gateway;

/// Subscriptions of one connection; more is no screen that a person looks at.
const MAX_SUBSCRIPTIONS: usize = 100;

/// Why another subscription is refused. The text is shown to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The id or the destination is taken.
    #[error("already subscribed")]
    Already,
    /// The connection has enough.
    #[error("too many subscriptions")]
    TooMany,
}

/// One subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// The client's name for it.
    pub id: String,
    /// What is heard there.
    pub destination: Destination,
}

/// The subscriptions of one connection.
pub struct Subscriptions {
    gateway: Gateway,
    user: UserId,
    connection: Uuid,
    held: HashMap<u64, Subscription>,
    tickets: u64,
}

impl Subscriptions {
    /// None yet.
    #[must_use]
    pub fn new(gateway: Gateway, user: UserId, connection: Uuid) -> Self {
        Self { gateway, user, connection, held: HashMap::new(), tickets: 0 }
    }

    /// A number for another subscription, never used before on this connection.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn ticket(&mut self, id: &str, destination: Destination) -> Result<u64, Refusal> {
        if self.held.values().any(|held| held.id == id || held.destination == destination) {
            return Err(Refusal::Already);
        }
        if self.held.len() == MAX_SUBSCRIPTIONS {
            return Err(Refusal::TooMany);
        }
        self.tickets += 1;
        Ok(self.tickets)
    }

    /// Remembers a subscription that has joined its readers.
    pub fn insert(&mut self, ticket: u64, subscription: Subscription) {
        self.held.insert(ticket, subscription);
    }

    /// The subscription with this number, unless it has ended.
    #[must_use]
    pub fn get(&self, ticket: u64) -> Option<&Subscription> {
        self.held.get(&ticket)
    }

    /// The number of the subscription that the client calls `id`.
    #[must_use]
    pub fn named(&self, id: &str) -> Option<u64> {
        self.held.iter().find(|(_, held)| held.id == id).map(|(&ticket, _)| ticket)
    }

    /// The numbers of those that `role` may not have (LIVE-31).
    #[must_use]
    pub fn forbidden_to(&self, role: Role) -> Vec<u64> {
        self.held.iter().filter(|(_, held)| !held.destination.allows(role)).map(|(&ticket, _)| ticket).collect()
    }

    /// Ends one.
    pub fn end(&mut self, ticket: u64) -> Option<Subscription> {
        let ended = self.held.remove(&ticket)?;
        self.leave(ended.destination);
        Some(ended)
    }

    /// Ends all.
    pub fn end_all(&mut self) {
        for ended in std::mem::take(&mut self.held).into_values() {
            self.leave(ended.destination);
        }
    }

    fn leave(&self, destination: Destination) {
        match destination {
            Destination::CourtAvailability(court) => self.gateway.leave_court(court, self.connection),
            Destination::Bookings => self.gateway.leave_bookings(self.user, self.connection),
            Destination::Notifications => self.gateway.leave_notifications(self.user, self.connection),
            // Nothing is sent there yet.
            Destination::CourtMatches(_) | Destination::Matches | Destination::System => {}
        }
    }
}

impl Drop for Subscriptions {
    fn drop(&mut self) {
        self.end_all();
    }
}

#[cfg(test)]
mod tests {
    use contracts::identity::Language;
    use contracts::ids::CourtId;
    use tokio_util::sync::CancellationToken;

    use super::super::link::Link;
    use super::*;

    const CONNECTION: Uuid = Uuid::from_u128(1);
    const USER: UserId = UserId(Uuid::from_u128(2));
    const COURT: CourtId = CourtId(Uuid::from_u128(3));

    fn subscription(id: &str, destination: Destination) -> Subscription {
        Subscription { id: id.to_owned(), destination }
    }

    /// LIVE-27: a connection whose task is dropped or panics leaves no subscription behind.
    #[test]
    fn dropping_frees_everything() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let (link, _parcels) = Link::new(CONNECTION, USER, Language::El, CancellationToken::new());
        let mut subscriptions = Subscriptions::new(gateway.clone(), USER, CONNECTION);
        for (id, destination) in [("a", Destination::CourtAvailability(COURT)), ("b", Destination::Bookings)] {
            let ticket = subscriptions.ticket(id, destination).expect("free");
            subscriptions.insert(ticket, subscription(id, destination));
        }
        gateway.court_to_watch(COURT).add(link.to(1));
        gateway.join_bookings(link.to(2));
        drop(subscriptions);
        assert!(gateway.watched(COURT).is_none());
        assert!(gateway.booking_links(USER).is_empty());
    }

    #[test]
    fn ids_and_destinations_are_taken_once_and_numbers_never_come_back() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let mut subscriptions = Subscriptions::new(gateway, USER, CONNECTION);
        let first = subscriptions.ticket("a", Destination::Bookings).expect("free");
        subscriptions.insert(first, subscription("a", Destination::Bookings));
        assert_eq!(subscriptions.ticket("a", Destination::Matches), Err(Refusal::Already));
        assert_eq!(subscriptions.ticket("b", Destination::Bookings), Err(Refusal::Already));
        assert_eq!(subscriptions.named("a"), Some(first));
        assert_eq!(subscriptions.forbidden_to(Role::SupportAgent), [first]);
        assert!(subscriptions.end(first).is_some());
        let second = subscriptions.ticket("a", Destination::Bookings).expect("free again");
        assert!(second > first);
    }

    #[test]
    fn subscriptions_are_bounded() {
        let gateway = Gateway::new(1, CancellationToken::new());
        let mut subscriptions = Subscriptions::new(gateway, USER, CONNECTION);
        for number in 0..MAX_SUBSCRIPTIONS {
            let destination = Destination::CourtAvailability(CourtId(Uuid::from_u128(number as u128)));
            let ticket = subscriptions.ticket(&number.to_string(), destination).expect("free");
            subscriptions.insert(ticket, subscription(&number.to_string(), destination));
        }
        assert_eq!(subscriptions.ticket("more", Destination::System), Err(Refusal::TooMany));
    }
}
