//! What an owner wants new courts to begin with: length, capacity, mode, refund tiers and opening times. Owns tables
//! `court_defaults`, `court_default_tiers` and `court_default_windows`.
//!
//! Invariants: a value that is stored would be accepted for a court; the defaults fill what a request for a new court
//! leaves out and never touch a court that exists (COURT-12, COURT-13).
//!
//! Route: `/api/settings/court-defaults`. Creating courts is the business of `courts`.

mod api;
pub mod domain;
pub mod ops;
mod store;

pub use api::router;
pub use store::find_defaults;
