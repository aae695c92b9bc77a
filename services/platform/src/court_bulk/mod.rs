//! Changes to many courts at once: the same new values for all of them, or the settings of one court for others. Owns no
//! table; each court is changed by the slices that own its parts.
//!
//! Invariants: each court is checked and written in a transaction of its own, so one that fails changes nothing and keeps
//! none of the others from changing; an item that has succeeded may be sent again (COURT-39 to COURT-42).
//!
//! Routes: `/api/courts/bulk-update`, `/api/courts/{courtId}/clone-settings`.

mod api;
pub mod ops;

pub use api::router;
