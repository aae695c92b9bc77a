//! Discovery: finding courts by place, kind and time. Owns `favorite_courts` and `search_preferences` as far as a search
//! reads them; every other table it only reads.
//!
//! Invariants: filters combine with AND; only visible courts are found; an order that never changes between pages; pages
//! are bounded; no cache is asked.
//!
//! Route: `GET /api/courts`.

mod api;
pub mod domain;
pub mod ops;
mod store;

pub use api::router;
