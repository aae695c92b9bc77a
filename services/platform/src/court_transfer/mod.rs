//! Handing a court over to another owner. Owns table `court_transfers`.
//!
//! Invariants: a court moves only after both owners have agreed, the source by starting and the target by confirming
//! within seven days (COURT-56, COURT-58); the target can show and sell courts at that moment (COURT-57); court, settings,
//! openings, both audit logs and the event that moves the bookings change in one transaction, under the court's calendar
//! lock, so that no booking is placed for the wrong owner meanwhile (COURT-59).
//!
//! Routes: `/api/courts/{courtId}/transfer`, `/api/courts/transfers`, `/api/courts/transfers/{transferId}/confirm`,
//! `/api/courts/transfers/{transferId}/withdraw`. The bookings themselves are moved by the transaction service.

mod api;
pub mod domain;
mod events;
pub mod ops;
mod store;

pub use api::router;
pub use store::withdraw_pending_of_court;
