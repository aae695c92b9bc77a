//! The storefront: what somebody sees who has not signed in, on public court pages, in links and in the widget on a
//! club's own site. Owns no table and changes nothing; it reads those of its neighbours.
//!
//! Invariants: only courts that customers see are shown; nothing of a person is, be it an owner's name or a customer's
//! booking, so of a day only the free slots are told; nothing here knows who asks.
//!
//! Routes: `GET /api/public/courts`, `/api/public/courts/{courtId}`, `/api/public/courts/{courtId}/availability`,
//! `/api/public/clubs/{clubId}`.

mod api;
mod ops;
mod store;

pub use api::router;
