//! Payouts that wait: while a charge is contested, and while somebody is suspected of booking their own court (PAY-47,
//! PAY-60, PAY-61).
//!
//! Owns the tables `payout_holds` and `booking_screenings`. Stripe pays owners out by itself; holding means setting the
//! schedule of the account to manual, and back as it was once no reason is left. Routes: `/api/admin/payout-holds`.

mod api;
pub mod domain;
pub mod jobs;
pub mod ops;
pub mod store;

pub use api::router;
