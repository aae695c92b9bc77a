//! What Stripe reports: `POST /api/webhooks/stripe` (PAY-37 to PAY-42).
//!
//! Believes only what is signed, notes every event's id in the transaction of its effect, and leaves what a report means
//! to `payments::ops::settle_intent`. Events may come twice, late and out of order.

mod api;
mod ops;

pub use api::router;
