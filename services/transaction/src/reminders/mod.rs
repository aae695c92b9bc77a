//! Reminders: customers of a booking that is near, and owners by the rules that they keep at platform.
//!
//! Owns `booking_reminders`, `reminder_alerts` and `reminder_court_alerts`, the log of what was told and what was put
//! aside. Invariants: a reminder of a slot is sent once, whatever instances and restarts there are (NOTE-23); a rule tells
//! of a booking once, and never after its owner has dismissed it (NOTE-52, NOTE-57). It delivers nothing and keeps no
//! rules: those are read through a granted view.
//!
//! Routes: `/api/settings/reminder-alerts`, `/api/settings/reminder-alerts/{alertId}/dismiss`.

mod api;
pub mod domain;
mod events;
pub mod jobs;
pub mod ops;
mod store;
mod texts;

pub use api::router;
