//! The parked messages of this service's consumers, for admins: look, send again, put away (EVT-05). It owns no table and
//! decides nothing; `kit::dead_letters` knows how, and every change is in the audit log.
//!
//! Routes: `/api/admin/dead-letters/platform*`; the transaction service has the same under its own name.

mod api;
mod ops;

pub use api::router;
