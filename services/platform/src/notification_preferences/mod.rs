//! Which messages an owner wants, by which ways, and when: channels per kind of event, quiet hours and the daily digest.
//! Owns `owner_notification_channels` and `owner_notification_settings`; delivery reads both through a view.
//!
//! Invariants: a change is valid as a whole or changes nothing; who has saved nothing has every channel (NOTE-26); what
//! cannot wait is at least seen in the portal (NOTE-28). It sends nothing.
//!
//! Route: `/api/settings/notification-preferences`. Customers' wishes are the business of `preferences`.

mod api;
pub mod domain;
pub mod ops;
mod store;

pub use api::router;
