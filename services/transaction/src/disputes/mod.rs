//! Disputes: a bank takes a charge back, and somebody has to be right (PAY-47 to PAY-50).
//!
//! Owns the tables `disputes`, `dispute_evidence`, `dispute_audit` and `transfer_reversals`. While a dispute is open its
//! payment is DISPUTED, which freezes the booking and holds the owner's payouts. A state never moves backwards, whatever
//! order reports come in (PAY-42). Routes: `/api/payments/{paymentId}/dispute`, `.../evidence`, `/api/admin/disputes`.

mod api;
pub mod domain;
mod events;
pub mod jobs;
pub mod ops;
pub mod store;
mod texts;

pub use api::router;
