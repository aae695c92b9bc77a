//! Receipts: made once a booking is paid and stands, kept as they were issued, shown as JSON or PDF, mailed (PAY-34 to
//! PAY-36).
//!
//! Owns the table `receipts` and `receipt_issued` of payments. A receipt is display only: filing tax stays with the
//! owner. Route: `/api/bookings/{bookingId}/receipt`.

mod api;
pub mod domain;
mod events;
pub mod jobs;
pub mod ops;
mod pdf;
pub mod store;
mod texts;

pub use api::router;
