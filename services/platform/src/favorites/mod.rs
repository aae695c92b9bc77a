//! Favourite courts of customers. Owns `favorite_courts` and `favorite_alerts`.
//!
//! Invariants: adding and removing can be repeated; a list is bounded; a favourite that customers do not see any more
//! stays in the list and says so; a person hears of a court at most once a day, and only who wants to (FIND-36).
//!
//! Routes: `/api/users/me/favorites[/{courtId}]`.

mod api;
mod consumers;
mod domain;
mod events;
pub mod jobs;
mod ops;
mod store;

pub use api::router;
pub use consumers::alert_task;
