//! Bookings: holding a slot, paying for it, confirming, calling off, listing.
//!
//! Owns the tables `bookings`, `booking_status_history`, `audit_log` and `idempotency_keys`. Invariants: two bookings or
//! holds never overlap on a court, because one exclusion constraint says so (BOOK-03); a change and its event commit
//! together (BOOK-14); a booking has one outcome (BOOK-31). Routes: `/api/bookings`, `/api/bookings/{bookingId}` with
//! `/cancel`, `/confirm` and `/reject`, `/api/bookings/pending`, `/api/bookings/manual`.

mod api;
pub mod consumers;
pub mod domain;
pub mod events;
pub mod jobs;
pub mod ops;
pub mod store;
pub(crate) mod texts;

pub use api::router;
