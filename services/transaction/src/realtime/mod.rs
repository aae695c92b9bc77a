//! Live updates over WebSocket: STOMP 1.2 at `/ws` (LIVE-23 to LIVE-55).
//!
//! Owns connections, subscriptions and the order of what each reader hears. It decides nothing about bookings and stores
//! nothing but who listens for messages and where (`notification_listeners`): what it sends is read from the services when an event says that something changed, so a message can repeat
//! the present but never tell a past. Invariants: a reader gets a court's snapshot before any update, and never an
//! update read before it (LIVE-43); nobody hears of a booking that is not theirs (LIVE-37); a slow reader is cut off and
//! never waited for (LIVE-55).

mod api;
mod broadcast;
mod connection;
mod court;
mod days;
pub mod domain;
mod hub;
mod link;
mod presence;
mod receipts;
mod store;
mod subscriptions;
mod telling;

pub use api::router;
pub use broadcast::tasks;
pub use hub::Gateway;
pub use link::Parcel;
pub use presence::look_again;
