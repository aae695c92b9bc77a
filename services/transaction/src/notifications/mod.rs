//! Messages to people: takes what both services ask for, decides who is reached by which way and when, and delivers
//! (NOTE-01 to NOTE-41).
//!
//! Owns `notifications`, `notification_deliveries` and `notification_devices`. Names and addresses are read from the
//! platform's views when a message goes out, and stand in no event. A vendor is never called inside of a database
//! transaction; what is under way is a claim that runs out, so a process that dies leaves nothing behind but a retry.
//! Each way has workers of its own: a slow one holds up nobody else. What a person's app shows goes through the
//! connections of [`crate::realtime`].

mod api;
mod channels;
pub mod config;
pub mod consumers;
pub mod domain;
mod jobs;
pub mod ops;
mod preview;
pub mod store;

pub use api::router;
pub use jobs::{register, tasks};
pub use ops::Notifications;
pub use preview::preview_router;
