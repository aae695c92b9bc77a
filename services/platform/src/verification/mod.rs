//! Verification of court owners: the business data and the proof they send, the review by platform admins, and the
//! profile that a verified owner may change (COURT-46 to COURT-55, OWN-23 to OWN-25). Owns tables
//! `verification_requests` and `business_profiles`, and what lies below `verification/` in the private bucket.
//!
//! Invariants: an owner has at most one pending request, by an index of the database; a decided request is never decided
//! again; `users.verified` turns true in the transaction of the approval, and the database's triggers show the owner's
//! courts in the same one; nothing here ever takes `verified` away.

mod api;
pub mod domain;
mod events;
pub mod jobs;
mod ops;
mod store;
mod texts;

pub use api::router;
